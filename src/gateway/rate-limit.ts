/** Requests a second for one client address. Each gateway counts for itself. */
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { GatewayConfig } from './gateway-config.js';
import { Problem } from './problem.js';

export class RateLimit {
  readonly #limiter: RateLimiterMemory | undefined;

  constructor({ rateLimitPerSecond }: Pick<GatewayConfig, 'rateLimitPerSecond'>) {
    this.#limiter =
      rateLimitPerSecond === undefined
        ? undefined
        : new RateLimiterMemory({ points: rateLimitPerSecond, duration: 1 });
  }

  get isOn(): boolean {
    return this.#limiter !== undefined;
  }

  /** Counts one request; the problem where it is one too many. Does not reject. */
  async refuse(address: string): Promise<Problem | undefined> {
    return this.#limiter?.consume(address).then(
      () => undefined,
      // The limiter says no by rejecting with how long to wait; in memory it cannot fail.
      ({ msBeforeNext }: RateLimiterRes) =>
        new Problem('rate_limited', 'This address has sent too many requests.', {
          retryAfterMs: msBeforeNext,
        }),
    );
  }
}
