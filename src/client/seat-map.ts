/**
 * The seats of one event as a viewer knows them at one cursor.
 *
 * 1. A change is refused whole or made whole: what does not fit the event changes nothing.
 * 2. What it returns is exactly what differs from before, each seat with what it was.
 */
import {
  SEAT_CODE,
  SEAT_STATUSES,
  type SeatStatus,
  type SeatStatusCode,
} from '../domain/seat-status.js';
import { assert, present } from '../lib/assert.js';
import { TwoBitMap, twoBitBytes } from '../lib/bitmap.js';

/** A seat that is not what it was. */
export interface SeatChange {
  /** 1..totalSeats */
  readonly seatNumber: number;
  readonly status: SeatStatus;
  readonly before: SeatStatus;
}

/** How many seats there are of each status; their sum is the event's seats (I7). */
export type SeatCounts = Readonly<Record<SeatStatus, number>>;

/** A seat's number and what it is now: an entry of a delta. */
export type SeatUpdate = readonly [seatNumber: number, code: SeatStatusCode];

export class SeatMap {
  readonly totalSeats: number;
  /** The code of each seat at its number, `totalSeats + 1` bytes; entry 0 is no seat. Read it, do not write to it. */
  readonly codes: Uint8Array;
  readonly #counts: [number, number, number, number];

  /** @param totalSeats 0 or more; all of them available at first. */
  constructor(totalSeats: number) {
    assert(Number.isInteger(totalSeats) && totalSeats >= 0, `an event of ${totalSeats} seats`);
    this.totalSeats = totalSeats;
    this.codes = new Uint8Array(totalSeats + 1);
    this.#counts = [totalSeats, 0, 0, 0];
  }

  get counts(): SeatCounts {
    const [available, reserved, booked, blocked] = this.#counts;
    return { available, reserved, booked, blocked };
  }

  /** undefined: no such seat. */
  statusOf(seatNumber: number): SeatStatus | undefined {
    return this.#has(seatNumber) ? statusOf(this.#codeOf(seatNumber)) : undefined;
  }

  /**
   * Takes over a whole 2-bit map (API §3), of `twoBitBytes(totalSeats)`.
   *
   * @returns the seats that differ, in their order.
   */
  replace(packed: Uint8Array): readonly SeatChange[] {
    assert(packed.length === twoBitBytes(this.totalSeats), 'a map is of the event that it is of');
    const map = new TwoBitMap(this.totalSeats, packed);
    const changes: SeatChange[] = [];
    for (let seat = 1; seat <= this.totalSeats; seat += 1) {
      this.#set(seat, map.get(seat - 1), changes);
    }
    return changes;
  }

  /**
   * Makes the changes of a delta: absolute values, so that one made twice is made once.
   *
   * @returns the seats that differ; undefined: it names a seat that there is not, and nothing changed.
   */
  apply(updates: readonly SeatUpdate[]): readonly SeatChange[] | undefined {
    if (!updates.every(([seat]) => this.#has(seat))) return undefined;
    const changes: SeatChange[] = [];
    for (const [seat, code] of updates) this.#set(seat, code, changes);
    return changes;
  }

  #set(seatNumber: number, code: SeatStatusCode, changes: SeatChange[]): void {
    const before = this.#codeOf(seatNumber);
    if (code === before) return;
    this.codes[seatNumber] = code;
    this.#counts[before] -= 1;
    this.#counts[code] += 1;
    changes.push({ seatNumber, status: statusOf(code), before: statusOf(before) });
  }

  #has(seatNumber: number): boolean {
    return Number.isInteger(seatNumber) && seatNumber >= 1 && seatNumber <= this.totalSeats;
  }

  #codeOf(seatNumber: number): SeatStatusCode {
    // `as`: only codes are written.
    return (this.codes[seatNumber] ?? SEAT_CODE.available) as SeatStatusCode;
  }
}

function statusOf(code: SeatStatusCode): SeatStatus {
  return present(SEAT_STATUSES[code], 'a seat status');
}
