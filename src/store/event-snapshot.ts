/** One event as it stands on disk, for rebuilding a shard or a replica (I6). */
import type { EventRecord } from '../domain/event.js';
import type { EventId, ReservationId, SeatNumber } from '../domain/ids.js';
import type { EventSnapshot } from '../shard/ports.js';
import type { ReservationTable } from './reservation-table.js';
import type { SeatRows } from './seat-rows.js';

/**
 * Read in one sweep over the event's seats; then one look-up for every reservation that is not
 * confirmed.
 */
export function readSnapshot(
  event: EventRecord,
  seats: SeatRows,
  reservations: ReservationTable,
): EventSnapshot {
  const booked: SeatNumber[] = [];
  const blocked: SeatNumber[] = [];
  const holders = new Set<ReservationId>();
  for (const [seat, { state, holder }] of seats.of(event.id)) {
    if (state === 'booked') booked.push(seat);
    else if (state === 'blocked') blocked.push(seat);
    else holders.add(holder);
  }
  return {
    event,
    booked: Uint32Array.from(booked),
    blocked: Uint32Array.from(blocked),
    reserved: Array.from(holders, (holder) =>
      reservations.present(holder, `a seat of ${event.id}`),
    ),
  };
}

/** The event's seats that are booked, ascending. */
export function readBooked(eventId: EventId, seats: SeatRows): Uint32Array {
  const booked: SeatNumber[] = [];
  for (const [seat, { state }] of seats.of(eventId)) {
    if (state === 'booked') booked.push(seat);
  }
  return Uint32Array.from(booked);
}
