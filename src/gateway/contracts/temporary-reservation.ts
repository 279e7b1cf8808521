/**
 * API §5.1, "Temporary seat reservation": seats of the event `default` are reserved one by one, and confirmed by seat.
 *
 * Where the contract is silent: a seat's id is its label, whatever it was asked for by; fields that are not known are passed
 * over; confirming one's own booking again gives the same answer; house seats are listed as `blocked` and refused as taken; a
 * seat that is one of several of a native reservation confirms that reservation whole. Error codes are those of the native
 * API, but for `seat_not_reserved`.
 */
import { z } from 'zod';
import { SEAT_STATUSES } from '../../domain/seat-status.js';
import { present } from '../../lib/assert.js';
import { effectAnswer } from '../answer.js';
import { believedUser } from '../believed-user.js';
import { seatIdField, timeField, userIdField } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { refused } from '../refusal.js';
import { requestedEvent } from '../requested-event.js';
import { rfc3339 } from '../rfc3339.js';
import { type Route, route } from '../route.js';
import { confirmSeat } from './confirm-seat.js';
import { contractErrors } from './contract-errors.js';
import { DEFAULT_EVENT, defaultSeat } from './default-seat.js';
import { SeatEntries } from './seat-entries.js';

const TAGS = ['5.1 temporary seat reservation'];

const { failure, response: error } = contractErrors({
  refusals: {
    seat_not_found: { message: 'There is no such seat.' },
    seat_unavailable: { message: 'The seat is reserved or booked already.' },
    not_holder: { message: 'The seat is reserved or booked by somebody else.' },
    reservation_expired: { message: 'The reservation has expired.' },
    reservation_not_found: {
      status: 409,
      name: 'seat_not_reserved',
      message: 'The seat is not reserved.',
    },
  },
  schema: z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) }),
  body: (code, message) => ({ error: { code, message } }),
});

const entries = new SeatEntries({
  start: (plan, seat) => `{"seat_id":${JSON.stringify(plan.labelOf(seat))},"status":"`,
  endings: {
    available: 'available"}',
    reserved: 'reserved"}',
    booked: 'booked"}',
    blocked: 'blocked"}',
  },
});

const listSeats = route({
  method: 'GET',
  path: '/seats',
  operation: {
    summary: 'List the seats',
    description: 'In seat order.',
    tags: TAGS,
    responses: {
      200: {
        description: 'The seats',
        content: {
          'application/json': z.array(
            z.strictObject({ seat_id: z.string(), status: z.enum(SEAT_STATUSES) }),
          ),
        },
        headers: { ETag: 'Changes with the seats.' },
      },
      404: error('The event was deleted'),
    },
  },
  handle(context) {
    const event = requestedEvent(context, DEFAULT_EVENT);
    return event instanceof Problem ? event : entries.answer(context, event);
  },
  failure,
});

const seatOfUser = z.object({ user_id: userIdField, seat_id: seatIdField });

const reservedSchema = z.strictObject({
  seat_id: z.string(),
  user_id: z.string(),
  status: z.literal('reserved'),
  reserved_at: timeField,
  expires_at: timeField,
});

const reserve = route({
  method: 'POST',
  path: '/reserve',
  body: seatOfUser,
  operation: {
    summary: 'Reserve a seat',
    description:
      "One user may reserve many seats. A seat that is taken is refused, the user's own too.",
    tags: TAGS,
    responses: {
      201: { description: 'Reserved', content: { 'application/json': reservedSchema } },
      400: error('The body is not valid'),
      404: error('No such seat'),
      409: error('The seat is taken'),
    },
  },
  async handle(context) {
    const { desk, body, marked } = context;
    const named = defaultSeat(context, body.seat_id);
    if (named instanceof Problem) return named;
    const { event, seat } = named;
    const userId = believedUser(context, body.user_id);
    const wish = { eventId: event.record.id, userId, seats: [seat], reuseOwn: false } as const;
    const outcome = await desk.reserve({ ...wish, purpose: 'hold', ...marked });
    if (!outcome.ok) return refused(outcome.rejection, event.plan);
    const { record } = outcome.value;
    return effectAnswer(201, {
      seat_id: event.plan.labelOf(seat),
      user_id: record.userId,
      status: 'reserved',
      reserved_at: rfc3339(record.createdAt),
      expires_at: rfc3339(record.expiresAt),
    });
  },
  failure,
});

const bookedSchema = z.strictObject({
  seat_id: z.string(),
  user_id: z.string(),
  status: z.literal('booked'),
  booked_at: timeField,
});

const confirm = route({
  method: 'POST',
  path: '/confirm',
  body: seatOfUser,
  operation: {
    summary: 'Confirm a seat that the user has reserved',
    description:
      'Again: the same answer. A seat of a native reservation confirms that reservation whole.',
    tags: TAGS,
    responses: {
      200: { description: 'Booked', content: { 'application/json': bookedSchema } },
      400: error('The body is not valid'),
      403: error('The seat is of somebody else'),
      404: error('No such seat'),
      409: error('The reservation has expired, or there was none'),
    },
  },
  async handle(context) {
    const named = defaultSeat(context, context.body.seat_id);
    if (named instanceof Problem) return named;
    const { event, seat } = named;
    const userId = believedUser(context, context.body.user_id);
    const outcome = await confirmSeat(context, { eventId: event.record.id, seat, userId });
    if (!outcome.ok) return refused(outcome.rejection, event.plan);
    const { confirmedAt } = outcome.value;
    return effectAnswer(200, {
      seat_id: event.plan.labelOf(seat),
      user_id: outcome.value.userId,
      status: 'booked',
      booked_at: rfc3339(present(confirmedAt, 'when a booking was confirmed')),
    });
  },
  failure,
});

export const temporaryReservationRoutes: readonly Route[] = [listSeats, reserve, confirm];
