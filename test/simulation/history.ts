/**
 * What has happened, folded anew from the store's log as it is committed, by other code than the server's. It is what every
 * part of the server is held to, and what the clients' memories are compared with.
 *
 * Checked at every fact: it has the next sequence; no seat is taken twice (I2); the seats of a reservation move together, by
 * the one who has them (I4); nothing is confirmed too late or expired too early, by a clock that has really shown that time
 * (I5); nobody has more seats than the event allows.
 */
import type { Fact, NumberedFact, ReservationFact } from '../../src/domain/facts.js';
import type { EventId, ReservationId, SeatNumber } from '../../src/domain/ids.js';
import type { ReservationStatus } from '../../src/domain/reservation.js';
import type { Store } from '../../src/store/store.js';

export interface KnownReservation {
  readonly id: ReservationId;
  readonly eventId: EventId;
  readonly userId: string;
  status: ReservationStatus;
  seats: readonly SeatNumber[];
  expiresAt: number;
  /** Of the fact that gave it this status, and of its last fact. */
  statusSince: number;
  sequence: number;
}

/** One seat as the log has it; `status` as in the API (code 0 … 3), whether or not its hold is over. */
export interface KnownSeat {
  readonly code: 0 | 1 | 2 | 3;
  readonly expiresAt: number;
  readonly holder: string;
}

const FREE: KnownSeat = { code: 0, expiresAt: 0, holder: '' };

export interface HistoryOptions {
  /** The furthest that the wall clock has ever shown. */
  readonly latest: () => number;
  /** Told of every fact. */
  readonly saw: (fact: NumberedFact) => void;
}

export class History {
  readonly #options: HistoryOptions;
  #facts: NumberedFact[] = [];
  /** Each with the seats that a user may have of it. */
  readonly #seatsMax = new Map<EventId, number | null>();
  readonly #events = new Set<EventId>();
  #seats = new Map<string, KnownSeat>();
  readonly reservations = new Map<ReservationId, KnownReservation>();
  /** By user: what was ever reserved. */
  readonly #ofUser = new Map<string, Set<ReservationId>>();
  /** What an event's seats looked like at each of its facts: see `printAt`. */
  #prints = new Map<EventId, { sequence: number; print: number }[]>();

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  get sequence(): number {
    return this.#facts.length;
  }

  get events(): ReadonlySet<EventId> {
    return this.#events;
  }

  seat(eventId: EventId, seat: SeatNumber): KnownSeat {
    return this.#seats.get(`${eventId}/${seat}`) ?? FREE;
  }

  reservationsOf(user: string): KnownReservation[] {
    return [...(this.#ofUser.get(user) ?? [])].flatMap((id) => this.reservations.get(id) ?? []);
  }

  live(): KnownReservation[] {
    return [...this.reservations.values()].filter(({ status }) => status === 'reserved');
  }

  /** A digest of every seat of the event as it was at `sequence`; seats are told apart as `printOfSeat` does. */
  printAt(eventId: EventId, sequence: number): number {
    const prints = this.#prints.get(eventId) ?? [];
    let index = prints.length - 1;
    while (index >= 0 && (prints[index]?.sequence ?? 0) > sequence) index -= 1;
    return prints[index]?.print ?? 0;
  }

  /** Takes in what was committed since. */
  pull(store: Store): void {
    const wanted = store.sequence - this.sequence;
    if (wanted <= 0) return;
    let facts = this.#read(store, this.sequence);
    if (facts.length < wanted) {
      for (const part of store.snapshot()) {
        if (part.type === 'event') this.#events.add(part.event.id);
      }
      facts = this.#read(store, this.sequence);
    }
    for (const fact of facts) this.#see(fact);
    if (this.sequence !== store.sequence)
      throw new Error(`I3: the log ends at ${this.sequence}, the store at ${store.sequence}`);
  }

  /** After a restart: everything up to `flushed` is still there, and still the same. @returns how many facts are gone */
  compare(store: Store, flushed: number): number {
    if (store.sequence < flushed)
      throw new Error(`I3: flushed up to ${flushed}, and up to ${store.sequence} after a restart`);
    const lost = Math.max(0, this.sequence - store.sequence);
    const kept = this.#facts.slice(0, store.sequence);
    if (lost > 0) this.#forget();
    const found = this.#read(store, 0);
    for (const [index, { fact, sequence }] of kept.entries()) {
      if (JSON.stringify(found[index]?.fact) !== JSON.stringify(fact))
        throw new Error(`I3: fact ${sequence} is another after a restart`);
      if (lost > 0) this.#see({ fact, sequence });
    }
    return lost;
  }

  #read(store: Store, after: number): NumberedFact[] {
    const pages = [...this.#events].map((eventId) =>
      store.query('eventLog', { eventId, after, limit: Number.MAX_SAFE_INTEGER }),
    );
    return pages.flat().sort((a, b) => a.sequence - b.sequence);
  }

  #forget(): void {
    this.#facts = [];
    this.#seats = new Map();
    this.reservations.clear();
    this.#ofUser.clear();
    this.#prints = new Map();
  }

  #see(numbered: NumberedFact): void {
    const { sequence, fact } = numbered;
    if (sequence !== this.sequence + 1)
      throw new Error(`I3: fact ${sequence} comes after ${this.sequence}`);
    this.#facts.push(numbered);
    this.#events.add(fact.eventId);
    if (fact.at > this.#options.latest())
      throw new Error(`I5: ${fact.type} at ${fact.at}, which no clock has shown`);
    this.#apply(fact, sequence);
    this.#options.saw(numbered);
  }

  #apply(fact: Fact, sequence: number): void {
    switch (fact.type) {
      case 'event.created':
      case 'event.updated':
      case 'event.deleted':
        this.#seatsMax.set(fact.eventId, fact.event.maxSeatsPerUser);
        return;
      case 'seats.blocked':
        return this.#move(fact.eventId, fact.seats, sequence, '', {
          ...FREE,
          code: 3,
          holder: fact.blockId,
        });
      case 'seats.unblocked':
        return this.#move(fact.eventId, fact.seats, sequence, 'block', FREE);
      case 'reservation.reserved':
        return this.#reserve(fact, sequence);
      default:
        return this.#go(fact, sequence);
    }
  }

  #reserve(
    fact: Extract<ReservationFact, { type: 'reservation.reserved' }>,
    sequence: number,
  ): void {
    const { reservationId: id, eventId, userId, seats, expiresAt, at } = fact;
    if (this.reservations.has(id)) throw new Error(`I2: ${id} is reserved twice`);
    this.#move(eventId, seats, sequence, '', { code: 1, expiresAt, holder: id });
    this.reservations.set(id, {
      id,
      eventId,
      userId,
      status: 'reserved',
      seats,
      expiresAt,
      statusSince: sequence,
      sequence,
    });
    const ofUser = this.#ofUser.get(userId) ?? new Set();
    this.#ofUser.set(userId, ofUser.add(id));
    this.#checkAllowance(userId, eventId, at);
  }

  #go(fact: Exclude<ReservationFact, { type: 'reservation.reserved' }>, sequence: number): void {
    const { reservationId: id, eventId, seats, at } = fact;
    const known = this.reservations.get(id);
    if (known === undefined) throw new Error(`I4: ${fact.type} of ${id}, which nobody reserved`);
    known.sequence = sequence;
    const isWhole = seats.length === known.seats.length;
    switch (fact.type) {
      case 'reservation.extended':
        if (at >= known.expiresAt) throw new Error(`I5: ${id} is extended too late`);
        if (fact.expiresAt < known.expiresAt) throw new Error(`I5: ${id} is extended to less`);
        known.expiresAt = fact.expiresAt;
        return this.#move(eventId, seats, sequence, id, {
          code: 1,
          expiresAt: fact.expiresAt,
          holder: id,
        });
      case 'reservation.confirmed':
        if (at >= known.expiresAt) throw new Error(`I5: ${id} is confirmed too late`);
        this.#become(known, 'confirmed', 'reserved', isWhole);
        return this.#move(eventId, seats, sequence, id, { code: 2, expiresAt: 0, holder: id });
      case 'reservation.expired':
        if (at < known.expiresAt) throw new Error(`I5: ${id} expired early`);
        this.#become(known, 'expired', 'reserved', isWhole);
        break;
      case 'reservation.cancelled':
        this.#become(known, 'cancelled', 'reserved', isWhole);
        break;
      case 'reservation.refunded':
        this.#become(known, 'refunded', 'confirmed', isWhole);
        break;
      case 'reservation.released':
        known.seats = known.seats.filter((seat) => !seats.includes(seat));
        if (known.seats.length === 0) throw new Error(`I4: ${id} is left without a seat`);
        break;
    }
    this.#move(eventId, seats, sequence, id, FREE);
  }

  #become(known: KnownReservation, to: ReservationStatus, from: string, isWhole: boolean): void {
    if (known.status !== from) throw new Error(`I4: ${known.id} is ${known.status}, and now ${to}`);
    if (!isWhole) throw new Error(`I4: a part of ${known.id} is ${to}`);
    known.status = to;
    known.statusSince = known.sequence;
  }

  /** @param from who has the seats; empty: nobody; `block`: the house */
  #move(
    eventId: EventId,
    seats: readonly SeatNumber[],
    sequence: number,
    from: string,
    to: KnownSeat,
  ) {
    const prints = this.#prints.get(eventId) ?? [];
    this.#prints.set(eventId, prints);
    let print = prints.at(-1)?.print ?? 0;
    for (const seat of seats) {
      const place = `${eventId}/${seat}`;
      const before = this.#seats.get(place) ?? FREE;
      const isRight = from === 'block' ? before.code === 3 : before.holder === from;
      if (!isRight)
        throw new Error(
          `I2: ${place} is ${before.holder || 'free'}, taken for ${from || 'free'}'s`,
        );
      print ^=
        printOfSeat(seat, before.code, before.expiresAt) ^ printOfSeat(seat, to.code, to.expiresAt);
      this.#seats.set(place, to);
    }
    prints.push({ sequence, print });
  }

  /** A hold past its time counts no longer, written down or not (I5). */
  #checkAllowance(user: string, eventId: EventId, now: number): void {
    const max = this.#seatsMax.get(eventId) ?? null;
    if (max === null) return;
    let count = 0;
    for (const { eventId: its, status, seats, expiresAt } of this.reservationsOf(user)) {
      const isLive = status === 'confirmed' || (status === 'reserved' && now < expiresAt);
      if (isLive && its === eventId) count += seats.length;
    }
    if (count > max) throw new Error(`${user} has ${count} seats of ${eventId}, ${max} at most`);
  }
}

/** 0 for a free seat, so that a house of free seats has the print 0; else a mix of all three (Murmur3's finaliser). */
export function printOfSeat(seat: SeatNumber, code: number, expiresAt: number): number {
  if (code === 0) return 0;
  let mix = Math.imul(seat * 4 + code, 0x9e3779b1) ^ (code === 1 ? expiresAt | 0 : 0);
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
