/**
 * A desk without shards, threads or disk, for gateways under test: one list of facts, and the real
 * replica and plan made from it. It knows the rules that gateways render; the rules themselves are
 * proven elsewhere.
 */

import { EventReplica } from '../../../src/desk/event-replica.js';
import type { KeptAnswer, StoreQueries } from '../../../src/desk/ports.js';
import type * as requests from '../../../src/desk/requests.js';
import type { CommandOutcome, IdempotencyMark } from '../../../src/domain/commands.js';
import type { EventRecord } from '../../../src/domain/event.js';
import { type Fact, isReservationFact, type NumberedFact } from '../../../src/domain/facts.js';
import { type EventId, eventId, type ReservationId } from '../../../src/domain/ids.js';
import { accepted, type Conflict, type Outcome, rejected } from '../../../src/domain/rejection.js';
import {
  evolveReservation,
  isHeld,
  isOverdue,
  type ReservationRecord,
  recordAt,
} from '../../../src/domain/reservation.js';
import { formatReservationId } from '../../../src/domain/reservation-id.js';
import { SEAT_STATUSES } from '../../../src/domain/seat-status.js';
import type { GatewayDesk } from '../../../src/gateway/desk-port.js';
import type { ServerFault } from '../../../src/lib/server-fault.js';
import { MemoryQueries } from './memory-queries.js';

type ReservationFactType = Extract<Fact, { reservationId: ReservationId }>['type'];

export class MemoryDesk implements GatewayDesk {
  /** The clock: tests move it. */
  time = Date.parse('2026-11-21T09:00:00.000Z');
  isOpen = true;
  /** Thrown by every command and query, where set. */
  fault: ServerFault | undefined;
  /** Commands wait for it, where set. */
  gate: Promise<void> | undefined;
  /** Every command that reached the desk and was no replay. */
  commandCount = 0;
  /** What was asked of it last. */
  bestRequest: requests.ReserveBest | undefined;
  readonly facts: NumberedFact[] = [];
  readonly records = new Map<ReservationId, ReservationRecord>();
  readonly #events = new Map<EventId, EventReplica>();
  readonly #queries = new MemoryQueries(this);
  #idCount = 0;

  now(): number {
    return this.time;
  }

  get sequence(): number {
    return this.facts.length;
  }

  events(): readonly EventReplica[] {
    return [...this.#events.values()]
      .filter(({ record }) => record.status !== 'deleted')
      .sort(
        (a, b) => a.record.createdAt - b.record.createdAt || (a.record.id < b.record.id ? -1 : 1),
      );
  }

  event(id: string): EventReplica | undefined {
    const event = this.anyEvent(eventId(id));
    return event?.record.status === 'deleted' ? undefined : event;
  }

  anyEvent(id: EventId): EventReplica | undefined {
    return this.#events.get(id);
  }

  async reserve(request: requests.ReserveSeats): Promise<Outcome<requests.Reserved>> {
    const outcome = await this.#kept<ReservationRecord | requests.Reserved>(request, () =>
      this.#reserve(request),
    );
    if (!outcome.ok) return outcome;
    const { value } = outcome;
    return accepted('record' in value ? value : { record: value, created: true });
  }

  reserveBest(request: requests.ReserveBest): Promise<Outcome<requests.Reserved>> {
    this.bestRequest = request;
    const seats: number[] = [];
    const event = this.#event(request.eventId);
    for (let seat = 1; seat <= event.plan.totalSeats; seat += 1) {
      const { category, section } = event.plan.placeOf(seat);
      if (request.category !== undefined && request.category !== category) continue;
      if (request.section !== undefined && request.section !== section) continue;
      if (event.statusAt(seat, this.time) === 0) seats.push(seat);
    }
    if (seats.length < request.quantity) {
      return Promise.resolve(rejected('sold_out', 'not enough seats are left'));
    }
    const chosen = seats.slice(0, request.quantity);
    return this.reserve({ ...request, seats: chosen, reuseOwn: false });
  }

  confirm(request: requests.OfReservation): Promise<Outcome<ReservationRecord>> {
    return this.#move(request, request.userId, (record) => {
      if (record.status === 'confirmed') return accepted(record);
      if (record.status !== 'reserved') return rejected(`reservation_${record.status}`, 'too late');
      return accepted(this.#moved(record, 'reservation.confirmed'));
    });
  }

  cancel(request: requests.OfReservation): Promise<Outcome<ReservationRecord>> {
    return this.#move(request, request.userId, (record) => {
      if (record.status === 'cancelled') return accepted(record);
      if (record.status !== 'reserved') return rejected(`reservation_${record.status}`, 'too late');
      return accepted(this.#moved(record, 'reservation.cancelled'));
    });
  }

  extend(request: requests.OfReservation): Promise<Outcome<ReservationRecord>> {
    return this.#move(request, request.userId, (record) => {
      if (record.status !== 'reserved') return rejected(`reservation_${record.status}`, 'too late');
      if (record.extensions === 2) return rejected('extension_refused', 'twice is enough');
      const { id, eventId, userId, seats } = record;
      const expiresAt = this.time + record.holdMs;
      this.#happens({
        type: 'reservation.extended',
        at: this.time,
        reservationId: id,
        eventId,
        userId,
        seats,
        expiresAt,
      });
      return accepted(this.#record(id));
    });
  }

  release(request: requests.ReleaseSeats): Promise<Outcome<ReservationRecord>> {
    return this.#move(request, request.userId, (record) => {
      if (record.status !== 'reserved') return rejected(`reservation_${record.status}`, 'too late');
      if (!request.seats.every((seat) => record.seats.includes(seat))) {
        return rejected('seat_not_found', 'not a seat of the reservation');
      }
      const isAll = request.seats.length === record.seats.length;
      const type = isAll ? 'reservation.cancelled' : 'reservation.released';
      return accepted(this.#moved({ ...record, seats: request.seats }, type));
    });
  }

  refund(
    request: { reservationId: ReservationId } & requests.Marked,
  ): Promise<Outcome<ReservationRecord>> {
    return this.#move(request, undefined, (record) => {
      if (record.status === 'refunded') return accepted(record);
      if (record.status !== 'confirmed') return rejected('reservation_not_confirmed', 'not booked');
      return accepted(this.#moved(record, 'reservation.refunded'));
    });
  }

  async block(request: requests.BlockSeats): Promise<Outcome<readonly number[]>> {
    await this.#enter();
    const { eventId, seats, reason } = request;
    const conflicts = this.#conflicts(eventId, seats).filter(({ status }) => status !== 'blocked');
    if (conflicts.length > 0) return rejected('seat_unavailable', 'taken', conflicts);
    const blockId = this.#newId('blk');
    const why = reason === undefined ? {} : { reason };
    this.#happens({ type: 'seats.blocked', at: this.time, eventId, blockId, seats, ...why });
    return accepted(seats);
  }

  async unblock({ eventId, seats }: requests.BlockSeats): Promise<Outcome<readonly number[]>> {
    await this.#enter();
    const event = this.#event(eventId);
    const blocked = seats.filter((seat) => event.statusAt(seat, this.time) === 3);
    this.#happens({ type: 'seats.unblocked', at: this.time, eventId, seats: blocked });
    return accepted(blocked);
  }

  createEvent(request: requests.CreateEvent): Promise<Outcome<EventRecord>> {
    return this.#kept(request, () => {
      const { idempotency: _, ...settings } = request;
      const id = request.id ?? eventId(`evt_${this.#nextNumber()}`);
      if (this.#events.has(id)) return rejected('event_exists', `there is an event ${id}`);
      const times = { createdAt: this.time, updatedAt: this.time, version: 1 };
      const record: EventRecord = { ...settings, id, status: 'on_sale', ...times };
      const none = new Uint32Array(0);
      const snapshot = { event: record, booked: none, blocked: none };
      const event = new EventReplica(snapshot, this.time);
      event.standsAt(this.sequence, 1);
      this.#events.set(id, event);
      this.#happens({ type: 'event.created', at: this.time, eventId: id, event: record });
      return accepted(record);
    });
  }

  patchEvent({ eventId, patch }: requests.PatchEvent): Promise<Outcome<EventRecord>> {
    return this.#kept({}, () => {
      const { record } = this.#event(eventId);
      const event = { ...record, ...patch, updatedAt: this.time, version: record.version + 1 };
      this.#happens({ type: 'event.updated', at: this.time, eventId, event });
      return accepted(event);
    });
  }

  deleteEvent({ eventId, force }: requests.DeleteEvent): Promise<Outcome<EventRecord>> {
    return this.#kept({}, () => {
      const event = this.#event(eventId);
      const { reserved, booked } = event.counts(this.time);
      if (reserved + booked > 0 && !force) return rejected('event_in_use', 'there are bookings');
      const record: EventRecord = { ...event.record, status: 'deleted' };
      this.#happens({ type: 'event.deleted', at: this.time, eventId, event: record });
      return accepted(record);
    });
  }

  async reservation(id: ReservationId): Promise<ReservationRecord | undefined> {
    await this.#enter();
    if (!id.startsWith('rsv_')) throw new Error('that is no reservation');
    const record = this.records.get(id);
    return record === undefined ? undefined : recordAt(record, this.time);
  }

  async seatHolder(id: EventId, seat: number): Promise<ReservationRecord | undefined> {
    await this.#enter();
    return [...this.records.values()].find(
      (record) =>
        record.eventId === id &&
        record.seats.includes(seat) &&
        (record.status === 'confirmed' || isHeld(record, this.time)),
    );
  }

  async query<Name extends keyof StoreQueries>(
    name: Name,
    ask: StoreQueries[Name]['ask'],
  ): Promise<StoreQueries[Name]['answer']> {
    this.#fail();
    return this.#queries.answer(name, ask);
  }

  async remember(mark: IdempotencyMark, answer: KeptAnswer): Promise<void> {
    this.#fail();
    this.#queries.keep(mark, { answer });
  }

  abandon(key: string): void {
    this.#queries.abandon(key);
  }

  #reserve(request: requests.ReserveSeats): Outcome<ReservationRecord | requests.Reserved> {
    const { eventId, userId, seats } = request;
    const { record: event } = this.#event(eventId);
    if (event.status === 'closed') return rejected('event_closed', 'the event is closed');
    const own = [...this.records.values()].find(
      (record) =>
        record.userId === userId &&
        isHeld(record, this.time) &&
        String([...record.seats].sort()) === String([...seats].sort()),
    );
    if (own !== undefined && request.reuseOwn) return accepted({ record: own, created: false });
    const conflicts = this.#conflicts(eventId, seats);
    if (conflicts.length > 0) return rejected('seat_unavailable', 'taken', conflicts);
    const holdMs = request.holdMs ?? event.holdMs;
    const reservationId = this.#newId('rsv');
    const fact = { eventId, at: this.time, reservationId, userId, seats };
    const expiresAt = this.time + holdMs;
    this.#happens({ ...fact, type: 'reservation.reserved', holdMs, expiresAt });
    if (request.purpose === 'book') this.#happens({ ...fact, type: 'reservation.confirmed' });
    return accepted(this.#record(reservationId));
  }

  #conflicts(id: EventId, seats: readonly number[]): Conflict[] {
    const event = this.#event(id);
    return seats.flatMap((seat) => {
      const status = SEAT_STATUSES[event.statusAt(seat, this.time)] ?? 'available';
      if (status === 'available') return [];
      const expiresAt = event.expiresAt(seat, this.time);
      return [expiresAt === undefined ? { seat, status } : { seat, status, expiresAt }];
    });
  }

  #move(
    request: { reservationId: ReservationId } & requests.Marked,
    user: string | undefined,
    decide: (record: ReservationRecord) => Outcome<ReservationRecord>,
  ): Promise<Outcome<ReservationRecord>> {
    return this.#kept(request, () => {
      if (!request.reservationId.startsWith('rsv_')) throw new Error('that is no reservation');
      const record = this.records.get(request.reservationId);
      if (record === undefined) return rejected('reservation_not_found', 'there is none');
      if (user !== undefined && user !== record.userId) return rejected('not_holder', 'not yours');
      if (isOverdue(record, this.time)) return rejected('reservation_expired', 'too late');
      return decide(record);
    });
  }

  #moved(record: ReservationRecord, type: ReservationFactType): ReservationRecord {
    const { id: reservationId, eventId, userId, seats } = record;
    // Of the types that carry no more than this.
    this.#happens({ type, at: this.time, reservationId, eventId, userId, seats } as Fact);
    return this.#record(reservationId);
  }

  /**
   * Runs a command once for its key; an accepted outcome that is not of something old is kept with
   * it.
   */
  async #kept<T extends object>(
    { idempotency }: requests.Marked,
    decide: () => Outcome<T>,
  ): Promise<Outcome<T>> {
    if (idempotency?.replay !== undefined) return idempotency.replay as CommandOutcome & Outcome<T>;
    await this.#enter();
    this.commandCount += 1;
    const outcome = decide();
    const isOld = outcome.ok && 'created' in outcome.value;
    if (idempotency !== undefined && outcome.ok && !isOld) {
      this.#queries.keep(idempotency, { outcome: outcome as unknown as CommandOutcome });
    }
    return outcome;
  }

  #happens(fact: Fact): void {
    const numbered = { sequence: this.facts.length + 1, fact };
    this.facts.push(numbered);
    this.#event(fact.eventId).apply(numbered);
    if (!isReservationFact(fact)) return;
    const before = this.records.get(fact.reservationId);
    this.records.set(fact.reservationId, evolveReservation(before, fact));
  }

  #newId(prefix: 'rsv' | 'blk'): ReservationId {
    const random = String(this.#nextNumber()).padStart(16, '0');
    return formatReservationId({ prefix, createdAt: this.time, homeKey: 1, random });
  }

  #nextNumber(): number {
    this.#idCount += 1;
    return this.#idCount;
  }

  #event(id: EventId): EventReplica {
    const event = this.#events.get(id);
    if (event === undefined) throw new Error(`no event ${id}`);
    return event;
  }

  #record(id: ReservationId): ReservationRecord {
    const record = this.records.get(id);
    if (record === undefined) throw new Error(`no reservation ${id}`);
    return record;
  }

  async #enter(): Promise<void> {
    await this.gate;
    this.#fail();
  }

  #fail(): void {
    if (this.fault !== undefined) throw this.fault;
  }
}
