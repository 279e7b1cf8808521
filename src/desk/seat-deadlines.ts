/** When each held seat of an event is free to be looked at again: one timer a seat, in columns. */
import type { SeatNumber } from '../domain/ids.js';
import type { EpochMs } from '../lib/clock.js';
import { TimingWheel } from '../lib/timing-wheel.js';

/** No timer: columns are all 0 at first, and take no memory before something is written. */
const NONE = 0;

export class SeatDeadlines {
  /** Made for the first hold: of many events most have none, and what is deleted stays known. */
  #wheel: TimingWheel | undefined;
  #time: EpochMs;
  /** By seat number: one more than its timer's slot, or `NONE`. */
  readonly #slots: Uint32Array;
  /** By slot. */
  #seats = new Uint32Array(16);

  constructor(totalSeats: number, now: EpochMs) {
    this.#time = now;
    this.#slots = new Uint32Array(totalSeats + 1);
  }

  /** The seat has none now. */
  schedule(seat: SeatNumber, deadline: EpochMs): void {
    this.#wheel ??= new TimingWheel(this.#time, this.#seats.length);
    const slot = this.#wheel.schedule(deadline);
    if (slot >= this.#seats.length) this.#seats = doubled(this.#seats);
    this.#seats[slot] = seat;
    this.#slots[seat] = slot + 1;
  }

  /** Whether or not the seat has one. */
  cancel(seat: SeatNumber): void {
    const place = this.#slots[seat] ?? NONE;
    if (place === NONE) return;
    this.#slots[seat] = NONE;
    this.#wheel?.cancel(place - 1);
  }

  /** Hands over every seat whose deadline has come, and forgets it. */
  advance(now: EpochMs, lapse: (seat: SeatNumber) => void): void {
    this.#time = now;
    this.#wheel?.advance(now, (slot) => {
      const seat = this.#seats[slot] ?? 0;
      this.#slots[seat] = NONE;
      lapse(seat);
    });
  }
}

function doubled(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}
