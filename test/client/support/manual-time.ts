/** Time that passes when the test says so: clock and timers of one piece. */
import type { Timers } from '../../../src/client/ports.js';
import type { SteadyClock } from '../../../src/lib/clock.js';

interface ManualTimer {
  readonly at: number;
  readonly run: () => void;
}

export class ManualTime implements SteadyClock, Timers {
  readonly #timers = new Set<ManualTimer>();
  #now = 1_000_000;

  elapsed(): number {
    return this.#now;
  }

  /** Timers that have neither run nor been taken back. */
  get timerCount(): number {
    return this.#timers.size;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Runs what is due on the way, in the order of its time. */
  pass(ms: number): void {
    const until = this.#now + ms;
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.run();
    }
    this.#now = until;
  }

  #next(until: number): ManualTimer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= until);
    return due.sort((a, b) => a.at - b.at)[0];
  }
}
