/** Everything that happened to one event, in order, for admins: JSON, or CSV for a spreadsheet. */
import { z } from 'zod';
import type { NumberedFact } from '../../domain/facts.js';
import { type Answer, jsonAnswer } from '../answer.js';
import type { GatewayEvent } from '../desk-port.js';
import { factsToCsv } from '../fact-csv.js';
import { factJson, factSchema } from '../fact-json.js';
import {
  idParams,
  limitQuery,
  PAGE_LIMIT_DEFAULT,
  pageSchema,
  queryInteger,
} from '../field-schemas.js';
import { Problem } from '../problem.js';
import { requestedEvent } from '../requested-event.js';
import { route } from '../route.js';

const CSV_TYPE = 'text/csv';
const afterQuery = queryInteger(0, Number.MAX_SAFE_INTEGER, 'Only facts with a higher sequence.');

export const eventLogRoute = route({
  method: 'GET',
  path: '/v1/events/:id/log',
  admin: true,
  params: idParams,
  query: z
    .strictObject({ after: afterQuery, cursor: afterQuery, limit: limitQuery })
    .refine(
      ({ after, cursor }) => after === undefined || cursor === undefined,
      'give after or cursor, not both',
    ),
  operation: {
    summary: "Read an event's log",
    description:
      'Oldest first. `nextCursor` is the last sequence of the page, to be given as `cursor` or ' +
      '`after`. A restored backup gives out again the sequences that came after it: whoever follows a log starts over ' +
      'then. With `Accept: text/csv` the same page as CSV, seat labels with spaces ' +
      'between, and the next page in `Link`.',
    tags: ['events'],
    responses: {
      200: {
        description: 'A page',
        content: { 'application/json': pageSchema(factSchema), [CSV_TYPE]: z.string() },
        headers: { Link: 'With CSV: the next page, `rel="next"`.' },
      },
    },
    problems: ['event_not_found'],
  },
  async handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    const { cursor, after = cursor ?? 0, limit = PAGE_LIMIT_DEFAULT } = context.query;
    const { id: eventId } = event.record;
    // One more than is shown tells whether there is a next page.
    const found = await context.desk.query('eventLog', { eventId, after, limit: limit + 1 });
    const facts = found.slice(0, limit);
    const last = found.length > limit ? facts.at(-1) : undefined;
    const isCsv = (context.headers.get('accept') ?? '').includes(CSV_TYPE);
    if (isCsv) return csvAnswer(event, facts, last?.sequence, limit);
    const nextCursor = last === undefined ? null : String(last.sequence);
    return jsonAnswer(200, { data: facts.map((fact) => factJson(fact, event.plan)), nextCursor });
  },
});

function csvAnswer(
  { plan, record }: GatewayEvent,
  facts: readonly NumberedFact[],
  nextAfter: number | undefined,
  limit: number,
): Answer {
  const next = `</v1/events/${record.id}/log?after=${nextAfter}&limit=${limit}>; rel="next"`;
  return {
    status: 200,
    body: factsToCsv(facts, { labelOf: (seat) => plan.labelOf(seat) }),
    contentType: `${CSV_TYPE}; charset=utf-8; header=present`,
    headers: nextAfter === undefined ? { Vary: 'Accept' } : { Vary: 'Accept', Link: next },
  };
}
