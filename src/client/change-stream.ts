/**
 * What changed, for a reader who takes it when he is ready.
 *
 * 1. It keeps one entry a seat at most: a slow reader is told less often, not more at once. Nothing else bounds it, or need.
 * 2. Applied in turn, what is read gives the map as it was when it was read.
 */
import type { SeatChange } from './seat-map.js';

export class ChangeStream implements AsyncIterableIterator<readonly SeatChange[]> {
  readonly #pending = new Map<number, SeatChange>();
  readonly #onReturn: (stream: ChangeStream) => void;
  #isEnded = false;
  #waiting: (() => void)[] = [];

  /** @param onReturn the reader is done with it. */
  constructor(onReturn: (stream: ChangeStream) => void) {
    this.#onReturn = onReturn;
  }

  /** What came and went before it was read is never seen. */
  push(changes: readonly SeatChange[]): void {
    for (const change of changes) {
      const before = this.#pending.get(change.seatNumber)?.before ?? change.before;
      if (change.status === before) this.#pending.delete(change.seatNumber);
      else this.#pending.set(change.seatNumber, { ...change, before });
    }
    if (this.#pending.size > 0) this.#wake();
  }

  /** What is in it can still be read. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** All that changed since it was last asked. */
  async next(): Promise<IteratorResult<readonly SeatChange[], undefined>> {
    while (this.#pending.size === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    if (this.#pending.size === 0) return { done: true, value: undefined };
    const value = [...this.#pending.values()];
    this.#pending.clear();
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<readonly SeatChange[], undefined>> {
    this.#pending.clear();
    this.end();
    this.#onReturn(this);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
