import { present } from '../lib/assert.js';

/** Seeded luck: one seed, one sequence. The algorithm is mulberry32 (Tommy Ettinger, public domain). */
export class Random {
  #state: number;

  /** @param seed whole; its low 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 <= x < 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** from <= x < to */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  /** How long until something comes that comes without memory, every `mean` on average. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** A value, each as likely as its weight says; weights are at least 0 and need not sum to 1. */
  weighted<T>(choices: Weighted<T>): T {
    let rest = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of choices) {
      rest -= weight;
      if (rest < 0) return value;
    }
    return present(choices.at(-1), 'something to choose from')[0];
  }
}

/** Values and their weights; at least one. */
export type Weighted<T> = readonly (readonly [T, number])[];
