/**
 * The buyers together: they arrive as a Poisson process, and each goes its own way.
 *
 * 1. At most `BUYERS_INSIDE_MAX` are inside at a time; who comes then is turned away.
 * 2. The n-th buyer of a seed is always the same one, whatever the others do.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { hash32 } from '../lib/hash.js';
import type { BoxOffice } from './box-office.js';
import { Buyer, type VisitEnd } from './buyer.js';
import { Random } from './random.js';
import { drawTemperament, type Tastes } from './temperament.js';

export interface CrowdOptions {
  readonly boxOffice: BoxOffice;
  readonly tastes: Tastes;
  readonly buyersPerSecond: number;
  readonly seed: number;
  /** Sends everyone home where they stand: `run` rejects with an `AbortError`. */
  readonly signal: AbortSignal;
}

/** What became of those who came, so far. */
export interface CrowdTally {
  readonly arrived: number;
  readonly turnedAway: number;
  readonly visits: ReadonlyMap<VisitEnd, number>;
}

const BUYERS_INSIDE_MAX = 1_000;

export class Crowd {
  readonly #options: CrowdOptions;
  readonly #arrivals: Random;
  readonly #visits = new Map<VisitEnd, number>();
  #arrived = 0;
  #inside = 0;
  #turnedAway = 0;
  #isOpen = true;
  #nextAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #resolveEmpty: () => void = () => undefined;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#arrivals = new Random(options.seed);
    // Every buyer inside listens to it (1).
    setMaxListeners(0, options.signal);
  }

  get tally(): CrowdTally {
    return { arrived: this.#arrived, turnedAway: this.#turnedAway, visits: this.#visits };
  }

  /** To be called once. Resolves when the doors are closed and the last one has left. A buyer's bug rejects it. */
  run(): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolve, reject) => {
      this.#resolveEmpty = resolve;
      const goHome = (): void => {
        this.closeDoors();
        reject(signal.reason);
      };
      signal.addEventListener('abort', goHome, { once: true });
      this.#nextAt = performance.now() + this.#gapMs();
      this.#awaitNext(reject);
    });
  }

  /** From now on nobody comes in; those inside finish what they are doing. */
  closeDoors(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    if (this.#inside === 0) this.#resolveEmpty();
  }

  /** Arrivals keep to their own times, however late a timer fires. */
  #awaitNext(fail: (cause: unknown) => void): void {
    this.#timer = setTimeout(() => {
      for (; this.#nextAt <= performance.now(); this.#nextAt += this.#gapMs()) this.#admit(fail);
      this.#awaitNext(fail);
    }, this.#nextAt - performance.now());
  }

  #gapMs(): number {
    return this.#arrivals.exponential(1_000 / this.#options.buyersPerSecond);
  }

  #admit(fail: (cause: unknown) => void): void {
    this.#arrived += 1;
    if (this.#inside === BUYERS_INSIDE_MAX) this.#turnedAway += 1;
    else this.#letIn(this.#arrived).catch(fail);
  }

  async #letIn(number: number): Promise<void> {
    this.#inside += 1;
    const end = await this.#buyer(number).visit();
    this.#visits.set(end, (this.#visits.get(end) ?? 0) + 1);
    this.#inside -= 1;
    if (!this.#isOpen && this.#inside === 0) this.#resolveEmpty();
  }

  #buyer(number: number): Buyer {
    const { boxOffice, tastes, seed, signal } = this.#options;
    const random = new Random(hash32(`${seed}/${number}`));
    return new Buyer({
      userId: `buyer-${number}`,
      temperament: drawTemperament(random, tastes),
      random,
      boxOffice,
      wait: (ms) => wait(ms, undefined, { signal }),
    });
  }
}
