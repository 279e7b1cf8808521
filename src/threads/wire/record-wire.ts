import type { EventId, ReservationId, UserId } from '../../domain/ids.js';
import {
  momentsOf,
  RESERVATION_STATUSES,
  type ReservationMoments,
  type ReservationRecord,
  type ReservationStatus,
} from '../../domain/reservation.js';
import { present } from '../../lib/assert.js';
import type { EpochMs } from '../../lib/clock.js';
import { codesOf, type WireForm, type WireReader } from './wire.js';

const CODES = codesOf(RESERVATION_STATUSES);

/** A live hold has none of the moments that come with its end, and most records are live holds. */
export const recordForm: WireForm<ReservationRecord> = {
  put(writer, record) {
    writer.put(CODES[record.status]);
    writer.put(record.id);
    writer.putRepeated(record.eventId);
    writer.put(record.userId);
    writer.putNumbers(record.seats);
    writer.put(record.createdAt);
    writer.put(record.expiresAt);
    writer.put(record.holdMs);
    writer.put(record.extensions);
    if (record.status === 'reserved') return;
    writer.put(momentsOf(record));
  },

  take(reader) {
    const status = present(RESERVATION_STATUSES[reader.take<number>()], 'a status');
    const record = takeHold(reader, status);
    return status === 'reserved' ? record : { ...record, ...reader.take<ReservationMoments>() };
  },
};

function takeHold(reader: WireReader, status: ReservationStatus): ReservationRecord {
  const id = reader.take<ReservationId>();
  const eventId = reader.takeRepeated<EventId>();
  const userId = reader.take<UserId>();
  const seats = reader.takeNumbers();
  const createdAt = reader.take<EpochMs>();
  const expiresAt = reader.take<EpochMs>();
  const holdMs = reader.take<number>();
  const extensions = reader.take<number>();
  return { id, eventId, userId, seats, status, createdAt, expiresAt, holdMs, extensions };
}
