/**
 * An event's log, replayed: who had which seat when, and every promise that the facts break.
 *
 * 1. Facts come in order, and a reservation moves only as API §1 allows it.
 * 2. Two live reservations never share a seat, neither in the order of facts nor in time.
 * 3. The seats of a reservation move together.
 * 4. A hold ends at its `expiresAt`, never before, and nothing is done with it after.
 */
import type { FactBody, ReservationStatusName } from './api-bodies.js';

/** A stretch of a reservation's life in which its seats and its deadline stay the same. */
export interface HoldPhase {
  readonly seatIds: ReadonlySet<string>;
  readonly expiresAt: string;
  readonly isBooked: boolean;
}

export interface LoggedReservation {
  readonly id: string;
  readonly userId: string;
  seatIds: readonly string[];
  status: ReservationStatusName;
  expiresAt: string;
  readonly createdAt: number;
  /** Milliseconds. */
  readonly holdMs: number;
  extensions: number;
  readonly phases: HoldPhase[];
}

/** What a fact of a reservation is sure to have. */
type ReservationFact = FactBody & Required<Pick<FactBody, 'reservationId' | 'userId' | 'seatIds'>>;

const HOUSE = 'the house';

export class EventHistory {
  readonly reservations = new Map<string, LoggedReservation>();
  /** Seat → the live reservation that has it, as written; an overdue hold included. */
  readonly holders = new Map<string, string>();
  readonly breaches: string[] = [];
  readonly #freeSince = new Map<string, { at: string; by: string }>();
  #sequence = 0;
  #number = 0;

  constructor(facts: readonly FactBody[]) {
    for (const fact of facts) this.#replay(fact);
  }

  /** As the reservation reads at `now`: an overdue hold is expired (API §1). */
  statusAt(reservation: LoggedReservation, now: number): ReservationStatusName {
    const isOver = now >= Date.parse(reservation.expiresAt);
    return reservation.status === 'reserved' && isOver ? 'expired' : reservation.status;
  }

  #replay(fact: FactBody): void {
    this.#number += 1;
    if (fact.sequence <= this.#sequence) this.#breach(fact, `comes after ${this.#sequence}`);
    this.#sequence = fact.sequence;
    const isFirst = this.#number === 1;
    if ((fact.type === 'event.created') !== isFirst) this.#breach(fact, 'is not in its place');
    if (fact.type === 'seats.blocked') this.#take(fact, HOUSE);
    else if (fact.type === 'seats.unblocked') this.#free(fact, HOUSE, fact.at);
    else if (isOfReservation(fact)) this.#replayReservation(fact);
    else if (!fact.type.startsWith('event.')) this.#breach(fact, 'is not known');
  }

  #replayReservation(fact: ReservationFact): void {
    const known = this.reservations.get(fact.reservationId);
    if (fact.type === 'reservation.reserved') {
      if (known !== undefined) this.#breach(fact, 'is reserved again');
      this.#reserve(fact);
    } else if (known === undefined) this.#breach(fact, 'was never reserved');
    else this.#move(fact, known);
  }

  #reserve(fact: ReservationFact): void {
    const { reservationId: id, userId, seatIds, expiresAt = '' } = fact;
    if (seatIds.length === 0) this.#breach(fact, 'has no seats');
    this.#take(fact, id);
    const createdAt = Date.parse(fact.at);
    this.reservations.set(id, {
      id,
      userId,
      seatIds,
      status: 'reserved',
      expiresAt,
      createdAt,
      holdMs: Date.parse(expiresAt) - createdAt,
      extensions: 0,
      phases: [phase(seatIds, expiresAt, false)],
    });
  }

  #move(fact: ReservationFact, known: LoggedReservation): void {
    const before = fact.type === 'reservation.refunded' ? 'confirmed' : 'reserved';
    if (known.status !== before) this.#breach(fact, `was ${known.status}`);
    if (fact.userId !== known.userId) this.#breach(fact, `is ${known.userId}'s`);
    this.#checkSeats(fact, known);
    this.#checkTime(fact, known);
    switch (fact.type) {
      case 'reservation.confirmed':
        known.status = 'confirmed';
        known.phases.push(phase(known.seatIds, known.expiresAt, true));
        return;
      case 'reservation.extended':
        this.#extend(fact, known);
        return;
      case 'reservation.released':
        this.#release(fact, known);
        return;
      default:
        this.#end(fact, known);
    }
  }

  #end(fact: ReservationFact, known: LoggedReservation): void {
    const isExpiry = fact.type === 'reservation.expired';
    this.#free(fact, known.id, isExpiry ? known.expiresAt : fact.at);
    known.status = fact.type.slice('reservation.'.length) as ReservationStatusName; // named alike
  }

  /** Once more the hold time from now, at most twice, never past three hold times from the start (API §3). */
  #extend(fact: ReservationFact, known: LoggedReservation): void {
    const { expiresAt = '' } = fact;
    known.extensions += 1;
    const isFromNow = Date.parse(expiresAt) === Date.parse(fact.at) + known.holdMs;
    const isTooLong = Date.parse(expiresAt) > known.createdAt + 3 * known.holdMs;
    if (!isFromNow || isTooLong || known.extensions > 2) this.#breach(fact, `until ${expiresAt}`);
    known.expiresAt = expiresAt;
    known.phases.push(phase(known.seatIds, expiresAt, false));
  }

  #release(fact: ReservationFact, known: LoggedReservation): void {
    const gone = new Set(fact.seatIds);
    this.#free(fact, known.id, fact.at);
    known.seatIds = known.seatIds.filter((seat) => !gone.has(seat));
    known.phases.push(phase(known.seatIds, known.expiresAt, false));
  }

  /** (3): all of them, but for those that are given up. */
  #checkSeats(fact: ReservationFact, known: LoggedReservation): void {
    const held = new Set(known.seatIds);
    const isPart = fact.seatIds.length > 0 && fact.seatIds.every((seat) => held.has(seat));
    const isWhole = new Set(fact.seatIds).size === held.size;
    if (!isPart || isWhole === (fact.type === 'reservation.released')) {
      this.#breach(fact, `moves ${fact.seatIds.join()} of ${known.seatIds.join()}`);
    }
  }

  /** (4) */
  #checkTime(fact: ReservationFact, known: LoggedReservation): void {
    if (fact.type === 'reservation.refunded') return;
    const isOver = Date.parse(fact.at) >= Date.parse(known.expiresAt);
    if (isOver !== (fact.type === 'reservation.expired')) {
      this.#breach(fact, `its hold ends at ${known.expiresAt}`);
    }
  }

  /** (2) */
  #take(fact: FactBody, holder: string): void {
    for (const seat of fact.seatIds ?? []) {
      const other = this.holders.get(seat);
      if (other !== undefined) this.#breach(fact, `seat ${seat} is ${other}'s`);
      const free = this.#freeSince.get(seat);
      if (free !== undefined && fact.at < free.at) {
        this.#breach(fact, `seat ${seat} was ${free.by}'s until ${free.at}`);
      }
      this.holders.set(seat, holder);
    }
  }

  #free(fact: FactBody, holder: string, at: string): void {
    for (const seat of fact.seatIds ?? []) {
      const other = this.holders.get(seat);
      if (other !== holder) this.#breach(fact, `seat ${seat} is ${other ?? 'nobody'}'s`);
      this.holders.delete(seat);
      this.#freeSince.set(seat, { at, by: holder });
    }
  }

  #breach({ sequence, type, at, reservationId }: FactBody, what: string): void {
    this.breaches.push(`fact ${sequence} (${type} of ${reservationId} at ${at}): ${what}`);
  }
}

function isOfReservation(fact: FactBody): fact is ReservationFact {
  return (
    MOVES.has(fact.type) &&
    fact.reservationId !== undefined &&
    fact.userId !== undefined &&
    fact.seatIds !== undefined
  );
}

const MOVES = new Set(
  ['reserved', 'confirmed', 'cancelled', 'expired', 'refunded', 'released', 'extended'].map(
    (name) => `reservation.${name}`,
  ),
);

function phase(seatIds: readonly string[], expiresAt: string, isBooked: boolean): HoldPhase {
  return { seatIds: new Set(seatIds), expiresAt, isBooked };
}
