/** Seats of an event, as a list or as a map of two bits a seat. */
import { z } from 'zod';
import { TOTAL_SEATS_MAX } from '../../domain/plan-fault.js';
import { SEAT_STATUSES } from '../../domain/seat-status.js';
import { type Answer, JSON_TYPE } from '../answer.js';
import { conditionalAnswer } from '../conditional-answer.js';
import type { GatewayEvent } from '../desk-port.js';
import { idParams, limitQuery, printableText, queryInteger } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { invalidRequest } from '../request-check.js';
import { requestedEvent } from '../requested-event.js';
import { type RequestContext, type Route, route } from '../route.js';
import { seatSchema } from '../seat-json.js';
import type { SeatLists } from '../seat-lists.js';

export const SEAT_MAP_TYPE = 'application/vnd.holdfast.seatmap';

const seatListSchema = z.strictObject({
  eventId: z.string(),
  cursor: z.string(),
  data: z.array(seatSchema),
});

const seatQuery = z.strictObject({
  from: queryInteger(1, TOTAL_SEATS_MAX, 'The first seat number.'),
  limit: limitQuery.meta({
    type: 'integer',
    minimum: 1,
    maximum: 1_000,
    description: 'Seats at most; absent: all.',
  }),
  status: z.enum(SEAT_STATUSES).optional(),
  section: printableText.optional(),
  category: printableText.optional(),
});

type SeatQuery = z.output<typeof seatQuery>;

/** @param lists shared by everything that lists seats in this gateway. */
export function seatListRoute(lists: SeatLists): Route {
  return route({
    method: 'GET',
    path: '/v1/events/:id/seats',
    params: idParams,
    query: seatQuery,
    operation: {
      summary: "List an event's seats",
      description:
        `In seat order. With \`Accept: ${SEAT_MAP_TYPE}\` the whole event as two ` +
        'bits a seat: 0 available, 1 reserved, 2 booked, 3 blocked, seat 1 in the low bits of byte 0; no filters then.',
      tags: ['seats'],
      responses: {
        200: {
          description: 'The seats',
          content: {
            'application/json': seatListSchema,
            [SEAT_MAP_TYPE]: z.string().meta({ format: 'binary' }),
          },
          headers: {
            'X-Holdfast-Cursor': 'Where in its history the event was.',
            ETag: 'Changes with the cursor.',
          },
        },
      },
      problems: ['event_not_found'],
    },
    async handle(context) {
      const event = requestedEvent(context, context.params.id);
      if (event instanceof Problem) return event;
      const isMap = (context.headers.get('accept') ?? '').includes(SEAT_MAP_TYPE);
      return isMap ? mapAnswer(context, event, lists) : listAnswer(context, event, lists);
    },
  });
}

async function listAnswer(
  { desk, headers, query }: RequestContext<unknown, SeatQuery>,
  event: GatewayEvent,
  lists: SeatLists,
): Promise<Answer> {
  const template = await lists.template(event);
  const now = desk.now();
  const cursor = event.cursor(now);
  return conditionalAnswer(headers, `W/"${cursor}"`, () => ({
    status: 200,
    body: lists.bodyAt(template, event, query, now),
    contentType: JSON_TYPE,
    headers: seatHeaders(cursor),
  }));
}

function mapAnswer(
  { desk, headers, query }: RequestContext<unknown, SeatQuery>,
  event: GatewayEvent,
  lists: SeatLists,
): Answer | Problem {
  const filters = Object.keys(query);
  if (filters.length > 0) {
    const message = 'does not go with a seat map, which is whole';
    return invalidRequest(filters.map((path) => ({ in: 'query', path, message })));
  }
  const now = desk.now();
  const cursor = event.cursor(now);
  return conditionalAnswer(headers, `W/"${cursor}.map"`, () => ({
    status: 200,
    body: lists.mapAt(event, now),
    contentType: SEAT_MAP_TYPE,
    headers: seatHeaders(cursor),
  }));
}

function seatHeaders(cursor: string): Record<string, string> {
  return { 'X-Holdfast-Cursor': cursor, Vary: 'Accept' };
}
