/**
 * The shard's own clock for the delayed transition `holdTime`: a timing wheel. One deadline a reservation, as its seats end
 * together (I4), and none a seat. It makes an end visible; whether a hold is over is always read off its `expiresAt` (I5).
 *
 * The same wheel stands behind XState's `clock` option (`asXStateClock`), which is how the tests let XState's own interpreter
 * run the seat machine in the shard's time.
 */
import type { EpochMs } from '../lib/clock.js';
import { type TimerSlot, TimingWheel } from '../lib/timing-wheel.js';

export class HoldClock<Timed> {
  readonly #wheel: TimingWheel;
  readonly #timed: (Timed | undefined)[] = [];

  constructor(now: EpochMs) {
    this.#wheel = new TimingWheel(now);
  }

  get size(): number {
    return this.#wheel.size;
  }

  schedule(deadline: EpochMs, timed: Timed): TimerSlot {
    const slot = this.#wheel.schedule(deadline);
    this.#timed[slot] = timed;
    return slot;
  }

  cancel(slot: TimerSlot): void {
    this.#wheel.cancel(slot);
    this.#timed[slot] = undefined;
  }

  /** Hands over everything with `deadline <= now`, or `countMax` of it: the rest is due still. */
  advance(now: EpochMs, due: (timed: Timed) => void, countMax?: number): void {
    const fire = (slot: TimerSlot) => {
      const timed = this.#timed[slot];
      this.#timed[slot] = undefined;
      if (timed !== undefined) due(timed);
    };
    this.#wheel.advance(now, fire, countMax);
  }

  nextDueAt(): EpochMs | undefined {
    return this.#wheel.nextDueAt();
  }
}

/** XState's `Clock`, on a wheel whose timed things are the callbacks. */
export function asXStateClock(clock: HoldClock<() => void>, now: () => EpochMs) {
  return {
    setTimeout: (callback: () => void, delayMs: number): TimerSlot =>
      clock.schedule(now() + delayMs, callback),
    clearTimeout: (slot: TimerSlot): void => clock.cancel(slot),
  };
}
