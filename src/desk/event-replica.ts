/**
 * One event as the desk knows it: what every reader sees. It follows the facts that are on disk, in their order, and carries
 * each seat's deadline, so that an overdue hold reads as available whether or not its end was written down (I5). Facts name
 * their seats, so it keeps columns of seats (`shown-seats.ts`) and nothing of reservations: a hold costs it no object. Of a
 * deleted event the plan is kept, and what its seats looked like last.
 *
 * What it shows is a function of its cursor: which history it is of, the sequence of the event's last fact, and the latest
 * deadline that has passed without its fact. Two replicas at the same cursor show the same (I8). So it is where the clock
 * is stepped back: the holds that had lapsed meanwhile run again.
 */

import type { EventRecord } from '../domain/event.js';
import { type EventFact, isEventFact, type NumberedFact, statusAfter } from '../domain/facts.js';
import type { SeatNumber, UserId } from '../domain/ids.js';
import type { ReservationRecord } from '../domain/reservation.js';
import { SEAT_CODE, type SeatStatusCode } from '../domain/seat-status.js';
import { VenuePlan } from '../domain/venue-plan.js';
import type { EpochMs } from '../lib/clock.js';
import { hash32 } from '../lib/hash.js';
import type { EventSnapshot } from '../shard/ports.js';
import { seatsOf } from './recent-seats.js';
import { formatSeatCursor, type SeatCursor } from './seat-cursor.js';
import { SeatWatch, type WatchedSeats, type WatchOptions } from './seat-watch.js';
import { type SeatCounts, ShownSeats } from './shown-seats.js';

const NOTHING_TOLD = { sequence: -1, lapsedUntil: 0, text: '' };

export class EventReplica implements WatchedSeats {
  record: EventRecord;
  readonly plan: VenuePlan;
  readonly #seats: ShownSeats;
  #sequence = 0;
  #history = 0;
  /** The cursor that was asked for last: readers come more often than changes. */
  #told = NOTHING_TOLD;
  readonly #watches = new Set<SeatWatch>();

  constructor(snapshot: EventSnapshot, now: EpochMs) {
    this.record = snapshot.event;
    this.plan = new VenuePlan(snapshot.event.plan);
    this.#seats = new ShownSeats(this.plan.totalSeats, now);
    for (const seat of snapshot.booked) this.#seats.set(seat, SEAT_CODE.booked);
    for (const seat of snapshot.blocked) this.#seats.set(seat, SEAT_CODE.blocked);
    if (this.record.status === 'deleted') this.#seats.release(now);
  }

  /** What the snapshot left out. Of an event that is deleted there are none. */
  restore(holds: readonly ReservationRecord[]): void {
    for (const { seats, expiresAt, userId } of holds) this.#hold(seats, expiresAt, userId);
  }

  /** The sequence of the event's last fact that is in here. */
  get sequence(): number {
    return this.#sequence;
  }

  /** What is in here is all there is up to `sequence`, of this incarnation of the store. */
  standsAt(sequence: number, incarnation: number): void {
    this.#sequence = sequence;
    this.#history = hash32(`${incarnation} ${this.record.id}`);
    this.#told = NOTHING_TOLD;
  }

  counts(now: EpochMs): SeatCounts {
    this.#lapse(now);
    return this.#seats.counts();
  }

  /** Some seat is held or booked; also where a hold is overdue and its end has not been written down. */
  get isInUse(): boolean {
    return this.#seats.isInUse;
  }

  /** An overdue hold already reads as available. */
  statusAt(seat: SeatNumber, now: EpochMs): SeatStatusCode {
    return this.#seats.statusAt(seat, now);
  }

  /** When the hold on the seat ends, of a hold that is not over. */
  expiresAt(seat: SeatNumber, now: EpochMs): EpochMs | undefined {
    return this.statusAt(seat, now) === SEAT_CODE.reserved
      ? this.#seats.deadlineOf(seat)
      : undefined;
  }

  /** The first seat that is free, one past the last where none is. Buyers of the best seats would each look for it anew. */
  freeFrom(now: EpochMs): SeatNumber {
    this.#lapse(now);
    return this.#seats.freeFrom();
  }

  /** Certain when true; when false the holder may still be another whose digest is the same. */
  isHeldByAnother(seat: SeatNumber, userId: UserId, now: EpochMs): boolean {
    const code = this.statusAt(seat, now);
    if (code === SEAT_CODE.available) return false;
    return code !== SEAT_CODE.reserved || this.#seats.holderOf(seat) !== hash32(userId);
  }

  /** Opaque to clients. */
  cursor(now: EpochMs): string {
    const cursor = this.seatCursor(now);
    if (cursor.sequence !== this.#told.sequence || cursor.lapsedUntil !== this.#told.lapsedUntil)
      this.#told = { ...cursor, text: formatSeatCursor(cursor) };
    return this.#told.text;
  }

  seatCursor(now: EpochMs): SeatCursor {
    this.#lapse(now);
    return {
      sequence: this.#sequence,
      lapsedUntil: this.#seats.latestLapsed(),
      history: this.#history,
    };
  }

  lapsedSeats(after: EpochMs): Iterable<SeatNumber> {
    return this.#seats.lapsedSeats(after);
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
    return this.#seats.map();
  }

  /** The next fact of this event. */
  apply({ sequence, fact }: NumberedFact): void {
    this.#sequence = sequence;
    if (isEventFact(fact)) this.#become(fact);
    else if (fact.type === 'reservation.reserved' || fact.type === 'reservation.extended')
      this.#hold(fact.seats, fact.expiresAt, fact.userId);
    else for (const seat of fact.seats) this.#seats.set(seat, statusAfter(fact));
    for (const watch of this.#watches) watch.happened(sequence, seatsOf(fact));
  }

  #become({ event, at }: EventFact): void {
    this.record = event;
    if (event.status === 'deleted') this.#seats.release(at);
  }

  #hold(seats: readonly SeatNumber[], expiresAt: EpochMs, userId: UserId): void {
    const digest = hash32(userId);
    for (const seat of seats) this.#seats.hold(seat, expiresAt, digest);
  }

  #lapse(now: EpochMs): void {
    const touched = this.#seats.lapse(now);
    if (touched.length === 0) return;
    for (const watch of this.#watches) watch.touched(touched);
  }
}
