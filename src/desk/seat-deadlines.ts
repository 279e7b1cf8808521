/**
 * When each held seat of an event is free to be looked at again. Seats of one deadline, however many, have one timer: they are
 * a list in columns.
 */
import type { SeatNumber } from '../domain/ids.js';
import type { EpochMs } from '../lib/clock.js';
import { type TimerSlot, TimingWheel } from '../lib/timing-wheel.js';

/** No seat, and no timer: columns are all 0 at first, and take no memory before something is written. */
const NONE = 0;

export class SeatDeadlines {
  /** Made for the first hold: of many events most have none, and what is deleted stays known. */
  #wheel: TimingWheel | undefined;
  #time: EpochMs;
  /** The timer of each deadline that some seat has. */
  readonly #slots = new Map<EpochMs, TimerSlot>();
  /** By slot: its deadline, and the first seat of its list. */
  #deadlines = new Float64Array(16);
  #firsts = new Uint32Array(16);
  /** By seat number: one more than its timer's slot, or `NONE`; and its neighbours in the list. */
  readonly #places: Uint32Array;
  readonly #next: Uint32Array;
  readonly #previous: Uint32Array;

  constructor(totalSeats: number, now: EpochMs) {
    this.#time = now;
    this.#places = new Uint32Array(totalSeats + 1);
    this.#next = new Uint32Array(totalSeats + 1);
    this.#previous = new Uint32Array(totalSeats + 1);
  }

  /** The seat has none now. */
  schedule(seat: SeatNumber, deadline: EpochMs): void {
    const slot = this.#slots.get(deadline) ?? this.#timer(deadline);
    const second = this.#firsts[slot] ?? NONE;
    this.#places[seat] = slot + 1;
    this.#next[seat] = second;
    this.#previous[seat] = NONE;
    if (second !== NONE) this.#previous[second] = seat;
    this.#firsts[slot] = seat;
  }

  /** Whether or not the seat has one. */
  cancel(seat: SeatNumber): void {
    const place = this.#places[seat] ?? NONE;
    if (place === NONE) return;
    this.#places[seat] = NONE;
    const slot = place - 1;
    const next = this.#next[seat] ?? NONE;
    const previous = this.#previous[seat] ?? NONE;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.#next[previous] = next;
    else this.#firsts[slot] = next;
    if (next !== NONE || previous !== NONE) return;
    this.#slots.delete(this.#deadlines[slot] ?? 0);
    this.#wheel?.cancel(slot);
  }

  /** Hands over every seat whose deadline has come, and forgets it. */
  advance(now: EpochMs, lapse: (seat: SeatNumber) => void): void {
    this.#time = now;
    this.#wheel?.advance(now, (slot) => {
      this.#slots.delete(this.#deadlines[slot] ?? 0);
      let seat = this.#firsts[slot] ?? NONE;
      this.#firsts[slot] = NONE;
      while (seat !== NONE) {
        this.#places[seat] = NONE;
        lapse(seat);
        seat = this.#next[seat] ?? NONE;
      }
    });
  }

  /** A new one, without seats. */
  #timer(deadline: EpochMs): TimerSlot {
    this.#wheel ??= new TimingWheel(this.#time, this.#firsts.length);
    const slot = this.#wheel.schedule(deadline);
    if (slot >= this.#firsts.length) {
      this.#firsts = copyInto(new Uint32Array(2 * slot), this.#firsts);
      this.#deadlines = copyInto(new Float64Array(2 * slot), this.#deadlines);
    }
    this.#slots.set(deadline, slot);
    this.#deadlines[slot] = deadline;
    return slot;
  }
}

function copyInto<T extends Uint32Array | Float64Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
