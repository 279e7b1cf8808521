/** What a watch can be told. */
import type { SeatStatus } from '../domain/seat-status.js';
import type { LinkLimits } from './feed-link.js';
import type { ClientPorts } from './ports.js';
import type { SeatChange, SeatCounts } from './seat-map.js';
import type { CommandLimits } from './socket-commands.js';

/**
 * - `connecting`: nothing is known yet.
 * - `live`: what is shown is what is, as far as can be known.
 * - `stale`: what is shown is what was; the watch is trying to come back.
 * - `closed`: by its user, or for there is no such event. It stays so.
 */
export type WatchState = 'connecting' | 'live' | 'stale' | 'closed';

/** An event's seats as they are known. */
export interface SeatView {
  /** 0 before the first snapshot. */
  readonly totalSeats: number;
  /** Status codes by seat number, entry 0 is no seat; a view, which changes: to be read, not written to. */
  readonly codes: Uint8Array;
  readonly counts: SeatCounts;
  /** undefined: no such seat, or nothing is known yet. */
  statusOf(seatNumber: number): SeatStatus | undefined;
}

/** Called when the watch shows what they tell of. Throwing is the caller's own affair: it reaches the platform. */
export interface WatchHandlers {
  /** The server sent all there is: at first, and where it could not resume. What differs from before, `onChange` tells. */
  onSnapshot?(view: SeatView): void;
  /** Seats that differ, one or more; each once, unless it changed twice. Not at the first snapshot. */
  onChange?(changes: readonly SeatChange[]): void;
  /** @param why for people: what made it so. */
  onState?(state: WatchState, why: string): void;
}

/** All milliseconds but `commandsMax`. */
export interface WatchLimits extends LinkLimits, CommandLimits {}

export const WATCH_LIMITS: WatchLimits = {
  backoffMs: 500,
  backoffMsMax: 15_000,
  steadyMs: 5_000,
  openMsMax: 10_000,
  firstFrameMsMax: 30_000,
  silenceMsMax: 60_000,
  answerMsMax: 30_000,
  commandsMax: 100,
};

export interface WatchOptions extends WatchHandlers, Partial<ClientPorts> {
  /** `https://tickets.example` or `http://127.0.0.1:8080`; a path before `/v1` may follow. */
  readonly url: string;
  /** Sent with the address (API §4). The server does not use it yet. */
  readonly session?: string;
  /** Those that are not named are as in `WATCH_LIMITS`. */
  readonly limits?: Partial<WatchLimits>;
}
