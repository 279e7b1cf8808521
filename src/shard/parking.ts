/**
 * Commands that wait for something to be read or heard before they can be decided: a reservation that is over and must be
 * read back (activation), an event this shard has not met, a user's allowance, another home's word. Those that wait for the
 * same thing wait in one line, in the order they came (I1). Bounded (I9).
 */
import type { ShardRequest } from './ports.js';

export interface Parked {
  readonly gateway: number;
  readonly request: ShardRequest;
}

export class Parking {
  readonly #max: number;
  readonly #lines = new Map<string, Parked[]>();
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.#max;
  }

  /** Something waits for `key` already. */
  has(key: string): boolean {
    return this.#lines.has(key);
  }

  /** @returns true when it is the first in its line: whoever parks first sees to it that the thing is asked for */
  park(key: string, parked: Parked): boolean {
    this.#count += 1;
    const line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, [parked]);
    else line.push(parked);
    return line === undefined;
  }

  /** The whole line, which is empty from now on. */
  take(key: string): readonly Parked[] {
    const line = this.#lines.get(key) ?? [];
    this.#lines.delete(key);
    this.#count -= line.length;
    return line;
  }
}
