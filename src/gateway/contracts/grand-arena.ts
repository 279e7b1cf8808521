/**
 * API §5.5, "Grand Arena": seats of the event `default`, reserved and confirmed in the path, the user in the query.
 *
 * Where the contract is silent: a missing `user_id` is 400 (the earlier system's framework said 422); parameters that are not
 * known are passed over, bodies too; a house seat reads as sold. A seat that is one of several of a native reservation
 * confirms that reservation whole, and reserving it again by the same user shows its end.
 */
import { z } from 'zod';
import type { Rejection } from '../../domain/rejection.js';
import type { VenuePlan } from '../../domain/venue-plan.js';
import { jsonAnswer } from '../answer.js';
import { believedUser } from '../believed-user.js';
import { printableText, timeField, userIdField } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { refused } from '../refusal.js';
import { rfc3339 } from '../rfc3339.js';
import { type RequestContext, type Route, route } from '../route.js';
import { confirmSeat, type SeatWish } from './confirm-seat.js';
import { contractErrors } from './contract-errors.js';
import { defaultSeat, type NamedSeat } from './default-seat.js';
import { takeSeat } from './take-seat.js';

const TAGS = ['5.5 grand arena'];
const RETRY_MS = 1_000;

const NOT_FOUND = { message: 'Seat not found' };
const NOT_RESERVED = { status: 400, message: 'Seat is not reserved' };

const { failure, response: error } = contractErrors({
  refusals: {
    event_not_found: NOT_FOUND,
    seat_not_found: NOT_FOUND,
    seat_unavailable: { status: 400, message: 'Seat already reserved' },
    reservation_confirmed: { status: 400, message: 'Seat already sold' },
    not_holder: { status: 400, message: 'Seat is reserved by another user' },
    reservation_not_found: NOT_RESERVED,
    reservation_expired: NOT_RESERVED,
    leaves_orphan: { status: 400 },
    limit_exceeded: { status: 400 },
    event_closed: { status: 400 },
  },
  schema: z.strictObject({ detail: z.string() }),
  body: (_, detail) => ({ detail }),
});

/** The native rejection, unless the seat in the way is past reserving: then it is sold, whoever asks for what. */
function refusedSeat(rejection: Rejection, plan: VenuePlan): Problem {
  const [obstacle] = rejection.conflicts ?? [];
  const isSold = obstacle?.status === 'booked' || obstacle?.status === 'blocked';
  return isSold ? sold() : refused(rejection, plan);
}

function sold(): Problem {
  return new Problem('reservation_confirmed', 'The seat is sold.');
}

const health = route({
  method: 'GET',
  path: '/health',
  unlimited: true,
  operation: {
    summary: 'Is the server there',
    tags: TAGS,
    responses: {
      200: {
        description: 'Yes',
        content: { 'application/json': z.strictObject({ status: z.literal('ok') }) },
      },
      503: error('It is shutting down'),
    },
  },
  handle: ({ gateway }) =>
    gateway.isDraining
      ? new Problem('shutting_down', 'The server is shutting down.', { retryAfterMs: RETRY_MS })
      : jsonAnswer(200, { status: 'ok' }),
  failure,
});

const seatParams = z.object({
  id: printableText.meta({ description: 'A label or a number; it comes back as it was sent.' }),
});
const userQuery = z.object({ user_id: userIdField });

type SeatContext = RequestContext<z.output<typeof seatParams>, z.output<typeof userQuery>>;

function wishOf(context: SeatContext, { event, seat }: NamedSeat): SeatWish {
  const userId = believedUser(context, context.query.user_id);
  return { eventId: event.record.id, seat, userId };
}

const reservedSchema = z.strictObject({
  message: z.literal('Seat reserved successfully'),
  seat_id: z.string(),
  status: z.literal('RESERVED'),
  expires_at: timeField,
});

const reserve = route({
  method: 'POST',
  path: '/seats/:id/reserve',
  params: seatParams,
  query: userQuery,
  operation: {
    summary: 'Reserve a seat',
    description: 'Again by the same user: the same answer, and nothing changes.',
    tags: TAGS,
    responses: {
      200: { description: 'Reserved', content: { 'application/json': reservedSchema } },
      400: error('The seat is taken, or the request is not valid'),
      404: error('No such seat'),
    },
  },
  async handle(context) {
    const named = defaultSeat(context, context.params.id);
    if (named instanceof Problem) return named;
    const outcome = await takeSeat(context, wishOf(context, named), 'hold');
    if (!outcome.ok) return refusedSeat(outcome.rejection, named.event.plan);
    const { record } = outcome.value;
    if (record.status === 'confirmed') return sold();
    // A hold that was there already had no effect: the gateway keeps the answer.
    return jsonAnswer(200, {
      message: 'Seat reserved successfully',
      seat_id: context.params.id,
      status: 'RESERVED',
      expires_at: rfc3339(record.expiresAt),
    });
  },
  failure,
});

const confirmedSchema = z.strictObject({
  message: z.literal('Seat confirmed successfully'),
  seat_id: z.string(),
  status: z.literal('CONFIRMED'),
});

const confirm = route({
  method: 'POST',
  path: '/seats/:id/confirm',
  params: seatParams,
  query: userQuery,
  operation: {
    summary: 'Confirm a seat that the user has reserved',
    description: 'Again: the same answer.',
    tags: TAGS,
    responses: {
      200: { description: 'Confirmed', content: { 'application/json': confirmedSchema } },
      400: error('The seat is not reserved by the user, or the request is not valid'),
      404: error('No such seat'),
    },
  },
  async handle(context) {
    const named = defaultSeat(context, context.params.id);
    if (named instanceof Problem) return named;
    const outcome = await confirmSeat(context, wishOf(context, named));
    if (!outcome.ok) return refusedSeat(outcome.rejection, named.event.plan);
    return jsonAnswer(200, {
      message: 'Seat confirmed successfully',
      seat_id: context.params.id,
      status: 'CONFIRMED',
    });
  },
  failure,
});

export const grandArenaRoutes: readonly Route[] = [health, reserve, confirm];
