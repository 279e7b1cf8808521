/**
 * API §5.2, "Seat reservation backend": one seat of the event `default` a reservation, confirmed and cancelled by its id.
 *
 * Where the contract is silent: without `userId` a reservation is made for a user of its own, and whoever knows its id, which
 * cannot be guessed, may confirm and cancel it; a `userId` that is sent with an action must be the holder's (403). A seat that is taken
 * is a conflict, the user's own too. `seatId` may be a number in JSON, and comes back as the label; of a native reservation
 * of several seats it is the first one's, and an action moves them all. A refunded booking reads as `CANCELLED`. Ids of other
 * events' reservations are not known here. Fields that are not known are passed over.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Outcome } from '../../domain/rejection.js';
import type { ReservationRecord } from '../../domain/reservation.js';
import { type Answer, effectAnswer, jsonAnswer } from '../answer.js';
import { believedUser } from '../believed-user.js';
import { printableText, seatIdField, userIdField } from '../field-schemas.js';
import { Problem, type ProblemCode } from '../problem.js';
import { refused } from '../refusal.js';
import { type RequestContext, type Route, route } from '../route.js';
import {
  movedJson,
  movedSchema,
  requestedReservation,
  reservationJson,
  reservationSchema,
  type StatusName,
} from './backend-reservation.js';
import { contractErrors } from './contract-errors.js';
import { defaultSeat } from './default-seat.js';
import { keptOutcome } from './kept-outcome.js';

const TAGS = ['5.2 seat reservation backend'];

const INVALID = { name: 'ValidationError' };
const NOT_FOUND = { name: 'NotFoundError' };

const notReserved = (name: StatusName) => ({
  status: 400,
  name: 'InvalidStateError',
  message: `The reservation is ${name}.`,
});

const { failure, response: error } = contractErrors({
  refusals: {
    invalid_request: INVALID,
    malformed_json: INVALID,
    event_not_found: NOT_FOUND,
    seat_not_found: NOT_FOUND,
    reservation_not_found: NOT_FOUND,
    seat_unavailable: { name: 'SeatConflictError' },
    reservation_confirmed: notReserved('CONFIRMED'),
    reservation_cancelled: notReserved('CANCELLED'),
    reservation_expired: notReserved('EXPIRED'),
    reservation_refunded: notReserved('CANCELLED'),
  },
  nameOf: classNameOf,
  schema: z.strictObject({ error: z.string(), message: z.string() }),
  body: (name, message) => ({ error: name, message }),
});

/** `rate_limited` is `RateLimitedError`. */
function classNameOf(code: ProblemCode): string {
  const words = code.split('_').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return `${words.join('')}Error`;
}

const ACTION_ERRORS = {
  400: error('The reservation is not `RESERVED`, or the request is not valid'),
  403: error('The reservation is of another user than the one that was sent'),
  404: error('No such reservation'),
};

const nameField = z.union([seatIdField, z.int().min(1)]).transform(String);

/** With an `action` it is the other form gone wrong, and not to be taken for a reservation. */
const reserveForm = z
  .looseObject({ seatId: nameField, userId: userIdField.optional() })
  .refine((body) => !('action' in body), 'must be an action with its reservationId, or a seatId')
  .transform(({ seatId, userId }) => ({ seatId, userId }));
const actionForm = z.object({
  reservationId: printableText,
  action: z.enum(['confirm', 'cancel']),
  userId: userIdField.optional(),
});

type ReserveForm = z.output<typeof reserveForm>;
type ActionForm = z.output<typeof actionForm>;

const postReservations = route({
  method: 'POST',
  path: '/reservations',
  body: z.union([reserveForm, actionForm]),
  operation: {
    summary: 'Reserve a seat, or confirm or cancel a reservation',
    description: 'Without `userId` whoever knows the id may confirm or cancel it.',
    tags: TAGS,
    responses: {
      201: { description: 'Reserved', content: { 'application/json': reservationSchema } },
      200: { description: 'Confirmed or cancelled', content: { 'application/json': movedSchema } },
      ...ACTION_ERRORS,
      409: error('The seat is taken'),
    },
  },
  handle: (context) => {
    const { body } = context;
    return 'action' in body ? act(context, body) : reserve(context, body);
  },
  failure,
});

async function reserve(context: RequestContext, body: ReserveForm): Promise<Answer | Problem> {
  const { desk, marked } = context;
  const named = defaultSeat(context, body.seatId);
  if (named instanceof Problem) return named;
  const { event, seat } = named;
  const userId = believedUser(context, body.userId ?? nobody());
  const wish = { eventId: event.record.id, userId, seats: [seat], reuseOwn: false } as const;
  const outcome = await desk.reserve({ ...wish, purpose: 'hold', ...marked });
  if (!outcome.ok) return refused(outcome.rejection, event.plan);
  return effectAnswer(201, reservationJson(desk, outcome.value.record));
}

/** A user of its own for each reservation: nobody can say to be it, and no limit per user counts two of them together. */
function nobody(): string {
  return `anonymous-${randomUUID()}`;
}

async function act(context: RequestContext, wish: ActionForm): Promise<Answer | Problem> {
  const outcome = keptOutcome(context.marked) ?? (await moved(context, wish));
  if (outcome instanceof Problem) return outcome;
  if (!outcome.ok) return refused(outcome.rejection);
  return effectAnswer(200, movedJson(context.desk, outcome.value));
}

async function moved(
  context: RequestContext,
  { reservationId: text, action, userId: claimed }: ActionForm,
): Promise<Outcome<ReservationRecord> | Problem> {
  const record = await requestedReservation(context.desk, text);
  if (record instanceof Problem) return record;
  const { id: reservationId, status } = record;
  // The command takes a second confirm for the first one's retry; this contract does not.
  if (status !== 'reserved') {
    return new Problem(`reservation_${status}`, `reservation ${reservationId} is ${status}`);
  }
  const userId = believedUser(context, claimed ?? record.userId);
  return context.desk[action]({ reservationId, userId, ...context.marked });
}

const reservationParams = z.object({ reservationId: printableText });

function actionRoute(action: ActionForm['action']): Route {
  return route({
    method: 'POST',
    path: `/reservations/:reservationId/${action}`,
    params: reservationParams,
    body: z.object({ userId: userIdField.optional() }).optional(),
    operation: {
      summary: `${action === 'confirm' ? 'Confirm' : 'Cancel'} a reservation`,
      description: 'From any status but `RESERVED` it is 400: a second time, too.',
      tags: TAGS,
      responses: {
        200: { description: 'Done', content: { 'application/json': movedSchema } },
        ...ACTION_ERRORS,
      },
    },
    handle: (context) => {
      const { reservationId } = context.params;
      return act(context, { reservationId, action, userId: context.body?.userId });
    },
    failure,
  });
}

const getReservation = route({
  method: 'GET',
  path: '/reservations/:reservationId',
  params: reservationParams,
  operation: {
    summary: 'Get a reservation',
    description: 'A refunded booking reads as `CANCELLED`.',
    tags: TAGS,
    responses: {
      200: { description: 'The reservation', content: { 'application/json': reservationSchema } },
      404: error('No such reservation'),
    },
  },
  async handle(context) {
    const record = await requestedReservation(context.desk, context.params.reservationId);
    return record instanceof Problem
      ? record
      : jsonAnswer(200, reservationJson(context.desk, record));
  },
  failure,
});

export const reservationBackendRoutes: readonly Route[] = [
  postReservations,
  actionRoute('confirm'),
  actionRoute('cancel'),
  getReservation,
];
