/** How long to wait before trying again. */

export interface BackoffLimits {
  /** The most that is waited after the first failure, milliseconds; doubled with each one after it. */
  readonly backoffMs: number;
  /** The most that is ever waited. */
  readonly backoffMsMax: number;
}

/**
 * Exponential, with full jitter: any wait from nothing up to the bound is as likely, so that viewers who lost one server
 * together do not come back together ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failureCount = 0;

  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /** What comes next is a first failure again. */
  reset(): void {
    this.#failureCount = 0;
  }

  /**
   * Counts a failure.
   *
   * @param hintMs what the server asked to be waited; it is waited for before the jitter, up to `backoffMsMax`.
   * @returns milliseconds, 0 <= ms < 2 * backoffMsMax; without a hint less than backoffMsMax.
   */
  failedMs(hintMs = 0): number {
    const { backoffMs, backoffMsMax } = this.#limits;
    const bound = Math.min(backoffMsMax, backoffMs * 2 ** this.#failureCount);
    this.#failureCount += 1;
    return Math.min(hintMs, backoffMsMax) + this.#random() * bound;
  }
}
