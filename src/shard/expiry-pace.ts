/**
 * How many ends of holds are written down together. Of a hundred thousand that come at once one commit would be made, and everybody's
 * answer would wait behind it, while nobody waits for an end to be written down. So it is some at a time, the next when those are on
 * disk, and no more than are there in a few milliseconds: twice as many after a full lot that was quick, half as many after one that
 * was not (additive growth would be too slow for a storm that is over in seconds). A disk that is slow whatever it is given gets more,
 * or the storm would last for minutes.
 */
import type { ElapsedMs } from '../lib/clock.js';

const COUNT_MIN = 16;
const QUICK_MS = 4;
const SLOW_MS = 8;
/** So many for each millisecond that a commit takes, however slow it is: 4,000 a second. */
const COUNT_MIN_PER_MS = 4;

export class ExpiryPace {
  readonly #countMin: number;
  readonly #countMax: number;
  #count: number;
  #begunAt: ElapsedMs | undefined;
  /** As many went as were allowed: how long fewer take says nothing of more. */
  #isFull = false;

  /** @param countMax at most, however quick the disk is */
  constructor(countMax: number) {
    this.#countMin = Math.min(COUNT_MIN, countMax);
    this.#countMax = countMax;
    this.#count = this.#countMin;
  }

  /** Ends are on their way to the disk. */
  get isUnderWay(): boolean {
    return this.#begunAt !== undefined;
  }

  /** How many may go next. */
  get count(): number {
    return this.#count;
  }

  /** @param count so many go */
  begin(now: ElapsedMs, count: number): void {
    this.#begunAt = now;
    this.#isFull = count >= this.#count;
  }

  /** Those that went are on disk. */
  written(now: ElapsedMs): void {
    const ms = now - (this.#begunAt ?? now);
    this.#begunAt = undefined;
    if (!this.#isFull) return;
    if (ms < QUICK_MS) this.#become(2 * this.#count);
    else if (ms > SLOW_MS) this.#become(Math.max(this.#count >> 1, ms * COUNT_MIN_PER_MS));
  }

  #become(count: number): void {
    this.#count = Math.min(Math.max(count, this.#countMin), this.#countMax);
  }
}
