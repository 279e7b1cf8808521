import type { EpochMs } from '../../lib/clock.js';

/** So many in a window of time, and the next window starts with the first one after it. */
export class WindowCount {
  readonly #max: number;
  readonly #windowMs: number;
  #startedAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(max: number, windowMs: number) {
    this.#max = max;
    this.#windowMs = windowMs;
  }

  /** Counts one more. @returns false: it is one too many. */
  take(now: EpochMs): boolean {
    // The clock may have been stepped back.
    if (now < this.#startedAt || now >= this.#startedAt + this.#windowMs) {
      this.#startedAt = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#max;
  }

  /** Milliseconds until the window is over, 0..windowMs. */
  leftMs(now: EpochMs): number {
    return Math.min(Math.max(0, this.#startedAt + this.#windowMs - now), this.#windowMs);
  }
}
