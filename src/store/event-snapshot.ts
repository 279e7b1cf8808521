/** One event as it stands on disk, for rebuilding a shard or a replica (I6). */
import type { EventRecord } from '../domain/event.js';
import type { EventId, ReservationId, SeatNumber } from '../domain/ids.js';
import type { ReservationRecord } from '../domain/reservation.js';
import type { SnapshotPart } from '../shard/ports.js';
import type { ReservationTable } from './reservation-table.js';
import type { SeatRows } from './seat-rows.js';

/** Whoever rebuilds itself works on one part while the next is read. */
const HOLDS_PER_PART = 4_096;

/**
 * Read in one sweep over the event's seats; then one look-up for every reservation that is not
 * confirmed, when its part is wanted.
 */
export function* readSnapshot(
  event: EventRecord,
  seats: SeatRows,
  reservations: ReservationTable,
): Iterable<SnapshotPart> {
  const booked: SeatNumber[] = [];
  const blocked: SeatNumber[] = [];
  const holders = new Set<ReservationId>();
  for (const [seat, { state, holder }] of seats.of(event.id)) {
    if (state === 'booked') booked.push(seat);
    else if (state === 'blocked') blocked.push(seat);
    else holders.add(holder);
  }
  yield {
    type: 'event',
    event,
    booked: Uint32Array.from(booked),
    blocked: Uint32Array.from(blocked),
  };
  let holds: ReservationRecord[] = [];
  for (const holder of holders) {
    holds.push(reservations.present(holder, `a seat of ${event.id}`));
    if (holds.length < HOLDS_PER_PART) continue;
    yield { type: 'holds', eventId: event.id, holds };
    holds = [];
  }
  if (holds.length > 0) yield { type: 'holds', eventId: event.id, holds };
}

/** The event's seats that are booked, ascending. */
export function readBooked(eventId: EventId, seats: SeatRows): Uint32Array {
  const booked: SeatNumber[] = [];
  for (const [seat, { state }] of seats.of(eventId)) {
    if (state === 'booked') booked.push(seat);
  }
  return Uint32Array.from(booked);
}
