/**
 * Commands about a whole event. Its record is created, changed and deleted by its owner alone; every other shard reads it
 * again when it is told to (`event.refresh`), before the change is answered.
 */
import type {
  ClearEvent,
  CreateEvent,
  DeleteEvent,
  RefreshEvent,
  UnblockSeats,
  UpdateEvent,
} from '../domain/commands.js';
import { reservationMoved } from '../domain/decide-reservation.js';
import type { EventRecord } from '../domain/event.js';
import type { EventFact } from '../domain/facts.js';
import type { EventId, SeatNumber } from '../domain/ids.js';
import { shardOf } from '../domain/ownership.js';
import { accepted, rejected } from '../domain/rejection.js';
import type { ReservationRecord } from '../domain/reservation.js';
import { homeKeyOf } from '../domain/reservation-id.js';
import { SEAT_STATE } from '../domain/seat-table.js';
import { withdrawClaim } from './claiming.js';
import type { Parked } from './parking.js';
import {
  type Awake,
  accept,
  endIfOverdue,
  reply,
  type ShardCore,
  Transaction,
} from './shard-core.js';
import { findEvent, refuse, waitForEvent } from './taking.js';

export function createEvent(
  core: ShardCore,
  parked: Parked,
  { event }: CreateEvent,
  awake: Awake,
): void {
  const isKnown = core.state.events.has(event.id);
  if (!isKnown && awake?.type !== 'event') return waitForEvent(core, parked, event.id);
  if (isKnown || (awake?.type === 'event' && awake.event !== undefined)) {
    const detail = `there is, or was, an event ${event.id}; ids are not used again`;
    return refuse(core, parked, rejected('event_exists', detail).rejection);
  }
  core.state.installEvent(event);
  commit(core, parked, event, 'event.created');
}

export function updateEvent(
  core: ShardCore,
  parked: Parked,
  { eventId, patch }: UpdateEvent,
  awake: Awake,
): void {
  const seats = findEvent(core, parked, eventId, awake);
  if (seats === undefined) return;
  const event = changed(core, seats.event, patch);
  install(core, event);
  commit(core, parked, event, 'event.updated');
}

export function deleteEvent(
  core: ShardCore,
  parked: Parked,
  { eventId }: DeleteEvent,
  awake: Awake,
): void {
  const seats = findEvent(core, parked, eventId, awake);
  if (seats === undefined) return;
  const event = changed(core, seats.event, { status: 'deleted' });
  install(core, event);
  commit(core, parked, event, 'event.deleted');
}

function changed(core: ShardCore, event: EventRecord, change: Partial<EventRecord>): EventRecord {
  return { ...event, ...change, updatedAt: core.now(), version: event.version + 1 };
}

/** What is over is written down when the sale ends, and nothing of a deleted event outlives it: claims, or holds. */
function install(core: ShardCore, event: EventRecord): void {
  if (event.status !== 'on_sale') {
    for (const hold of core.state.holds.values()) {
      if (hold.record.eventId !== event.id) continue;
      if (event.status === 'deleted') endForGood(core, hold.record);
      else endIfOverdue(core, hold);
    }
  }
  if (event.status === 'deleted') {
    for (const claim of core.state.claims.values()) {
      if (claim.eventId === event.id) withdrawClaim(core, claim.reservationId);
    }
  }
  core.state.installEvent(event);
}

export function refreshEvent(core: ShardCore, parked: Parked, { eventId }: RefreshEvent): void {
  core.read({ type: 'event', eventId }, (loaded) => {
    if (loaded.type === 'event' && loaded.event !== undefined) install(core, loaded.event);
    reply(core, parked, accepted(null));
  });
}

export function unblockSeats(
  core: ShardCore,
  parked: Parked,
  command: UnblockSeats,
  awake: Awake,
): void {
  const event = findEvent(core, parked, command.eventId, awake);
  if (event === undefined) return;
  const seats = command.seats.filter((seat) => event.stateOf(seat) === SEAT_STATE.blocked);
  const transaction = new Transaction(core);
  if (seats.length > 0) unblock(core, transaction, command.eventId, seats);
  accept(core, parked, transaction, seats);
}

/** The event is closed and about to be deleted: what is live of it ends. */
export function clearEvent(core: ShardCore, parked: Parked, { eventId }: ClearEvent): void {
  core.read({ type: 'liveReservations', eventId }, (loaded) => {
    const live = loaded.type === 'liveReservations' ? loaded.live : [];
    for (const record of live) endForGood(core, record);
    unblockAll(core, eventId);
    reply(core, parked, accepted(null));
  });
}

function endForGood(core: ShardCore, record: ReservationRecord): void {
  if (shardOf(homeKeyOf(record.id), core.state.shardCount) !== core.state.index) return;
  const hold = core.state.holds.get(record.id);
  if (hold !== undefined && endIfOverdue(core, hold).status !== 'reserved') return;
  const transaction = new Transaction(core);
  if (hold !== undefined)
    transaction.move(reservationMoved(hold.record, 'reservation.cancelled', core.now()));
  else if (record.status === 'confirmed') {
    transaction.move(reservationMoved(record, 'reservation.refunded', core.now()), record);
  }
  transaction.stage();
}

function unblockAll(core: ShardCore, eventId: EventId): void {
  const event = core.state.events.get(eventId);
  if (event === undefined) return;
  const blocked: SeatNumber[] = [];
  event.states.forEach((state, seat) => {
    if (state === SEAT_STATE.blocked) blocked.push(seat);
  });
  if (blocked.length === 0) return;
  const transaction = new Transaction(core);
  unblock(core, transaction, eventId, blocked);
  transaction.stage();
}

function unblock(
  core: ShardCore,
  transaction: Transaction,
  eventId: EventId,
  seats: readonly SeatNumber[],
): void {
  const fact = { type: 'seats.unblocked', eventId, at: core.now(), seats } as const;
  core.state.applyToSeats(fact);
  transaction.add(fact);
}

function commit(
  core: ShardCore,
  parked: Parked,
  event: EventRecord,
  type: EventFact['type'],
): void {
  const transaction = new Transaction(core);
  transaction.add({ type, eventId: event.id, at: core.now(), event });
  accept(core, parked, transaction, event);
}
