/**
 * A reservation as clients see it: made from its record and its event's plan alone, so that a
 * replay reads the same.
 */
import { z } from 'zod';
import { RESERVATION_STATUSES, type ReservationRecord } from '../domain/reservation.js';
import type { VenuePlan } from '../domain/venue-plan.js';
import type { GatewayEvent } from './desk-port.js';
import { currencyField, timeField } from './field-schemas.js';
import { rfc3339 } from './rfc3339.js';

export const reservationSchema = z
  .strictObject({
    id: z.string(),
    eventId: z.string(),
    userId: z.string(),
    seatIds: z.array(z.string()).meta({ description: 'Labels, in the order they were asked for.' }),
    seats: z.array(
      z.strictObject({
        seatId: z.string(),
        category: z.string().nullable(),
        price: z.int().nullable(),
      }),
    ),
    amount: z.int().meta({
      description: "The sum of the seats' prices in minor units; a seat without a price counts 0.",
    }),
    currency: currencyField,
    status: z.enum(RESERVATION_STATUSES),
    createdAt: timeField,
    expiresAt: timeField,
    confirmedAt: timeField.optional(),
    cancelledAt: timeField.optional(),
    expiredAt: timeField.optional(),
    refundedAt: timeField.optional(),
    orderId: z.string().optional(),
  })
  .meta({ id: 'Reservation' });

/** @param event the reservation's own; only what never changes of it is used. */
export function reservationJson(
  record: ReservationRecord,
  event: GatewayEvent,
): z.output<typeof reservationSchema> {
  const seats = record.seats.map((seat) => reservedSeat(event.plan, seat));
  const { confirmedAt, cancelledAt, expiredAt, refundedAt } = record;
  return {
    id: record.id,
    eventId: record.eventId,
    userId: record.userId,
    seatIds: seats.map(({ seatId }) => seatId),
    seats,
    amount: seats.reduce((sum, { price }) => sum + (price ?? 0), 0),
    currency: event.record.currency,
    status: record.status,
    createdAt: rfc3339(record.createdAt),
    expiresAt: rfc3339(record.expiresAt),
    ...(confirmedAt === undefined ? {} : { confirmedAt: rfc3339(confirmedAt) }),
    ...(cancelledAt === undefined ? {} : { cancelledAt: rfc3339(cancelledAt) }),
    ...(expiredAt === undefined ? {} : { expiredAt: rfc3339(expiredAt) }),
    ...(refundedAt === undefined ? {} : { refundedAt: rfc3339(refundedAt) }),
  };
}

function reservedSeat(
  plan: VenuePlan,
  seat: number,
): z.output<typeof reservationSchema>['seats'][number] {
  const { category, price } = plan.placeOf(seat);
  return { seatId: plan.labelOf(seat), category, price };
}
