/** One seat: what it is, and for an admin whose it is and was. */
import { z } from 'zod';
import type { SeatNumber } from '../../domain/ids.js';
import { SEAT_STATUSES } from '../../domain/seat-status.js';
import { jsonAnswer } from '../answer.js';
import type { GatewayEvent } from '../desk-port.js';
import { factJson, factSchema } from '../fact-json.js';
import { printableText } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { requestedEvent } from '../requested-event.js';
import { type RequestContext, route } from '../route.js';
import { seatJson, seatSchema } from '../seat-json.js';

/** Facts shown of one seat. */
const HISTORY_FACTS_MAX = 100;

const holderSchema = z.strictObject({
  reservationId: z.string(),
  userId: z.string(),
  status: z.enum(['reserved', 'confirmed']),
});

const oneSeatSchema = seatSchema
  .extend({
    state: z.enum(SEAT_STATUSES).meta({ description: "The seat machine's state." }),
    holder: holderSchema
      .nullable()
      .optional()
      .meta({ description: 'For admins: who has the seat.' }),
    history: z
      .array(factSchema)
      .optional()
      .meta({
        description: `For admins: the seat's latest facts, newest first, ${HISTORY_FACTS_MAX} at most.`,
      }),
  })
  .meta({ id: 'SeatInDetail' });

export const seatRoute = route({
  method: 'GET',
  path: '/v1/events/:id/seats/:seatId',
  params: z.strictObject({ id: printableText, seatId: printableText }),
  operation: {
    summary: 'Get one seat',
    description: 'By label; where no seat has that label, by number.',
    tags: ['seats'],
    responses: { 200: { description: 'The seat', content: { 'application/json': oneSeatSchema } } },
    problems: ['event_not_found', 'seat_not_found'],
  },
  async handle(context) {
    const { desk, params } = context;
    const event = requestedEvent(context, params.id);
    if (event instanceof Problem) return event;
    const seat = event.plan.numberOf(params.seatId);
    if (seat === undefined) {
      return new Problem('seat_not_found', `The event has no seat ${params.seatId}.`);
    }
    const inside = context.isAdmin ? await seatInside(context, event, seat) : {};
    const json = seatJson(event, seat, desk.now());
    return jsonAnswer(200, { ...json, state: json.status, ...inside });
  },
});

async function seatInside(
  { desk }: RequestContext,
  event: GatewayEvent,
  seat: SeatNumber,
): Promise<Pick<z.output<typeof oneSeatSchema>, 'holder' | 'history'>> {
  const { id: eventId } = event.record;
  const [holder, history] = await Promise.all([
    desk.seatHolder(eventId, seat),
    desk.query('seatHistory', { eventId, seat, limit: HISTORY_FACTS_MAX }),
  ]);
  return {
    holder:
      holder === undefined
        ? null
        : {
            reservationId: holder.id,
            userId: holder.userId,
            status: holder.status === 'confirmed' ? 'confirmed' : 'reserved',
          },
    history: history.map((fact) => factJson(fact, event.plan)),
  };
}
