import { type Fact, isReservationFact, type ReservationFact } from '../../domain/facts.js';
import type { EventId, ReservationId, UserId } from '../../domain/ids.js';
import { present } from '../../lib/assert.js';
import type { EpochMs } from '../../lib/clock.js';
import { codesOf, type WireForm, type WireReader, type WireWriter } from './wire.js';

/** By code; facts of other types, which are rare, are put as they are. */
const RESERVATION_TYPES = [
  'reservation.reserved',
  'reservation.confirmed',
  'reservation.cancelled',
  'reservation.expired',
  'reservation.refunded',
  'reservation.released',
  'reservation.extended',
] as const satisfies readonly ReservationFact['type'][];
const AS_IT_IS = -1;

const CODES = codesOf(RESERVATION_TYPES);

export const factForm: WireForm<Fact> = {
  put(writer, fact) {
    if (isReservationFact(fact)) {
      putReservationFact(writer, fact);
    } else {
      writer.put(AS_IT_IS);
      writer.put(fact);
    }
  },

  take(reader) {
    const code = reader.take<number>();
    return code === AS_IT_IS ? reader.take<Fact>() : takeReservationFact(reader, code);
  },
};

function putReservationFact(writer: WireWriter, fact: ReservationFact): void {
  writer.put(CODES[fact.type]);
  writer.putRepeated(fact.eventId);
  writer.put(fact.at);
  writer.put(fact.reservationId);
  writer.put(fact.userId);
  writer.putNumbers(fact.seats);
  if (fact.type === 'reservation.reserved' || fact.type === 'reservation.extended')
    writer.put(fact.expiresAt);
  if (fact.type === 'reservation.reserved') writer.put(fact.holdMs);
}

function takeReservationFact(reader: WireReader, code: number): ReservationFact {
  const type = present(RESERVATION_TYPES[code], 'a type of fact');
  const eventId = reader.takeRepeated<EventId>();
  const at = reader.take<EpochMs>();
  const reservationId = reader.take<ReservationId>();
  const userId = reader.take<UserId>();
  const seats = reader.takeNumbers();
  if (type === 'reservation.reserved') {
    const expiresAt = reader.take<EpochMs>();
    const holdMs = reader.take<number>();
    return { type, eventId, at, reservationId, userId, seats, expiresAt, holdMs };
  }
  if (type === 'reservation.extended') {
    const expiresAt = reader.take<EpochMs>();
    return { type, eventId, at, reservationId, userId, seats, expiresAt };
  }
  return { type, eventId, at, reservationId, userId, seats };
}
