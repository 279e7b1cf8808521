/** Reserving seats of one event: those that are named, or the best that are available. */
import { z } from 'zod';
import type { Reserved } from '../../desk/requests.js';
import { userId } from '../../domain/ids.js';
import type { Outcome } from '../../domain/rejection.js';
import { type Soon, whenKnown } from '../../lib/soon.js';
import { type Answer, effectTextAnswer, jsonTextAnswer } from '../answer.js';
import { believedUser } from '../believed-user.js';
import type { GatewayEvent } from '../desk-port.js';
import {
  holdSecondsField,
  idParams,
  printableText,
  RESERVATION_SEATS_MAX,
  seatIdField,
  userIdField,
} from '../field-schemas.js';
import { hasKeyCount, isPrintable, withGlance } from '../glance.js';
import { Problem } from '../problem.js';
import { refused } from '../refusal.js';
import { requestedEvent } from '../requested-event.js';
import { requestedSeats } from '../requested-seats.js';
import { reservationSchema, reservationText } from '../reservation-json.js';
import { type RequestContext, route } from '../route.js';

const namedSeats = z
  .strictObject({
    userId: userIdField,
    seatIds: z.array(seatIdField).min(1).max(RESERVATION_SEATS_MAX),
    holdSeconds: holdSecondsField.optional(),
  })
  .meta({ id: 'ReserveSeats' });

const bestSeats = z
  .strictObject({
    userId: userIdField,
    quantity: z.int().min(1).max(RESERVATION_SEATS_MAX),
    category: printableText.optional(),
    section: printableText.optional(),
    adjacent: z.boolean().optional().meta({ description: 'Side by side; default true.' }),
    holdSeconds: holdSecondsField.optional(),
  })
  .meta({ id: 'ReserveBest' });

/** @internal exported for its test alone */
export const reserveBody = withGlance(z.union([namedSeats, bestSeats]), (value) => {
  if (!hasKeyCount(value, 2)) return undefined;
  const { userId: user, seatIds } = value;
  if (!isPrintable(user) || !Array.isArray(seatIds) || !seatIds.every(isPrintable))
    return undefined;
  if (seatIds.length === 0 || seatIds.length > RESERVATION_SEATS_MAX) return undefined;
  return { userId: userId(user), seatIds };
});

type NamedSeats = z.output<typeof namedSeats>;
type BestSeats = z.output<typeof bestSeats>;

export const reserveRoute = route({
  method: 'POST',
  path: '/v1/events/:id/reservations',
  params: idParams,
  body: reserveBody,
  operation: {
    summary: 'Reserve seats',
    description:
      'All or nothing. Seats are named, or the best available are chosen: nearest the ' +
      'front and the middle of their row.',
    tags: ['reservations'],
    responses: {
      201: {
        description: 'The reservation',
        content: { 'application/json': reservationSchema },
        headers: { Location: 'Where the reservation is.' },
      },
      200: {
        description: "The user's own live reservation of exactly these seats, unchanged",
        content: { 'application/json': reservationSchema },
      },
    },
    problems: [
      'event_not_found',
      'seat_not_found',
      'seat_unavailable',
      'sold_out',
      'not_enough_adjacent',
      'leaves_orphan',
      'limit_exceeded',
      'event_closed',
    ],
  },
  handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    const { body } = context;
    const outcome =
      'seatIds' in body ? reserveNamed(context, event, body) : reserveBest(context, event, body);
    if (outcome instanceof Problem) return outcome;
    return whenKnown(outcome, (known) => reservedAnswer(known, event));
  },
});

function reserveNamed(
  context: RequestContext,
  event: GatewayEvent,
  { userId: user, seatIds, holdSeconds: holdMs }: NamedSeats,
): Soon<Outcome<Reserved>> | Problem {
  const seats = requestedSeats(event.plan, seatIds, 'seatIds');
  if (seats instanceof Problem) return seats;
  return context.desk.reserve({
    eventId: event.record.id,
    userId: believedUser(context, user),
    seats,
    purpose: 'hold',
    ...(holdMs === undefined ? {} : { holdMs }),
    reuseOwn: true,
    ...context.marked,
  });
}

function reserveBest(
  context: RequestContext,
  event: GatewayEvent,
  { userId: user, quantity, category, section, adjacent = true, holdSeconds: holdMs }: BestSeats,
): Promise<Outcome<Reserved>> {
  return context.desk.reserveBest({
    eventId: event.record.id,
    userId: believedUser(context, user),
    quantity,
    ...(category === undefined ? {} : { category }),
    ...(section === undefined ? {} : { section }),
    adjacent,
    purpose: 'hold',
    ...(holdMs === undefined ? {} : { holdMs }),
    ...context.marked,
  });
}

/**
 * What was there already had no effect: its answer is kept by the gateway, not beside an effect.
 */
function reservedAnswer(outcome: Outcome<Reserved>, event: GatewayEvent): Answer | Problem {
  if (!outcome.ok) return refused(outcome.rejection, event.plan);
  const { record, created } = outcome.value;
  const text = reservationText(record, event);
  if (!created) return jsonTextAnswer(200, text);
  return effectTextAnswer(201, text, { Location: `/v1/reservations/${record.id}` });
}
