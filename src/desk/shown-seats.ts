/**
 * What the seats of one event look like at a time, in columns. It knows codes, deadlines and holders, and nothing of facts.
 *
 * 1. The map is what a reader sees: a hold that was found to be over reads as available in it. Whatever shows many seats first calls
 *    `lapse`, and the map needs no second look.
 * 2. A seat has a deadline exactly while a reservation holds it, be that over or not: lapsed is a seat that has one and reads as available.
 */
import type { SeatNumber } from '../domain/ids.js';
import { SEAT_CODE, type SeatStatusCode } from '../domain/seat-status.js';
import { TwoBitMap } from '../lib/bitmap.js';
import type { EpochMs } from '../lib/clock.js';
import { SeatDeadlines } from './seat-deadlines.js';

export interface SeatCounts {
  readonly available: number;
  readonly reserved: number;
  readonly booked: number;
  readonly blocked: number;
}

/** The list of lapsed seats is tidied when it is longer than this and half of it is gone. */
const TIDY_LENGTH = 1_024;

export class ShownSeats {
  readonly #map: TwoBitMap;
  /** By seat number, of a hold; 0: there is none. */
  #expiresAt: Float64Array;
  /** By seat number, of whoever holds it: a digest. */
  #holder: Uint32Array;
  #deadlines: SeatDeadlines;
  readonly #counts: [number, number, number, number];
  /** In the order in which they lapsed; also such as are not lapsed any more. */
  #lapsed: SeatNumber[] = [];
  #lapsedCount = 0;
  /** No lapsed seat has a later deadline; whether one has it is known unless it was the last one's that is gone. */
  #latest: EpochMs = 0;
  #isLatestKnown = true;
  /** The holds that were over then are the lapsed ones. */
  #lapsedAt: EpochMs = 0;
  /** No seat below it was free when last looked. */
  #freeFrom: SeatNumber = 1;

  constructor(totalSeats: number, now: EpochMs) {
    this.#map = new TwoBitMap(totalSeats);
    this.#expiresAt = new Float64Array(totalSeats + 1);
    this.#holder = new Uint32Array(totalSeats + 1);
    this.#deadlines = new SeatDeadlines(totalSeats, now);
    this.#counts = [totalSeats, 0, 0, 0];
  }

  counts(): SeatCounts {
    const [available, reserved, booked, blocked] = this.#counts;
    return { available, reserved, booked, blocked };
  }

  /** Some seat is held, overdue or not, or booked. */
  get isInUse(): boolean {
    const { reserved, booked } = this.counts();
    return reserved + booked + this.#lapsedCount > 0;
  }

  statusAt(seat: SeatNumber, now: EpochMs): SeatStatusCode {
    const code = this.#map.get(seat - 1);
    if (code === SEAT_CODE.booked || code === SEAT_CODE.blocked) return code;
    return now < this.deadlineOf(seat) ? SEAT_CODE.reserved : SEAT_CODE.available;
  }

  /** Of its hold; 0: nobody holds it. */
  deadlineOf(seat: SeatNumber): EpochMs {
    return this.#expiresAt[seat] ?? 0;
  }

  /** Of who holds a reserved seat. */
  holderOf(seat: SeatNumber): number | undefined {
    return this.#holder[seat];
  }

  /** The 2-bit map of API §3; a copy. */
  map(): Uint8Array {
    return this.#map.bytes.slice();
  }

  /** The first seat that reads as available, one past the last where none does. */
  freeFrom(): SeatNumber {
    while (this.#isTaken(this.#freeFrom)) this.#freeFrom += 1;
    return this.#freeFrom;
  }

  /** The latest deadline of a lapsed seat; 0: none is. */
  latestLapsed(): EpochMs {
    if (this.#isLatestKnown) return this.#latest;
    let latest = 0;
    for (let index = this.#lapsed.length - 1; index >= 0 && latest < this.#latest; index -= 1) {
      const seat = this.#lapsed[index] ?? 0;
      if (this.#isLapsed(seat)) latest = Math.max(latest, this.deadlineOf(seat));
    }
    this.#latest = latest;
    this.#isLatestKnown = true;
    return latest;
  }

  /** Of those with a deadline later than `after`; one may come twice. */
  *lapsedSeats(after: EpochMs): Iterable<SeatNumber> {
    if (this.latestLapsed() <= after) return;
    for (const seat of this.#lapsed) {
      if (this.#isLapsed(seat) && this.deadlineOf(seat) > after) yield seat;
    }
  }

  hold(seat: SeatNumber, expiresAt: EpochMs, holder: number): void {
    this.set(seat, SEAT_CODE.reserved);
    this.#expiresAt[seat] = expiresAt;
    this.#holder[seat] = holder;
    this.#deadlines.schedule(seat, expiresAt);
  }

  /** Whatever held the seat holds it no more. */
  set(seat: SeatNumber, code: SeatStatusCode): void {
    if (this.#isLapsed(seat)) this.#unlist(seat);
    this.#show(seat, code);
    this.#expiresAt[seat] = 0;
    this.#deadlines.cancel(seat);
  }

  /** Finds the holds that are over at `now`; where the clock was stepped back, those that are not. @returns the seats that look otherwise */
  lapse(now: EpochMs): readonly SeatNumber[] {
    const held = now < this.#lapsedAt ? this.#unlapse(now) : [];
    this.#lapsedAt = now;
    const known = this.#lapsed.length;
    this.#deadlines.advance(now, (seat) => this.#list(seat));
    return held.concat(this.#lapsed.slice(known));
  }

  /** Nothing is held any more, nor will be: what the seats look like stays, and the room is given back. */
  release(now: EpochMs): void {
    this.#expiresAt = new Float64Array(0);
    this.#holder = new Uint32Array(0);
    this.#deadlines = new SeatDeadlines(0, now);
    this.#lapsed = [];
  }

  #unlapse(now: EpochMs): SeatNumber[] {
    const held = [...new Set(this.lapsedSeats(now))];
    for (const seat of held) {
      this.#unlist(seat);
      this.#show(seat, SEAT_CODE.reserved);
      this.#deadlines.schedule(seat, this.deadlineOf(seat));
    }
    return held;
  }

  /** Not of a seat that the plan does not have. */
  #isTaken(seat: SeatNumber): boolean {
    return seat <= this.#map.count && this.#map.get(seat - 1) !== SEAT_CODE.available;
  }

  #isLapsed(seat: SeatNumber): boolean {
    return this.deadlineOf(seat) > 0 && this.#map.get(seat - 1) === SEAT_CODE.available;
  }

  /** The seat has lapsed. */
  #list(seat: SeatNumber): void {
    this.#show(seat, SEAT_CODE.available);
    this.#lapsed.push(seat);
    this.#lapsedCount += 1;
    const deadline = this.deadlineOf(seat);
    if (deadline < this.#latest) return;
    this.#latest = deadline;
    this.#isLatestKnown = true;
  }

  /** The seat is lapsed no more; it is not shown otherwise yet. */
  #unlist(seat: SeatNumber): void {
    this.#lapsedCount -= 1;
    if (this.deadlineOf(seat) === this.#latest) this.#isLatestKnown = false;
    if (this.#lapsed.length <= Math.max(TIDY_LENGTH, 2 * this.#lapsedCount)) return;
    this.#lapsed = this.#lapsed.filter((each) => each !== seat && this.#isLapsed(each));
  }

  #show(seat: SeatNumber, code: SeatStatusCode): void {
    this.#counts[this.#map.get(seat - 1)] -= 1;
    this.#counts[code] += 1;
    this.#map.set(seat - 1, code);
    if (code === SEAT_CODE.available) this.#freeFrom = Math.min(this.#freeFrom, seat);
  }
}
