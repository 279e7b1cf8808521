/**
 * Everything a shard knows: its events' seats, the holds whose home it is, the claims it granted to other homes. `apply` moves
 * it by facts and by nothing else; it never asks whether a move is allowed, the machines' tables assert it.
 */

import type { EventRecord } from '../domain/event.js';
import type { Fact, ReservationFact } from '../domain/facts.js';
import type { EventId, ReservationId, SeatNumber } from '../domain/ids.js';
import { evolveReservation, type ReservationRecord } from '../domain/reservation.js';
import type { SeatEventType } from '../domain/seat-machine.js';
import { VenuePlan } from '../domain/venue-plan.js';
import { present } from '../lib/assert.js';
import type { ElapsedMs, EpochMs } from '../lib/clock.js';
import { Allowances } from './allowances.js';
import { EventSeats } from './event-seats.js';
import { HoldClock } from './hold-clock.js';
import { type Claim, Hold } from './holding.js';
import { SeatActors } from './seat-actors.js';

export interface ShardStateOptions {
  readonly index: number;
  readonly shardCount: number;
  readonly now: EpochMs;
  readonly elapsed: ElapsedMs;
  readonly seatActorsMax: number;
}

const SEAT_MESSAGE = {
  'reservation.confirmed': 'seat.confirm',
  'reservation.cancelled': 'seat.release',
  'reservation.released': 'seat.release',
  'reservation.expired': 'seat.lapse',
  'reservation.refunded': 'seat.refund',
} as const satisfies Partial<Record<ReservationFact['type'], SeatEventType>>;

type EndingFact = Exclude<
  ReservationFact,
  { type: 'reservation.reserved' | 'reservation.extended' }
>;

export class ShardState {
  readonly index: number;
  readonly shardCount: number;
  readonly events = new Map<EventId, EventSeats>();
  readonly holds = new Map<ReservationId, Hold>();
  readonly claims = new Map<ReservationId, Claim>();
  readonly allowances = new Allowances();
  /** Reservations that are over, read back for the commands that wait in line for them; only while the line is worked off. */
  readonly awakened = new Map<ReservationId, ReservationRecord>();
  /** When holds end. */
  readonly holdClock: HoldClock<Hold>;
  /** When homes are to be asked about claims; in `ElapsedMs`: nobody knows of it but this shard. */
  readonly askClock: HoldClock<Claim>;
  readonly actors: SeatActors;
  /** Booked seats, by place, whose rows are being looked at; a seat that moves meanwhile is doubted no longer. */
  readonly doubted = new Set<number>();
  /** Claims that came to nothing, and when: a message about one that arrives later must not bring it to life. */
  readonly buried = new Map<ReservationId, ElapsedMs>();
  #nextBase = 0;

  constructor(options: ShardStateOptions) {
    this.index = options.index;
    this.shardCount = options.shardCount;
    this.holdClock = new HoldClock(options.now);
    this.askClock = new HoldClock(options.elapsed);
    this.actors = new SeatActors(options.seatActorsMax);
  }

  /** The event's seats, made on first sight; a later record of a known event replaces its record, a deleted one is dropped. */
  installEvent(event: EventRecord): EventSeats | undefined {
    const known = this.events.get(event.id);
    if (event.status === 'deleted') {
      if (known !== undefined) this.actors.forget(known);
      this.events.delete(event.id);
      return undefined;
    }
    if (known !== undefined) {
      if (event.version > known.event.version) known.event = event;
      return known;
    }
    const seats = new EventSeats(event, new VenuePlan(event.plan), this.#nextBase);
    this.#nextBase += seats.states.length;
    this.events.set(event.id, seats);
    return seats;
  }

  seatsOf(eventId: EventId): EventSeats {
    return present(this.events.get(eventId), `event ${eventId}`);
  }

  isMine(event: EventSeats, seat: SeatNumber): boolean {
    return this.shardCount === 1 || event.ownerOf(seat, this.shardCount) === this.index;
  }

  /**
   * Moves the seats and the holds as the fact says.
   *
   * @param before the reservation's record, where it is not among the holds (it is over, and was read back)
   * @returns the reservation's record after it
   */
  apply(fact: ReservationFact, before?: ReservationRecord): ReservationRecord {
    const hold = this.holds.get(fact.reservationId);
    const record = evolveReservation(hold?.record ?? before, fact);
    if (fact.type === 'reservation.reserved') this.#reserve(record);
    else if (fact.type === 'reservation.extended') this.#extend(present(hold, 'the hold'), record);
    else this.#end(fact, hold, record);
    return record;
  }

  /** One seat moves, as the machine is known to allow. */
  move(event: EventSeats, seat: SeatNumber, message: SeatEventType): void {
    if (this.doubted.size > 0) this.doubted.delete(event.base + seat);
    this.actors.send(event, seat, message);
  }

  /** House seats: of an unblocking, and of a blocking without claims. */
  applyToSeats(fact: Extract<Fact, { type: 'seats.unblocked' | 'seats.blocked' }>): void {
    const event = this.seatsOf(fact.eventId);
    const message = fact.type === 'seats.blocked' ? 'seat.block' : 'seat.unblock';
    for (const seat of fact.seats) {
      if (!this.isMine(event, seat)) continue;
      event.clearHolder(seat);
      this.move(event, seat, message);
    }
  }

  bury(reservationId: ReservationId, at: ElapsedMs): void {
    this.buried.set(reservationId, at);
  }

  /** Forgets what was buried before `horizon`. */
  forgetBuried(horizon: ElapsedMs): void {
    for (const [reservationId, buriedAt] of this.buried) {
      if (buriedAt >= horizon) return;
      this.buried.delete(reservationId);
    }
  }

  /** Whoever adds it schedules when its home is asked. */
  addClaim(claim: Claim): void {
    const event = this.seatsOf(claim.eventId);
    this.claims.set(claim.reservationId, claim);
    for (const seat of claim.seats) {
      this.move(event, seat, 'seat.claim');
      event.setHolder(seat, claim);
    }
  }

  scheduleAsk(claim: Claim, askAt: ElapsedMs): void {
    if (claim.slot !== undefined) this.askClock.cancel(claim.slot);
    claim.slot = this.askClock.schedule(askAt, claim);
  }

  /** One seat of a claim moves on, and is the claim's no longer. */
  endClaimedSeat(claim: Claim, seat: SeatNumber, message: SeatEventType): void {
    const event = this.seatsOf(claim.eventId);
    event.clearHolder(seat);
    this.move(event, seat, message);
  }

  /** The claim is no more; its seats have been moved on, or are by whoever calls. */
  dropClaim(claim: Claim): void {
    this.claims.delete(claim.reservationId);
    if (claim.slot !== undefined) this.askClock.cancel(claim.slot);
    claim.slot = undefined;
  }

  #reserve(record: ReservationRecord): void {
    const event = this.seatsOf(record.eventId);
    const hold = new Hold(record);
    hold.slot = this.holdClock.schedule(record.expiresAt, hold);
    this.holds.set(record.id, hold);
    const claim = this.claims.get(record.id);
    if (claim !== undefined) this.dropClaim(claim);
    for (const seat of record.seats) {
      if (!this.isMine(event, seat)) continue;
      this.move(event, seat, claim === undefined ? 'seat.reserve' : 'seat.adopt');
      event.setHolder(seat, hold);
    }
  }

  #extend(hold: Hold, record: ReservationRecord): void {
    hold.record = record;
    this.#stopTimer(hold);
    hold.slot = this.holdClock.schedule(record.expiresAt, hold);
  }

  /** The fact's seats move on together (I4); the hold is over when its last seat has gone or it is reserved no longer. */
  #end(fact: EndingFact, hold: Hold | undefined, record: ReservationRecord): void {
    const event = this.seatsOf(record.eventId);
    const message = SEAT_MESSAGE[fact.type];
    for (const seat of fact.seats) {
      if (!this.isMine(event, seat)) continue;
      event.clearHolder(seat);
      this.move(event, seat, message);
    }
    if (hold === undefined) return;
    hold.record = record;
    if (record.status === 'reserved') return;
    this.#stopTimer(hold);
    this.holds.delete(record.id);
  }

  #stopTimer(hold: Hold): void {
    if (hold.slot !== undefined) this.holdClock.cancel(hold.slot);
    hold.slot = undefined;
  }
}
