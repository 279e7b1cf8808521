/** When each held seat of an event is free to be looked at again: one timer a seat, in columns. */
import type { SeatNumber } from '../domain/ids.js';
import type { EpochMs } from '../lib/clock.js';
import { type TimerSlot, TimingWheel } from '../lib/timing-wheel.js';

const NONE = -1;

export class SeatDeadlines {
  /** Made for the first hold: of many events most have none, and what is deleted stays known. */
  #wheel: TimingWheel | undefined;
  #time: EpochMs;
  /** By seat number. */
  readonly #slots: Int32Array;
  /** By slot. */
  #seats = new Uint32Array(16);

  constructor(totalSeats: number, now: EpochMs) {
    this.#time = now;
    this.#slots = new Int32Array(totalSeats + 1).fill(NONE);
  }

  /** The seat has none now. */
  schedule(seat: SeatNumber, deadline: EpochMs): void {
    this.#wheel ??= new TimingWheel(this.#time, this.#seats.length);
    const slot = this.#wheel.schedule(deadline);
    if (slot >= this.#seats.length) this.#seats = doubled(this.#seats);
    this.#seats[slot] = seat;
    this.#slots[seat] = slot;
  }

  /** Whether or not the seat has one. */
  cancel(seat: SeatNumber): void {
    const slot: TimerSlot = this.#slots[seat] ?? NONE;
    if (slot === NONE) return;
    this.#slots[seat] = NONE;
    this.#wheel?.cancel(slot);
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
