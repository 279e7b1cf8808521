/** Tells a thread that dies now and then from one that cannot live. */
import type { ElapsedMs } from '../lib/clock.js';

/** More than `deathsMax` deaths within `windowMs` are too many. */
export interface DeathLimit {
  readonly deathsMax: number;
  readonly windowMs: number;
}

export class RestartBudget {
  readonly #limits: readonly DeathLimit[];
  #deaths: ElapsedMs[] = [];

  constructor(limits: readonly DeathLimit[]) {
    this.#limits = limits;
  }

  /** Counts a death at `now`. The limit it broke, if it was one too many. */
  spend(now: ElapsedMs): DeathLimit | undefined {
    const longestMs = Math.max(...this.#limits.map((limit) => limit.windowMs));
    this.#deaths = [...this.#deaths.filter((at) => now - at < longestMs), now];
    return this.#limits.find(
      ({ deathsMax, windowMs }) =>
        this.#deaths.filter((at) => now - at < windowMs).length > deathsMax,
    );
  }
}
