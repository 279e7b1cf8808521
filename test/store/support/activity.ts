/** Any course of events that the rules allow, a command at a time, and what it must come to. */
import fc from 'fast-check';
import type { Fact, ReservationReserved } from '../../../src/domain/facts.js';
import type { SeatNumber } from '../../../src/domain/ids.js';
import { type EventId, eventId } from '../../../src/domain/ids.js';
import { eventRecord, HALL, type Ledger } from './ledger.js';

const SEATS = 12;
export const FOYER = eventId('foyer');

/** What to try, where, and with which seats or which of the live reservations. */
export interface Attempt {
  readonly what: (typeof WHATS)[number];
  readonly event: EventId;
  readonly seats: readonly SeatNumber[];
  readonly pick: number;
  /** This one and the next are one commit. */
  readonly joined: boolean;
}

const WHATS = [
  'reserve',
  'reserve',
  'book',
  'takeOver',
  'confirm',
  'cancel',
  'expire',
  'refund',
  'release',
  'extend',
  'block',
  'unblock',
] as const;

export const attempts: fc.Arbitrary<Attempt[]> = fc.array(
  fc.record({
    what: fc.constantFrom(...WHATS),
    event: fc.constantFrom(HALL, FOYER),
    seats: fc.uniqueArray(fc.integer({ min: 1, max: SEATS }), { minLength: 1, maxLength: 3 }),
    pick: fc.nat(),
    joined: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

/** The state that the facts must have led to, kept in the plainest way. */
export class Model {
  readonly seats = new Map<string, { state: 'reserved' | 'booked' | 'blocked'; holder: string }>();
  readonly #ledger: Ledger;
  readonly #live: ReservationReserved[] = [];

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The first two facts of every course. */
  opening(): Fact[] {
    return [HALL, FOYER].map((id) => this.#ledger.created(eventRecord(id, SEATS)));
  }

  /** The facts of an attempt, recorded here as done; empty where the rules refuse it. */
  try({ what, event, seats, pick }: Attempt): Fact[] {
    const free = seats.filter((seat) => !this.seats.has(`${event} ${seat}`));
    const chosen = this.#live[pick % Math.max(1, this.#live.length)];
    switch (what) {
      case 'reserve':
        return free.length === 0 ? [] : this.#reserve(event, free);
      case 'book': {
        if (free.length === 0) return [];
        const facts = this.#reserve(event, free);
        return [...facts, ...this.#end('confirmed', this.#live.at(-1))];
      }
      case 'takeOver': {
        if (chosen === undefined || this.#statusOf(chosen) !== 'reserved') return [];
        const taken = this.#seatsOf(chosen);
        return [...this.#end('expired', chosen), ...this.#reserve(chosen.eventId, taken)];
      }
      case 'confirm':
        return this.#end('confirmed', chosen);
      case 'cancel':
        return this.#end('cancelled', chosen);
      case 'expire':
        return this.#end('expired', chosen);
      case 'refund':
        return this.#end('refunded', chosen);
      case 'release':
        return this.#release(chosen);
      case 'extend':
        return this.#extend(chosen);
      case 'block':
        return free.length === 0 ? [] : this.#block(event, free);
      case 'unblock':
        return this.#unblock(event, seats);
    }
  }

  #reserve(event: EventId, seats: readonly SeatNumber[]): Fact[] {
    const fact = this.#ledger.reserved(seats, { event, user: `user-${seats.length}` });
    this.#live.push(fact);
    this.#set(fact, 'reserved', seats);
    this.#ledger.evolve(fact);
    return [fact];
  }

  #end(
    name: 'confirmed' | 'cancelled' | 'expired' | 'refunded',
    first: ReservationReserved | undefined,
  ): Fact[] {
    const needed = name === 'refunded' ? 'confirmed' : 'reserved';
    if (first === undefined || this.#statusOf(first) !== needed) return [];
    const fact = this.#ledger.next(name, first);
    if (name === 'confirmed') this.#set(first, 'booked', this.#seatsOf(first));
    else this.#free(first, this.#seatsOf(first));
    this.#ledger.evolve(fact);
    if (name !== 'confirmed') this.#live.splice(this.#live.indexOf(first), 1);
    return [fact];
  }

  #release(first: ReservationReserved | undefined): Fact[] {
    if (first === undefined || this.#statusOf(first) !== 'reserved') return [];
    const gone = this.#seatsOf(first).slice(1);
    if (gone.length === 0) return [];
    const fact = this.#ledger.released(first, gone);
    this.#free(first, gone);
    this.#ledger.evolve(fact);
    return [fact];
  }

  #extend(first: ReservationReserved | undefined): Fact[] {
    if (first === undefined || this.#statusOf(first) !== 'reserved') return [];
    const fact = this.#ledger.extended(first, first.expiresAt + 1000);
    this.#ledger.evolve(fact);
    return [fact];
  }

  #block(event: EventId, seats: readonly SeatNumber[]): Fact[] {
    const fact = this.#ledger.blocked(seats, event);
    const holder = 'blockId' in fact ? fact.blockId : '';
    for (const seat of seats) this.seats.set(`${event} ${seat}`, { state: 'blocked', holder });
    return [fact];
  }

  #unblock(event: EventId, seats: readonly SeatNumber[]): Fact[] {
    const blocked = seats.filter((seat) => this.seats.get(`${event} ${seat}`)?.state === 'blocked');
    for (const seat of blocked) this.seats.delete(`${event} ${seat}`);
    return blocked.length === 0 ? [] : [this.#ledger.unblocked(blocked, event)];
  }

  #set(
    { eventId: event, reservationId: holder }: ReservationReserved,
    state: 'reserved' | 'booked',
    seats: readonly SeatNumber[],
  ): void {
    for (const seat of seats) this.seats.set(`${event} ${seat}`, { state, holder });
  }

  #free({ eventId: event }: ReservationReserved, seats: readonly SeatNumber[]): void {
    for (const seat of seats) this.seats.delete(`${event} ${seat}`);
  }

  #seatsOf({ reservationId }: ReservationReserved): readonly SeatNumber[] {
    return this.#ledger.record(reservationId).seats;
  }

  #statusOf({ reservationId }: ReservationReserved): string {
    return this.#ledger.record(reservationId).status;
  }
}
