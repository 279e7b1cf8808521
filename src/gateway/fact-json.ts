/** A fact of an event's log as admins see it. */
import { z } from 'zod';
import { type Fact, isEventFact, isReservationFact, type NumberedFact } from '../domain/facts.js';
import type { SeatNumber } from '../domain/ids.js';
import type { VenuePlan } from '../domain/venue-plan.js';
import { eventSchema } from './event-json.js';
import { timeField } from './field-schemas.js';
import { rfc3339 } from './rfc3339.js';

export const factSchema = z
  .strictObject({
    sequence: z.int().meta({
      description: 'Its place in the order of everything that happened, over all events.',
    }),
    type: z.string().meta({ example: 'reservation.confirmed' }),
    at: timeField,
    eventId: z.string(),
    reservationId: z.string().optional(),
    userId: z.string().optional(),
    seatIds: z.array(z.string()).optional().meta({ description: 'The seats that moved.' }),
    expiresAt: timeField.optional(),
    reason: z.string().optional().meta({ description: 'Why house seats were blocked.' }),
    event: eventSchema
      .pick({
        name: true,
        status: true,
        holdSeconds: true,
        maxSeatsPerUser: true,
        preventOrphans: true,
      })
      .extend({ status: z.enum(['on_sale', 'closed', 'deleted']) })
      .meta({ id: 'EventSettings' })
      .optional()
      .meta({ description: "The event's settings after the fact." }),
  })
  .meta({ id: 'Fact' });

/** @param plan of the event that the fact is of. */
export function factJson(
  { sequence, fact }: NumberedFact,
  plan: VenuePlan,
): z.output<typeof factSchema> {
  const { type, at, eventId } = fact;
  return { sequence, type, at: rfc3339(at), eventId, ...particulars(fact, plan) };
}

function particulars(fact: Fact, plan: VenuePlan): Partial<z.output<typeof factSchema>> {
  if (isEventFact(fact)) {
    const { name, status, holdMs, maxSeatsPerUser, preventOrphans } = fact.event;
    return {
      event: { name, status, holdSeconds: holdMs / 1_000, maxSeatsPerUser, preventOrphans },
    };
  }
  const seatIds = fact.seats.map((seat: SeatNumber) => plan.labelOf(seat));
  if (!isReservationFact(fact)) {
    return fact.type === 'seats.blocked' && fact.reason !== undefined
      ? { seatIds, reason: fact.reason }
      : { seatIds };
  }
  const { reservationId, userId } = fact;
  return 'expiresAt' in fact
    ? { reservationId, userId, seatIds, expiresAt: rfc3339(fact.expiresAt) }
    : { reservationId, userId, seatIds };
}
