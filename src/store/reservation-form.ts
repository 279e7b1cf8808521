/**
 * How a reservation's record is spelled: its columns in order, since field names would be half of
 * its bytes. The id is the row's key. The moments at which it ended or was confirmed come last,
 * where there are any.
 */
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import type { ReservationRecord, ReservationStatus } from '../domain/reservation.js';
import type { EpochMs } from '../lib/clock.js';
import type { PayloadForm } from './record-table.js';

type Moments = Pick<ReservationRecord, 'confirmedAt' | 'cancelledAt' | 'expiredAt' | 'refundedAt'>;

type Columns = readonly [
  eventId: EventId,
  userId: UserId,
  seats: readonly SeatNumber[],
  status: ReservationStatus,
  createdAt: EpochMs,
  expiresAt: EpochMs,
  holdMs: number,
  extensions: number,
  moments?: Moments,
];

export const reservationForm: PayloadForm<readonly [ReservationId], ReservationRecord> = {
  print: (record) => JSON.stringify(columnsOf(record)),
  // Printed by the line above.
  parse: (payload, [id]) => recordOf(id, JSON.parse(payload) as Columns),
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

/** JSON leaves out what is undefined. */
function momentsOf({ confirmedAt, cancelledAt, expiredAt, refundedAt }: ReservationRecord): object {
  return { confirmedAt, cancelledAt, expiredAt, refundedAt };
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
