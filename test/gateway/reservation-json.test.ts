import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import { planFromRequest } from '../../src/domain/plan-request.js';
import { RESERVATION_STATUSES, type ReservationRecord } from '../../src/domain/reservation.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';
import type { GatewayEvent } from '../../src/gateway/desk-port.js';
import { reservationSchema, reservationText } from '../../src/gateway/reservation-json.js';

const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('"', '\\', 'ä', '𝒜', '\u2028', '\ud800'),
);

/** Labels, categories and prices of every kind, none of them twice. */
const house = fc
  .record({ category: fc.option(text), price: fc.option(fc.nat()), labels: fc.uniqueArray(text) })
  .map(({ category, price, labels }) => ({
    plan: housePlan(category, price, labels),
    record: { currency: 'EUR' },
  }));

const moments = fc.record(
  { confirmedAt: time, cancelledAt: time, expiredAt: time, refundedAt: time },
  { requiredKeys: [] },
);

const reservation = house.chain((event) =>
  fc.record({
    event: fc.constant(event),
    record: fc
      .record({
        userId: text.map(userId),
        seats: fc.array(fc.integer({ min: 1, max: event.plan.totalSeats }), { maxLength: 5 }),
        status: fc.constantFrom(...RESERVATION_STATUSES),
        createdAt: time,
        expiresAt: time,
        moments,
      })
      .map(({ moments: come, ...rest }) => ({ ...RECORD, ...rest, ...come })),
  }),
);

const RECORD = {
  id: reservationId('rsv_0mwq6g80000000010000000000000099'),
  eventId: eventId('hall'),
  holdMs: 1,
  extensions: 0,
};

it('a reservation’s text is JSON as JSON.stringify would write it, and of the schema', () => {
  fc.assert(
    fc.property(reservation, ({ record, event }) => {
      const written = reservationText(record, event as unknown as GatewayEvent);
      expect(written).toBe(JSON.stringify(plainly(record, event.plan)));
      expect(reservationSchema.safeParse(JSON.parse(written)).error).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

/** The members in the order in which they are shown. */
function plainly(record: ReservationRecord, plan: VenuePlan): unknown {
  const seats = record.seats.map((seat) => {
    const { category, price } = plan.placeOf(seat);
    return { seatId: plan.labelOf(seat), category, price };
  });
  const iso = (at: number | undefined) => (at === undefined ? at : new Date(at).toISOString());
  return {
    id: record.id,
    eventId: record.eventId,
    userId: record.userId,
    seatIds: seats.map(({ seatId }) => seatId),
    seats,
    amount: seats.reduce((sum, { price }) => sum + (price ?? 0), 0),
    currency: 'EUR',
    status: record.status,
    createdAt: iso(record.createdAt),
    expiresAt: iso(record.expiresAt),
    confirmedAt: iso(record.confirmedAt),
    cancelledAt: iso(record.cancelledAt),
    expiredAt: iso(record.expiredAt),
    refundedAt: iso(record.refundedAt),
  };
}

function housePlan(category: string | null, price: number | null, labels: string[]): VenuePlan {
  const named = labels.length === 0 ? [] : [{ name: 'Box', seats: labels }];
  const made = planFromRequest({
    sections: [
      {
        name: 'Stalls',
        ...(category === null ? {} : { category }),
        ...(price === null ? {} : { price }),
        rows: [{ name: 'R', seats: 3 }],
      },
      ...(named.length === 0 ? [] : [{ name: 'Boxes', rows: named }]),
    ],
  });
  return new VenuePlan('plan' in made ? made.plan : PLAIN.spec);
}

/** Where names are such as no plan may have. */
const PLAIN = housePlan(null, null, []);
