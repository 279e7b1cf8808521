/**
 * One viewer of one event: a socket and how far its channel has come with it.
 *
 * 1. Only a `live` viewer is subscribed, and what it has been sent is the published state.
 * 2. What waits to be sent to a live viewer is bounded: its snapshot while that is on its way, and a little more (I9).
 */
import type { SeatCursor } from '../../desk/seat-cursor.js';
import type { Frame, ViewerSocket } from './feed-ports.js';

export type ViewerState =
  /** Comes back with a cursor, and waits for what it has missed. */
  | 'resuming'
  /** Waits for room for its snapshot. */
  | 'queued'
  | 'live'
  /** Fell behind: gets a snapshot when it has taken what it was sent. */
  | 'stale'
  | 'gone';

/** What a viewer has from before. */
export interface Resumption {
  readonly cursor: SeatCursor;
  /** After this it is not waited any longer. */
  readonly until: number;
}

export class Viewer {
  readonly socket: ViewerSocket;
  state: ViewerState = 'queued';
  /** While it is `resuming`. */
  resumption: Resumption | undefined;
  /** It needs a snapshot because it fell behind. */
  hasFallenBehind = false;
  /** Of its snapshot, what may still be on its way. */
  snapshotBytes = 0;
  #hasMissed = false;

  constructor(socket: ViewerSocket) {
    this.socket = socket;
  }

  send(frame: Frame): void {
    if (!this.socket.send(frame)) this.missed();
  }

  /** A frame did not reach it. Nothing else is done: this may be in the middle of a publication. */
  missed(): void {
    this.#hasMissed = true;
  }

  /** Whether more waits to be sent than may, or something was lost already. */
  isBehind(waitingBytesMax: number): boolean {
    return this.#hasMissed || this.socket.bufferedBytes() > waitingBytesMax + this.snapshotBytes;
  }

  /** What follows does not rest on what it missed. */
  startsAnew(): void {
    this.#hasMissed = false;
  }
}
