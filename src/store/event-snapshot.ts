/** One event as it stands on disk, for rebuilding a shard or a replica (I6). */
import type { EventRecord } from '../domain/event.js';
import type { EventId, ReservationId } from '../domain/ids.js';
import type { ReservationRecord } from '../domain/reservation.js';
import { present } from '../lib/assert.js';
import type { SnapshotPart } from '../shard/ports.js';
import type { ReservationTable } from './reservation-table.js';
import type { SeatRows } from './seat-rows.js';

/** Whoever rebuilds itself works on one part while the next is read. */
const HOLDS_PER_PART = 4_096;

/** The event, then its holds, looked up one by one when their part is wanted. */
export function* readSnapshot(
  event: EventRecord,
  seats: SeatRows,
  reservations: ReservationTable,
): Iterable<SnapshotPart> {
  const booked = readBooked(event.id, seats);
  const blocked = Uint32Array.from(seats.inState(event.id, 'blocked'));
  yield { type: 'event', event, booked, blocked };
  let holds: ReservationRecord[] = [];
  for (const record of heldIn(event.id, seats, reservations)) {
    holds.push(record);
    if (holds.length < HOLDS_PER_PART) continue;
    yield { type: 'holds', eventId: event.id, holds };
    holds = [];
  }
  if (holds.length > 0) yield { type: 'holds', eventId: event.id, holds };
}

/** The event's seats that are booked, ascending. */
export function readBooked(eventId: EventId, seats: SeatRows): Uint32Array {
  return Uint32Array.from(seats.inState(eventId, 'booked'));
}

/** Each reservation that has reserved seats of the event, in the order of their first seats. */
function* heldIn(
  eventId: EventId,
  seats: SeatRows,
  reservations: ReservationTable,
): Iterable<ReservationRecord> {
  /** Those that may be met again. */
  const several = new Set<ReservationId>();
  for (const seat of seats.inState(eventId, 'reserved')) {
    const { holder } = present(seats.get(eventId, seat), 'a seat that is reserved');
    if (several.has(holder)) continue;
    const record = reservations.present(holder, `a seat of ${eventId}`);
    if (record.seats.length > 1) several.add(holder);
    yield record;
  }
}
