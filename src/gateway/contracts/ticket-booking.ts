/**
 * API §5.3, "Ticket booking": events of numbered seats, and a booking in one step.
 *
 * Where the contract is silent: it speaks of every event, the native API's too. `booked` says that a seat cannot be had, be it
 * booked, held or the house's: as many are not as `availableSeats` counts. Booking a seat that the user holds confirms that
 * reservation whole. Without `seatNumber` every request books another seat, so that only an `Idempotency-Key` makes its retry
 * safe. Creating an event is for admins. Fields that are not known are passed over.
 */
import { z } from 'zod';
import { TOTAL_SEATS_MAX } from '../../domain/plan-fault.js';
import { planFromRequest } from '../../domain/plan-request.js';
import type { Outcome } from '../../domain/rejection.js';
import type { ReservationRecord } from '../../domain/reservation.js';
import { present } from '../../lib/assert.js';
import { type Answer, effectAnswer, jsonAnswer } from '../answer.js';
import { believedUser } from '../believed-user.js';
import { digestedAnswer } from '../conditional-answer.js';
import { eventJson, newEventJson } from '../event-json.js';
import { printableText, timeField, userIdField } from '../field-schemas.js';
import { eventOfPlan } from '../new-event.js';
import { Problem } from '../problem.js';
import { refused } from '../refusal.js';
import { requestedEvent } from '../requested-event.js';
import { type Route, route } from '../route.js';
import { bookBest, bookSeat } from './book-seat.js';
import { contractErrors } from './contract-errors.js';
import { SeatEntries } from './seat-entries.js';

const TAGS = ['5.3 ticket booking'];

const SOLD_OUT = { status: 400, message: 'Event is sold out' };

const { failure, response: error } = contractErrors({
  refusals: {
    event_not_found: { message: 'Event not found' },
    seat_not_found: { status: 400 },
    seat_unavailable: { message: 'Seat already booked' },
    sold_out: SOLD_OUT,
    not_enough_adjacent: SOLD_OUT,
  },
  schema: z.strictObject({ error: z.literal(true), message: z.string() }),
  body: (_, message) => ({ error: true as const, message }),
});

const seatCount = z.int().min(1).max(TOTAL_SEATS_MAX);

const eventSchema = z.strictObject({
  id: z.string(),
  eventId: z.string().meta({ description: 'The same as `id`.' }),
  name: z.string(),
  totalSeats: seatCount,
  availableSeats: z.int().min(0),
  createdAt: timeField,
  updatedAt: timeField,
});

function ticketEvent(event: ReturnType<typeof eventJson>): z.output<typeof eventSchema> {
  const { id, name, totalSeats, availableSeats, createdAt, updatedAt } = event;
  return { id, eventId: id, name, totalSeats, availableSeats, createdAt, updatedAt };
}

const createEvent = route({
  method: 'POST',
  path: '/events',
  admin: true,
  body: z.object({ name: printableText, totalSeats: seatCount }),
  operation: {
    summary: 'Create an event of numbered seats',
    tags: TAGS,
    responses: {
      201: {
        description: 'The event',
        content: { 'application/json': eventSchema },
        headers: { Location: 'Where the event is.' },
      },
      400: error('The body is not valid'),
      401: error('The admin key is missing or wrong'),
      403: error('There is no admin key, and the caller is not on loopback'),
    },
  },
  async handle({ desk, config, body, marked }) {
    const { name, totalSeats } = body;
    const request = eventOfPlan({ name }, planFromRequest({ totalSeats }), config);
    if (request instanceof Problem) return request;
    const outcome = await desk.createEvent({ ...request, ...marked });
    if (!outcome.ok) return refused(outcome.rejection);
    const event = ticketEvent(newEventJson(outcome.value));
    return effectAnswer(201, event, { Location: `/events/${event.id}` });
  },
  failure,
});

const eventParams = z.object({ id: printableText });

const getEvent = route({
  method: 'GET',
  path: '/events/:id',
  params: eventParams,
  operation: {
    summary: 'Get an event',
    tags: TAGS,
    responses: {
      200: { description: 'The event', content: { 'application/json': eventSchema } },
      404: error('No such event'),
    },
  },
  handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    const json = ticketEvent(eventJson(event, context.desk.now()));
    return digestedAnswer(context.headers, jsonAnswer(200, json));
  },
  failure,
});

const entries = new SeatEntries({
  start: (_, seat) => `{"seatNumber":${seat},"booked":`,
  endings: { available: 'false}', reserved: 'true}', booked: 'true}', blocked: 'true}' },
});

const listSeats = route({
  method: 'GET',
  path: '/events/:id/seats',
  params: eventParams,
  operation: {
    summary: "List an event's seats",
    description: '`booked`: cannot be had, be it booked, held by somebody or kept by the house.',
    tags: TAGS,
    responses: {
      200: {
        description: 'The seats, in their order',
        content: {
          'application/json': z.array(
            z.strictObject({ seatNumber: z.int().min(1), booked: z.boolean() }),
          ),
        },
        headers: { ETag: 'Changes with the seats.' },
      },
      404: error('No such event'),
    },
  },
  handle(context) {
    const event = requestedEvent(context, context.params.id);
    return event instanceof Problem ? event : entries.answer(context, event);
  },
  failure,
});

const bookSchema = z.object({
  userId: userIdField,
  seatNumber: z.int().optional().meta({ description: 'Absent: the best available seat.' }),
});

const bookingSchema = z.strictObject({
  success: z.literal(true),
  eventId: z.string(),
  seatNumber: z.int().min(1),
  userId: z.string(),
  message: z.literal('Seat booked successfully'),
  bookingId: z.string(),
});

const book = route({
  method: 'POST',
  path: '/events/:id/book',
  params: eventParams,
  body: bookSchema,
  operation: {
    summary: 'Book a seat, in one step',
    description:
      "The user's own booking of the seat is given again; a seat that the user holds is booked, with all that are held " +
      'together with it. Without `seatNumber` every request books another seat.',
    tags: TAGS,
    responses: {
      200: { description: 'Booked', content: { 'application/json': bookingSchema } },
      400: error('The body is not valid, there is no such seat, or the event is sold out'),
      404: error('No such event'),
      409: error('The seat is taken'),
    },
  },
  async handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    const { seatNumber } = context.body;
    const userId = believedUser(context, context.body.userId);
    if (seatNumber === undefined) return booked(await bookBest(context, event.record.id, userId));
    const { totalSeats } = event.plan;
    if (seatNumber < 1 || seatNumber > totalSeats) {
      return new Problem('seat_not_found', `seatNumber must be from 1 to ${totalSeats}`);
    }
    const wish = { eventId: event.record.id, seat: seatNumber, userId };
    return booked(await bookSeat(context, wish), seatNumber);
  },
  failure,
});

/** @param seatNumber what was asked for; undefined: whatever was got. */
function booked(outcome: Outcome<ReservationRecord>, seatNumber?: number): Answer | Problem {
  if (!outcome.ok) return refused(outcome.rejection);
  const { id, eventId, userId, seats } = outcome.value;
  // A booking that was there already had no effect: the gateway keeps the answer.
  return jsonAnswer(200, {
    success: true,
    eventId,
    seatNumber: seatNumber ?? present(seats[0], 'the seat of a booking'),
    userId,
    message: 'Seat booked successfully',
    bookingId: id,
  });
}

export const ticketBookingRoutes: readonly Route[] = [createEvent, getEvent, listSeats, book];
