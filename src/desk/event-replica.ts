/**
 * One event as the desk knows it: what every reader sees. It follows the facts that are on disk, in their order, and carries
 * each seat's deadline, so that an overdue hold reads as available whether or not its end was written down (I5). Facts name
 * their seats, so it keeps columns of seats and nothing of reservations: a hold costs it no object.
 *
 * What it shows is a function of its cursor: which history it is of, the sequence of the event's last fact, and the latest
 * deadline that has passed without its fact. Two replicas at the same cursor show the same (I8). So it is where the clock
 * is stepped back: the holds that had lapsed meanwhile run again.
 */

import type { EventRecord } from '../domain/event.js';
import { isEventFact, type NumberedFact, statusAfter } from '../domain/facts.js';
import type { SeatNumber, UserId } from '../domain/ids.js';
import { SEAT_CODE, type SeatStatusCode } from '../domain/seat-status.js';
import { VenuePlan } from '../domain/venue-plan.js';
import { TwoBitMap } from '../lib/bitmap.js';
import type { EpochMs } from '../lib/clock.js';
import { hash32 } from '../lib/hash.js';
import type { EventSnapshot } from '../shard/ports.js';
import { seatsOf } from './recent-seats.js';
import { formatSeatCursor, type SeatCursor } from './seat-cursor.js';
import { SeatDeadlines } from './seat-deadlines.js';
import { SeatWatch, type WatchedSeats, type WatchOptions } from './seat-watch.js';

export interface SeatCounts {
  readonly available: number;
  readonly reserved: number;
  readonly booked: number;
  readonly blocked: number;
}

export class EventReplica implements WatchedSeats {
  record: EventRecord;
  readonly plan: VenuePlan;
  readonly #codes: Uint8Array;
  readonly #expiresAt: Float64Array;
  /** Of whoever holds a reserved seat: a digest, enough to tell somebody else's from possibly one's own. */
  readonly #holder: Uint32Array;
  readonly #counts: [number, number, number, number];
  readonly #deadlines: SeatDeadlines;
  /** Seats held past their deadline, the end of which was not yet written down. */
  readonly #lapsed = new Set<SeatNumber>();
  /** No seat below it was free when last looked. */
  #freeFrom: SeatNumber = 1;
  #sequence = 0;
  #history = 0;
  /** The holds that were over then are the lapsed ones. */
  #lapsedAt: EpochMs = 0;
  readonly #watches = new Set<SeatWatch>();

  constructor(snapshot: EventSnapshot, now: EpochMs) {
    this.record = snapshot.event;
    this.plan = new VenuePlan(snapshot.event.plan);
    const { totalSeats } = this.plan;
    this.#codes = new Uint8Array(totalSeats + 1);
    this.#expiresAt = new Float64Array(totalSeats + 1);
    this.#holder = new Uint32Array(totalSeats + 1);
    this.#counts = [totalSeats, 0, 0, 0];
    this.#deadlines = new SeatDeadlines(totalSeats, now);
    for (const seat of snapshot.booked) this.#set(seat, SEAT_CODE.booked);
    for (const seat of snapshot.blocked) this.#set(seat, SEAT_CODE.blocked);
    for (const { seats, expiresAt, userId } of snapshot.reserved)
      this.#hold(seats, expiresAt, userId);
  }

  /** The sequence of the event's last fact that is in here. */
  get sequence(): number {
    return this.#sequence;
  }

  /** What is in here is all there is up to `sequence`, of this incarnation of the store. */
  standsAt(sequence: number, incarnation: number): void {
    this.#sequence = sequence;
    this.#history = hash32(`${incarnation} ${this.record.id}`);
  }

  counts(now: EpochMs): SeatCounts {
    this.#lapse(now);
    const [available, reserved, booked, blocked] = this.#counts;
    return {
      available: available + this.#lapsed.size,
      reserved: reserved - this.#lapsed.size,
      booked,
      blocked,
    };
  }

  /** Some seat is held or booked; also where a hold is overdue and its end has not been written down. */
  get isInUse(): boolean {
    return this.#counts[SEAT_CODE.reserved] + this.#counts[SEAT_CODE.booked] > 0;
  }

  /** An overdue hold already reads as available. */
  statusAt(seat: SeatNumber, now: EpochMs): SeatStatusCode {
    const code = this.#codes[seat] as SeatStatusCode; // the column holds nothing else
    return code === SEAT_CODE.reserved && now >= (this.#expiresAt[seat] ?? 0)
      ? SEAT_CODE.available
      : code;
  }

  /** When the hold on the seat ends, of a hold that is not over. */
  expiresAt(seat: SeatNumber, now: EpochMs): EpochMs | undefined {
    return this.#codes[seat] === SEAT_CODE.reserved &&
      this.statusAt(seat, now) === SEAT_CODE.reserved
      ? this.#expiresAt[seat]
      : undefined;
  }

  /** The first seat that is free, one past the last where none is. Buyers of the best seats would each look for it anew. */
  freeFrom(now: EpochMs): SeatNumber {
    this.#lapse(now);
    while (this.#isTaken(this.#freeFrom)) this.#freeFrom += 1;
    return this.#freeFrom;
  }

  /** Certain when true; when false the holder may still be another whose digest is the same. */
  isHeldByAnother(seat: SeatNumber, userId: UserId, now: EpochMs): boolean {
    const code = this.statusAt(seat, now);
    if (code === SEAT_CODE.available) return false;
    return code !== SEAT_CODE.reserved || this.#holder[seat] !== hash32(userId);
  }

  /** Opaque to clients. */
  cursor(now: EpochMs): string {
    return formatSeatCursor(this.seatCursor(now));
  }

  seatCursor(now: EpochMs): SeatCursor {
    this.#lapse(now);
    let lapsedUntil = 0;
    for (const seat of this.#lapsed) lapsedUntil = Math.max(lapsedUntil, this.#deadlineOf(seat));
    return { sequence: this.#sequence, lapsedUntil, history: this.#history };
  }

  *lapsedSeats(after: EpochMs): Iterable<SeatNumber> {
    for (const seat of this.#lapsed) if (this.#deadlineOf(seat) > after) yield seat;
  }

  /** Begins to note what changes, until the watch is ended. */
  watch(options: WatchOptions): SeatWatch {
    const watch = new SeatWatch(this, options, () => this.#watches.delete(watch));
    this.#watches.add(watch);
    return watch;
  }

  /** Where the event is watched, holds that are over are noticed though nobody asks. */
  noticeLapses(now: EpochMs): void {
    if (this.#watches.size > 0) this.#lapse(now);
  }

  /** The 2-bit map of API §3, seat 1 in the low bits of byte 0; a copy. */
  statuses(now: EpochMs): Uint8Array {
    this.#lapse(now);
    const map = new TwoBitMap(this.plan.totalSeats);
    for (let seat = 1; seat <= this.plan.totalSeats; seat += 1) {
      const code = this.#codes[seat] ?? 0;
      if (code !== 0) map.set(seat - 1, this.statusAt(seat, now));
    }
    return map.bytes;
  }

  /** The next fact of this event. */
  apply({ sequence, fact }: NumberedFact): void {
    this.#sequence = sequence;
    if (isEventFact(fact)) this.record = fact.event;
    else if (fact.type === 'reservation.reserved' || fact.type === 'reservation.extended')
      this.#hold(fact.seats, fact.expiresAt, fact.userId);
    else for (const seat of fact.seats) this.#set(seat, statusAfter(fact));
    for (const watch of this.#watches) watch.happened(sequence, seatsOf(fact));
  }

  #set(seat: SeatNumber, code: SeatStatusCode): void {
    this.#counts[this.#codes[seat] as SeatStatusCode] -= 1;
    this.#counts[code] += 1;
    this.#codes[seat] = code;
    this.#deadlines.cancel(seat);
    this.#lapsed.delete(seat);
    if (code === SEAT_CODE.available) this.#freed(seat);
  }

  #freed(seat: SeatNumber): void {
    this.#freeFrom = Math.min(this.#freeFrom, seat);
  }

  /** Not of a seat that the plan does not have. */
  #isTaken(seat: SeatNumber): boolean {
    return (
      seat < this.#codes.length &&
      this.#codes[seat] !== SEAT_CODE.available &&
      !this.#lapsed.has(seat)
    );
  }

  #hold(seats: readonly SeatNumber[], expiresAt: EpochMs, userId: UserId): void {
    const digest = hash32(userId);
    for (const seat of seats) {
      this.#set(seat, SEAT_CODE.reserved);
      this.#expiresAt[seat] = expiresAt;
      this.#holder[seat] = digest;
      this.#deadlines.schedule(seat, expiresAt);
    }
  }

  #deadlineOf(seat: SeatNumber): EpochMs {
    return this.#expiresAt[seat] ?? 0;
  }

  #lapse(now: EpochMs): void {
    if (now < this.#lapsedAt) this.#unlapse(now);
    this.#lapsedAt = now;
    const lapsing: SeatNumber[] = [];
    this.#deadlines.advance(now, (seat) => lapsing.push(seat));
    for (const seat of lapsing) {
      this.#lapsed.add(seat);
      this.#freed(seat);
    }
    this.#touch(lapsing);
  }

  /** The clock was stepped back. */
  #unlapse(now: EpochMs): void {
    const held = [...this.#lapsed].filter((seat) => this.#deadlineOf(seat) > now);
    for (const seat of held) {
      this.#lapsed.delete(seat);
      this.#deadlines.schedule(seat, this.#deadlineOf(seat));
    }
    this.#touch(held);
  }

  #touch(seats: readonly SeatNumber[]): void {
    if (seats.length === 0) return;
    for (const watch of this.#watches) watch.touched(seats);
  }
}
