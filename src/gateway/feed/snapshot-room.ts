/**
 * Room for snapshots on their way. A snapshot of a million seats is 334 kB: thousands of viewers who come at once and
 * read slowly would have the server hold gigabytes. So what is on its way is bounded (I9), who comes when there is no
 * room waits in line, and who holds room too long while others wait is cut off.
 */
import { assert } from '../../lib/assert.js';
import type { FeedTimers } from './feed-ports.js';
import type { Viewer } from './viewer.js';

export interface SnapshotRoomOptions {
  readonly bytesMax: number;
  /** How long room may be held while others wait, milliseconds. */
  readonly holdMsMax: number;
  readonly timers: FeedTimers;
}

/** What one viewer's snapshot takes. */
interface Hold {
  bytes: number;
}

export class SnapshotRoom {
  readonly #options: SnapshotRoomOptions;
  readonly #holds = new Map<Viewer, Hold>();
  /** First come, first served. */
  readonly #line = new Map<Viewer, () => boolean>();
  #usedBytes = 0;
  #isSweeping = false;

  constructor(options: SnapshotRoomOptions) {
    this.#options = options;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** For one more of this size. A single snapshot always has room. */
  hasRoom(bytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#options.bytesMax;
  }

  /** @param admitted called when there may be room; false: there is none for it, and it keeps its place. */
  wait(viewer: Viewer, admitted: () => boolean): void {
    this.#line.set(viewer, admitted);
    if (!this.#isSweeping) this.#sweepLater();
  }

  /** So much of the viewer's snapshot is on its way. */
  hold(viewer: Viewer, bytes: number): void {
    assert(!this.#holds.has(viewer), 'a viewer has one snapshot on its way');
    this.#holds.set(viewer, { bytes });
    this.#usedBytes += bytes;
  }

  /** Less of it is on its way now; 0: it has arrived. */
  shrink(viewer: Viewer, bytes: number): void {
    const hold = this.#holds.get(viewer);
    if (hold === undefined || bytes >= hold.bytes) return;
    this.#usedBytes -= hold.bytes - bytes;
    hold.bytes = bytes;
    if (bytes === 0) this.#holds.delete(viewer);
    this.#admit();
  }

  /** The viewer is gone. */
  leave(viewer: Viewer): void {
    this.#line.delete(viewer);
    this.shrink(viewer, 0);
  }

  #admit(): void {
    for (const [viewer, admitted] of this.#line) {
      if (!admitted()) return;
      this.#line.delete(viewer);
    }
  }

  /** Whoever holds room now, and holds it still when the time is over, is cut off if anybody waits then. */
  #sweepLater(): void {
    this.#isSweeping = true;
    const holds = [...this.#holds];
    this.#options.timers.after(this.#options.holdMsMax, () => {
      this.#isSweeping = false;
      if (this.#line.size === 0) return;
      for (const [viewer, hold] of holds) {
        if (this.#holds.get(viewer) === hold) viewer.socket.cut();
      }
      if (this.#line.size > 0) this.#sweepLater();
    });
  }
}
