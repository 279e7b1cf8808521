/** A viewer in the simulation: it applies what it is sent, and is checked at every cursor that it comes to. */
import { TwoBitMap } from '../../../../src/lib/bitmap.js';
import type { FactFold } from './fact-fold.js';
import type { SimulatedSocket } from './simulated-network.js';

export class SimulatedViewer {
  readonly #fold: FactFold;
  readonly #totalSeats: number;
  #seats: number[] | undefined;
  cursor: string | undefined;
  socket: SimulatedSocket | undefined;
  /** Takes nothing for a while. */
  isStalled = false;
  readonly taken = { snapshot: 0, delta: 0 };

  constructor(fold: FactFold, totalSeats: number) {
    this.#fold = fold;
    this.#totalSeats = totalSeats;
  }

  get seats(): readonly number[] | undefined {
    return this.#seats;
  }

  /** Takes the oldest frame of its pipe. @returns false: there is none. */
  take(): boolean {
    const frame = this.socket?.frames.shift();
    if (frame === undefined) return false;
    const { type, cursor, statuses, changes } = JSON.parse(Buffer.from(frame).toString());
    if (type === 'snapshot') this.#replace(Buffer.from(statuses, 'base64'));
    else this.#apply(changes);
    this.cursor = cursor;
    this.taken[type as 'snapshot' | 'delta'] += 1;
    this.#check();
    return true;
  }

  #replace(bytes: Uint8Array): void {
    const map = new TwoBitMap(this.#totalSeats, bytes);
    this.#seats = Array.from({ length: this.#totalSeats }, (_, index) => map.get(index));
  }

  #apply(changes: readonly (readonly [number, number])[]): void {
    const seats = this.#seats;
    if (seats === undefined) throw new Error('a delta without a snapshot before it');
    for (const [seat, code] of changes) seats[seat - 1] = code;
  }

  /** I8 */
  #check(): void {
    const expected = this.#fold.at(this.cursor ?? '').join('');
    const seen = this.#seats?.join('');
    if (seen !== expected)
      throw new Error(`I8 at ${this.cursor}\nis     ${seen}\nshould ${expected}`);
  }
}
