/** House seats: taken out of the sale and given back. */
import { z } from 'zod';
import { jsonAnswer } from '../answer.js';
import { idParams, printableText, seatIdField } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { refused } from '../refusal.js';
import { requestedEvent } from '../requested-event.js';
import { requestedSeats } from '../requested-seats.js';
import { type Route, route } from '../route.js';

/** The contract bounds reservations only; house seats go by the row. */
const HOUSE_SEATS_MAX = 1_000;

const houseSeatsSchema = z
  .strictObject({
    seatIds: z.array(seatIdField).min(1).max(HOUSE_SEATS_MAX),
    reason: printableText.optional().meta({ description: 'Kept in the log.' }),
  })
  .meta({ id: 'HouseSeats' });

const answerSchema = z.strictObject({ eventId: z.string(), seatIds: z.array(z.string()) });

function houseRoute(verb: 'block' | 'unblock', summary: string, description: string): Route {
  return route({
    method: 'POST',
    path: `/v1/events/:id/seats/${verb}`,
    admin: true,
    params: idParams,
    body: houseSeatsSchema,
    operation: {
      summary,
      tags: ['seats'],
      responses: { 200: { description, content: { 'application/json': answerSchema } } },
      problems: ['event_not_found', 'seat_not_found', 'seat_unavailable'],
    },
    // Several owners have a part in it: the key is not given along, and the answer is kept by the
    // gateway.
    async handle(context) {
      const event = requestedEvent(context, context.params.id);
      if (event instanceof Problem) return event;
      const { seatIds, reason } = context.body;
      const seats = requestedSeats(event.plan, seatIds, 'seatIds');
      if (seats instanceof Problem) return seats;
      const { id: eventId } = event.record;
      const request = { eventId, seats, ...(reason === undefined ? {} : { reason }) };
      const outcome = await context.desk[verb](request);
      if (!outcome.ok) return refused(outcome.rejection, event.plan);
      return jsonAnswer(200, {
        eventId,
        seatIds: outcome.value.map((seat) => event.plan.labelOf(seat)),
      });
    },
  });
}

export const houseSeatRoutes: readonly Route[] = [
  houseRoute('block', 'Block house seats: all or none', 'The seats that are blocked now.'),
  houseRoute('unblock', 'Unblock house seats', 'The seats that were blocked and no longer are.'),
];
