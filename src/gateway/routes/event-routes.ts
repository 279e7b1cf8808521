/** Events: made, listed, read, changed and deleted. */
import { z } from 'zod';
import type { EventPatch } from '../../domain/event.js';
import { type Answer, effectAnswer, emptyAnswer, jsonAnswer } from '../answer.js';
import { digestedAnswer } from '../conditional-answer.js';
import { eventJson, eventSchema, newEventJson, recordJson } from '../event-json.js';
import { eventPage } from '../event-page.js';
import {
  cursorQuery,
  holdSecondsField,
  idParams,
  limitQuery,
  maxSeatsPerUserField,
  pageSchema,
  printableText,
  queryBoolean,
} from '../field-schemas.js';
import { newEventSchema, plannedEvent } from '../new-event.js';
import { Problem } from '../problem.js';
import { refused } from '../refusal.js';
import { requestedEvent } from '../requested-event.js';
import { type RequestContext, type Route, route } from '../route.js';

const JSON_EVENT = { 'application/json': eventSchema };
const TAGS = ['events'];

const createEvent = route({
  method: 'POST',
  path: '/v1/events',
  admin: true,
  bodyLimit: 'eventBodyBytesMax',
  body: newEventSchema,
  operation: {
    summary: 'Create an event',
    description:
      'Seats are `totalSeats` (labels "1".."n") or `sections`, one of the two. The ' +
      "currency is EUR unless another is named; the hold time is the server's, 300 s unless it was started with another.",
    tags: TAGS,
    responses: {
      201: {
        description: 'The event',
        content: JSON_EVENT,
        headers: { Location: 'Where the event is.' },
      },
    },
    problems: ['event_exists'],
  },
  async handle(context) {
    const request = plannedEvent(context.body, context.config);
    if (request instanceof Problem) return request;
    return created(await context.desk.createEvent({ ...request, ...context.marked }));
  },
});

/** The answer to an event's making, whatever it was made from. */
export function created(
  outcome: Awaited<ReturnType<RequestContext['desk']['createEvent']>>,
): Answer | Problem {
  if (!outcome.ok) return refused(outcome.rejection);
  const { value: record } = outcome;
  return effectAnswer(201, newEventJson(record), { Location: `/v1/events/${record.id}` });
}

const listEvents = route({
  method: 'GET',
  path: '/v1/events',
  query: z.strictObject({ limit: limitQuery, cursor: cursorQuery }),
  operation: {
    summary: 'List the events',
    description: 'In the order they were created.',
    tags: TAGS,
    responses: {
      200: { description: 'A page', content: { 'application/json': pageSchema(eventSchema) } },
    },
  },
  handle({ desk, query, headers }) {
    const page = eventPage(desk.events(), query);
    if (page instanceof Problem) return page;
    const now = desk.now();
    const data = page.data.map((event) => eventJson(event, now));
    return digestedAnswer(headers, jsonAnswer(200, { data, nextCursor: page.nextCursor }));
  },
});

const getEvent = route({
  method: 'GET',
  path: '/v1/events/:id',
  params: idParams,
  operation: {
    summary: 'Get an event',
    tags: TAGS,
    responses: { 200: { description: 'The event', content: JSON_EVENT } },
    problems: ['event_not_found'],
  },
  handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    return digestedAnswer(context.headers, jsonAnswer(200, eventJson(event, context.desk.now())));
  },
});

const patchSchema = z
  .strictObject({
    name: printableText.optional(),
    holdSeconds: holdSecondsField.optional(),
    maxSeatsPerUser: maxSeatsPerUserField.optional(),
    preventOrphans: z.boolean().optional(),
    status: z.enum(['on_sale', 'closed']).optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'must name a field to change')
  .meta({ id: 'EventPatch', minProperties: 1 });

const patchEvent = route({
  method: 'PATCH',
  path: '/v1/events/:id',
  admin: true,
  params: idParams,
  body: patchSchema,
  operation: {
    summary: 'Change an event',
    description: 'A closed event takes no new reservations; running holds may still confirm.',
    tags: TAGS,
    responses: { 200: { description: 'The event as it is now', content: JSON_EVENT } },
    problems: ['event_not_found'],
  },
  async handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    const { id: eventId } = event.record;
    const { desk, body } = context;
    const outcome = await desk.patchEvent({ eventId, patch: patchOf(body) });
    if (!outcome.ok) return refused(outcome.rejection);
    return jsonAnswer(200, recordJson(outcome.value, event.counts(desk.now())));
  },
});

function patchOf(body: z.output<typeof patchSchema>): EventPatch {
  const { name, holdSeconds: holdMs, maxSeatsPerUser, preventOrphans, status } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(holdMs === undefined ? {} : { holdMs }),
    ...(maxSeatsPerUser === undefined ? {} : { maxSeatsPerUser }),
    ...(preventOrphans === undefined ? {} : { preventOrphans }),
    ...(status === undefined ? {} : { status }),
  };
}

const deleteEvent = route({
  method: 'DELETE',
  path: '/v1/events/:id',
  admin: true,
  params: idParams,
  query: z.strictObject({
    force: queryBoolean('Cancel live holds and refund bookings instead of refusing.'),
  }),
  operation: {
    summary: 'Delete an event',
    tags: TAGS,
    responses: { 204: { description: 'It is gone; its history remains' } },
    problems: ['event_not_found', 'event_in_use'],
  },
  async handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    const { id: eventId } = event.record;
    const outcome = await context.desk.deleteEvent({
      eventId,
      force: context.query.force ?? false,
    });
    return outcome.ok ? emptyAnswer(204) : refused(outcome.rejection, event.plan);
  },
});

export const eventRoutes: readonly Route[] = [
  createEvent,
  listEvents,
  getEvent,
  patchEvent,
  deleteEvent,
];
