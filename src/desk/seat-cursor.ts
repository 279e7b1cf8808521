/**
 * Where in its history an event's seats are: what they look like is a function of these numbers (I8). Opaque to clients;
 * the same on every gateway, and after a restart.
 */
import type { EpochMs } from '../lib/clock.js';

export interface SeatCursor {
  /** Of the last fact that is in. */
  readonly sequence: number;
  /** Holds up to this deadline read as available though the fact of their end is not in; 0: there are none. */
  readonly lapsedUntil: EpochMs;
  /**
   * Of which event, in which incarnation of the store: a digest of both, 32 bits. In another incarnation the same sequence
   * may be another fact's: a place in one history is none in another.
   */
  readonly history: number;
}

/** Three numbers, base 36, joined by `-`. */
export function formatSeatCursor({ sequence, lapsedUntil, history }: SeatCursor): string {
  return `${sequence.toString(36)}-${lapsedUntil.toString(36)}-${history.toString(36)}`;
}

const FORM = /^([0-9a-z]{1,10})-([0-9a-z]{1,10})-([0-9a-z]{1,10})$/;

/** undefined: the text is no cursor. */
export function parseSeatCursor(text: string): SeatCursor | undefined {
  const [, sequence, lapsedUntil, history] = FORM.exec(text) ?? [];
  if (sequence === undefined || lapsedUntil === undefined || history === undefined)
    return undefined;
  // Ten digits of base 36 are below 2^53.
  return {
    sequence: Number.parseInt(sequence, 36),
    lapsedUntil: Number.parseInt(lapsedUntil, 36),
    history: Number.parseInt(history, 36),
  };
}
