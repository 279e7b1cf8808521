/**
 * A hand-made shard: makes the facts that a test asks for, keeps the records they lead to, and
 * stages both.
 */
import type { EventRecord } from '../../../src/domain/event.js';
import {
  type Fact,
  isReservationFact,
  type ReservationReserved,
} from '../../../src/domain/facts.js';
import {
  type EventId,
  eventId,
  type ReservationId,
  type SeatNumber,
  userId,
} from '../../../src/domain/ids.js';
import { evolveReservation, type ReservationRecord } from '../../../src/domain/reservation.js';
import { formatReservationId } from '../../../src/domain/reservation-id.js';
import type { StagedEntry } from '../../../src/shard/ports.js';
import { MemoryRows } from '../../../src/store/memory-rows.js';
import type { Rows } from '../../../src/store/rows.js';
import { type Committed, STORE_LIMITS, Store, type StoreLimits } from '../../../src/store/store.js';
import { planOf } from '../../support/plans.js';

export const HALL = eventId('hall');
export const HOLD_MS = 300_000;
/** A whole minute. */
export const NOON = 1_800_000_000_000;

/** Rows A and B of 50 seats: dear and cheap. */
const SECTIONS = [
  { name: 'Stalls', category: 'Dear', price: 9000, rows: [{ name: 'A', seats: 50 }] },
  { name: 'Circle', category: 'Cheap', price: 2500, rows: [{ name: 'B', seats: 50 }] },
];

export function eventRecord(id: EventId = HALL, totalSeats?: number): EventRecord {
  return {
    id,
    name: 'A play',
    status: 'on_sale',
    currency: 'EUR',
    holdMs: HOLD_MS,
    maxSeatsPerUser: null,
    preventOrphans: false,
    plan: planOf(totalSeats === undefined ? { sections: SECTIONS } : { totalSeats }).spec,
    createdAt: NOON,
    updatedAt: NOON,
    version: 1,
  };
}

interface ReserveOptions {
  readonly user?: string;
  readonly at?: number;
  readonly event?: EventId;
  readonly holdMs?: number;
  /** The home's, of its id. */
  readonly homeKey?: number;
}

type ReservationFactName = 'confirmed' | 'cancelled' | 'expired' | 'refunded';

export class Ledger {
  readonly rows: Rows;
  store: Store;
  now = NOON;
  readonly records = new Map<ReservationId, ReservationRecord>();
  readonly #limits: StoreLimits;
  #stepMs = 0;
  #turn = 0;
  #made = 0;

  constructor(rows: Rows = new MemoryRows(), limits: StoreLimits = STORE_LIMITS) {
    this.rows = rows;
    this.#limits = limits;
    this.store = this.reopen();
  }

  /** The wall clock is set: no time passes. */
  stepClock(ms: number): void {
    this.now += ms;
    this.#stepMs += ms;
  }

  /** A store that knows no more than its rows, as after the sudden death of the last. */
  reopen(): Store {
    const clock = { now: () => this.now, elapsed: () => this.now - this.#stepMs };
    this.store = new Store(this.rows, clock, this.#limits);
    return this.store;
  }

  /** Each list of facts is one command's; all go in one commit, or none. */
  commit(...commands: readonly (readonly Fact[])[]): Committed {
    const before = new Map(this.records);
    this.#turn += 1;
    try {
      const entries = commands.map((facts) => this.entry(facts));
      return this.store.commit([{ turn: this.#turn, entries }]);
    } catch (error) {
      this.records.clear();
      for (const [id, record] of before) this.records.set(id, record);
      throw error;
    }
  }

  entry(facts: readonly Fact[]): StagedEntry {
    for (const fact of facts) this.evolve(fact);
    return this.staged(facts);
  }

  /** Moves the record that the fact is about, if it is about one. */
  evolve(fact: Fact): void {
    if (!isReservationFact(fact)) return;
    const record = evolveReservation(this.records.get(fact.reservationId), fact);
    this.records.set(record.id, record);
  }

  /** The facts with the records they moved, which have been evolved. */
  staged(facts: readonly Fact[]): StagedEntry {
    const moved = new Set(facts.filter(isReservationFact).map((fact) => fact.reservationId));
    return { facts, records: Array.from(moved, (id) => this.record(id)) };
  }

  record(id: ReservationId): ReservationRecord {
    const record = this.records.get(id);
    if (record === undefined) throw new Error(`no record ${id}`);
    return record;
  }

  created(event: EventRecord = eventRecord()): Fact {
    return { type: 'event.created', eventId: event.id, at: this.now, event };
  }

  changed(event: EventRecord): Fact {
    const type = event.status === 'deleted' ? 'event.deleted' : 'event.updated';
    return { type, eventId: event.id, at: this.now, event };
  }

  reserved(seats: readonly SeatNumber[], options: ReserveOptions = {}): ReservationReserved {
    const { user = 'ann', at = this.now, event = HALL, holdMs = HOLD_MS, homeKey } = options;
    return {
      type: 'reservation.reserved',
      eventId: event,
      at,
      reservationId: this.id('rsv', at, homeKey),
      userId: userId(user),
      seats,
      expiresAt: at + holdMs,
      holdMs,
    };
  }

  /** A fact about a reservation that was reserved by `first`, of all the seats it has left. */
  next(name: ReservationFactName, first: ReservationReserved, at = this.now): Fact {
    const { reservationId, eventId: event, userId: user } = first;
    const seats = this.records.get(reservationId)?.seats ?? first.seats;
    return { type: `reservation.${name}`, eventId: event, at, reservationId, userId: user, seats };
  }

  extended(first: ReservationReserved, expiresAt: number): Fact {
    const { reservationId, eventId: event, userId: user } = first;
    const seats = this.records.get(reservationId)?.seats ?? first.seats;
    return {
      type: 'reservation.extended',
      eventId: event,
      at: this.now,
      reservationId,
      userId: user,
      seats,
      expiresAt,
    };
  }

  released(first: ReservationReserved, seats: readonly SeatNumber[]): Fact {
    const { reservationId, eventId: event, userId: user } = first;
    const at = this.now;
    return { type: 'reservation.released', eventId: event, at, reservationId, userId: user, seats };
  }

  blocked(seats: readonly SeatNumber[], event: EventId = HALL): Fact {
    const blockId = this.id('blk', this.now);
    return { type: 'seats.blocked', eventId: event, at: this.now, blockId, seats };
  }

  unblocked(seats: readonly SeatNumber[], event: EventId = HALL): Fact {
    return { type: 'seats.unblocked', eventId: event, at: this.now, seats };
  }

  id(prefix: 'rsv' | 'blk', createdAt: number, homeKey = 7): ReservationId {
    this.#made += 1;
    const random = this.#made.toString(36).padStart(12, '0');
    return formatReservationId({ prefix, createdAt, homeKey, random });
  }
}
