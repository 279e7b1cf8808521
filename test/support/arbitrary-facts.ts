/** Any fact and any record there can be, whatever the rules say of them: for what must carry them unchanged. */
import fc from 'fast-check';
import type { Fact } from '../../src/domain/facts.js';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import { RESERVATION_STATUSES, type ReservationRecord } from '../../src/domain/reservation.js';

const time = fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 });
export const holdMs = fc.integer({ min: 1, max: 7_200_000 });
export const event = fc.constantFrom('gala', 'matinée', '').map(eventId);
export const reservation = fc.string({ minLength: 1, maxLength: 8 }).map(reservationId);
export const user = fc.string({ maxLength: 8, unit: 'grapheme' }).map(userId);
export const seats = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), {
  minLength: 1,
  maxLength: 4,
});

const about = { eventId: event, at: time, reservationId: reservation, userId: user, seats };
export const reserved = fc.record({
  type: fc.constant('reservation.reserved' as const),
  ...about,
  expiresAt: time,
  holdMs,
});
export const fact: fc.Arbitrary<Fact> = fc.oneof(
  reserved,
  fc.record({ type: fc.constant('reservation.extended' as const), ...about, expiresAt: time }),
  fc.record({
    type: fc.constantFrom(
      'reservation.confirmed' as const,
      'reservation.cancelled' as const,
      'reservation.expired' as const,
      'reservation.refunded' as const,
      'reservation.released' as const,
    ),
    ...about,
  }),
  fc.record({ type: fc.constant('seats.unblocked' as const), eventId: event, at: time, seats }),
);

export const record: fc.Arbitrary<ReservationRecord> = fc
  .record(
    {
      id: reservation,
      eventId: event,
      userId: user,
      seats,
      status: fc.constantFrom(...RESERVATION_STATUSES),
      createdAt: time,
      expiresAt: time,
      holdMs,
      extensions: fc.nat(2),
      confirmedAt: time,
      cancelledAt: time,
      expiredAt: time,
      refundedAt: time,
    },
    {
      requiredKeys: [
        'id',
        'eventId',
        'userId',
        'seats',
        'status',
        'createdAt',
        'expiresAt',
        'holdMs',
        'extensions',
      ],
    },
  )
  .map((any) => (any.status === 'reserved' ? withoutMoments(any) : any));

/** No live hold has any. */
function withoutMoments(any: ReservationRecord): ReservationRecord {
  const { id, eventId, userId, seats, status, createdAt, expiresAt, holdMs, extensions } = any;
  return { id, eventId, userId, seats, status, createdAt, expiresAt, holdMs, extensions };
}
