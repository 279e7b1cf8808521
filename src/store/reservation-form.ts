/**
 * How a reservation's record is spelled: its columns in order, since field names would be half of
 * its bytes. The id is the row's key. The moments at which it ended or was confirmed come last,
 * where there are any.
 */
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import {
  momentsOf,
  type ReservationMoments,
  type ReservationRecord,
  type ReservationStatus,
} from '../domain/reservation.js';
import type { EpochMs } from '../lib/clock.js';
import type { PayloadForm } from './record-table.js';

type Columns = readonly [
  eventId: EventId,
  userId: UserId,
  seats: readonly SeatNumber[],
  status: ReservationStatus,
  createdAt: EpochMs,
  expiresAt: EpochMs,
  holdMs: number,
  extensions: number,
  moments?: ReservationMoments,
];

export const reservationForm: PayloadForm<readonly [ReservationId], ReservationRecord> = {
  print: (record) => JSON.stringify(columnsOf(record)),
  // Printed by the line above.
  parse: (payload, [id]) => recordOf(id, JSON.parse(payload.toString()) as Columns),
};

function columnsOf(record: ReservationRecord): Columns {
  const { eventId, userId, seats, status, createdAt, expiresAt, holdMs, extensions } = record;
  if (status === 'reserved')
    return [eventId, userId, seats, status, createdAt, expiresAt, holdMs, extensions];
  return [
    eventId,
    userId,
    seats,
    status,
    createdAt,
    expiresAt,
    holdMs,
    extensions,
    momentsOf(record),
  ];
}

function recordOf(id: ReservationId, columns: Columns): ReservationRecord {
  const [eventId, userId, seats, status, createdAt, expiresAt, holdMs, extensions, moments] =
    columns;
  return {
    id,
    eventId,
    userId,
    seats,
    status,
    createdAt,
    expiresAt,
    holdMs,
    extensions,
    ...moments,
  };
}
