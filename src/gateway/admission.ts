/**
 * How much a gateway has taken on, and the bounds of it (I9): requests in flight and open sockets.
 */
import { assert } from '../lib/assert.js';

export class Admission {
  readonly #requestsMax: number;
  readonly #connectionsMax: number;
  #requests = 0;
  #connections = 0;
  #whenIdle: (() => void)[] = [];

  constructor(bounds: { readonly requestsInFlightMax: number; readonly connectionsMax: number }) {
    this.#requestsMax = bounds.requestsInFlightMax;
    this.#connectionsMax = bounds.connectionsMax;
  }

  get requests(): number {
    return this.#requests;
  }

  get connections(): number {
    return this.#connections;
  }

  get isFull(): boolean {
    return this.#requests >= this.#requestsMax;
  }

  /** A request is being worked on, whether or not it was welcome. */
  enter(): void {
    this.#requests += 1;
  }

  leave(): void {
    this.#requests -= 1;
    assert(this.#requests >= 0, 'a request leaves once');
    if (this.#requests > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    if (this.#requests === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** @returns false: there are too many already; close it. */
  connected(): boolean {
    this.#connections += 1;
    return this.#connections <= this.#connectionsMax;
  }

  disconnected(): void {
    this.#connections -= 1;
  }
}
