/** Reservations: made, read, and moved by their user. */
import { z } from 'zod';
import type { OfReservation } from '../../desk/requests.js';
import { type ReservationId, userId } from '../../domain/ids.js';
import type { Outcome } from '../../domain/rejection.js';
import type { ReservationRecord } from '../../domain/reservation.js';
import { parseReservationId } from '../../domain/reservation-id.js';
import { present } from '../../lib/assert.js';
import { type Answer, effectTextAnswer, jsonTextAnswer } from '../answer.js';
import { believedUser } from '../believed-user.js';
import type { GatewayDesk } from '../desk-port.js';
import { idParams, RESERVATION_SEATS_MAX, seatIdField, userIdField } from '../field-schemas.js';
import { hasKeyCount, isPrintable, withGlance } from '../glance.js';
import { Problem } from '../problem.js';
import { refused } from '../refusal.js';
import { requestedSeats } from '../requested-seats.js';
import { reservationSchema, reservationText } from '../reservation-json.js';
import { type Operation, type RequestContext, type Route, route } from '../route.js';

const TAGS = ['reservations'];
const JSON_RESERVATION = { 'application/json': reservationSchema };
const FOUND = { 200: { description: 'The reservation', content: JSON_RESERVATION } };

const getReservation = route({
  method: 'GET',
  path: '/v1/reservations/:id',
  params: idParams,
  operation: {
    summary: 'Get a reservation',
    tags: TAGS,
    responses: FOUND,
    problems: ['reservation_not_found'],
  },
  async handle({ desk, params }) {
    const id = requestedReservation(params.id);
    if (id instanceof Problem) return id;
    const record = await desk.reservation(id);
    if (record === undefined) return noReservation(params.id);
    return jsonTextAnswer(200, reservationIn(desk, record));
  },
});

/** The id, where the text can be one; what cannot is as unknown to clients as what is not. */
function requestedReservation(text: string): ReservationId | Problem {
  const id = text.startsWith('rsv_') ? parseReservationId(text) : undefined;
  return id ?? noReservation(text);
}

function noReservation(text: string): Problem {
  return new Problem('reservation_not_found', `There is no reservation ${text}.`);
}

/** A reservation's event may be deleted; it is never forgotten. */
function reservationIn(desk: GatewayDesk, record: ReservationRecord): string {
  return reservationText(
    record,
    present(desk.anyEvent(record.eventId), 'the event of a reservation'),
  );
}

/** @internal exported for its test alone */
export const userBody = withGlance(
  z.strictObject({ userId: userIdField }).meta({ id: 'OfUser' }),
  (value) =>
    hasKeyCount(value, 1) && isPrintable(value.userId)
      ? { userId: userId(value.userId) }
      : undefined,
);

type Move = 'confirm' | 'cancel' | 'extend';

/** A route by which the user moves the whole reservation. */
function moveRoute(
  move: Move,
  operation: Pick<Operation, 'summary' | 'description' | 'problems'>,
): Route {
  return route({
    method: 'POST',
    path: `/v1/reservations/:id/${move}`,
    params: idParams,
    body: userBody,
    operation: { ...operation, tags: TAGS, responses: FOUND },
    handle: (context) =>
      moved(context, context.body.userId, (request) => context.desk[move](request)),
  });
}

async function moved(
  context: RequestContext<{ readonly id: string }>,
  claimed: string,
  ask: (request: OfReservation) => Promise<Outcome<ReservationRecord>>,
): Promise<Answer | Problem> {
  const reservationId = requestedReservation(context.params.id);
  if (reservationId instanceof Problem) return reservationId;
  const userId = believedUser(context, claimed);
  return movedAnswer(context.desk, await ask({ reservationId, userId, ...context.marked }));
}

function movedAnswer(desk: GatewayDesk, outcome: Outcome<ReservationRecord>): Answer | Problem {
  if (!outcome.ok) return refused(outcome.rejection);
  return effectTextAnswer(200, reservationIn(desk, outcome.value));
}

const ENDED = ['reservation_expired', 'reservation_cancelled', 'reservation_refunded'] as const;

const confirm = moveRoute('confirm', {
  summary: 'Confirm a reservation: its seats are booked',
  description: 'Again by the same user: the same answer.',
  problems: ['reservation_not_found', 'not_holder', ...ENDED],
});

const cancel = moveRoute('cancel', {
  summary: 'Cancel a reservation: its seats are free at once',
  description: 'Again: the same answer.',
  problems: [
    'reservation_not_found',
    'not_holder',
    'reservation_expired',
    'reservation_confirmed',
    'reservation_refunded',
  ],
});

const extend = moveRoute('extend', {
  summary: 'Extend a hold',
  description:
    'Once more the hold time from now; at most twice, never past three times the ' +
    'hold time from the start.',
  problems: [
    'reservation_not_found',
    'not_holder',
    'reservation_confirmed',
    'extension_refused',
    ...ENDED,
  ],
});

const releaseSchema = z
  .strictObject({
    userId: userIdField,
    seatIds: z.array(seatIdField).min(1).max(RESERVATION_SEATS_MAX),
  })
  .meta({ id: 'Release' });

const release = route({
  method: 'POST',
  path: '/v1/reservations/:id/release',
  params: idParams,
  body: releaseSchema,
  operation: {
    summary: 'Give up some seats of a hold',
    description:
      'The last one cancels the reservation. A seat that is not of the reservation is ' +
      '`seat_not_found`.',
    tags: TAGS,
    responses: FOUND,
    problems: [
      'reservation_not_found',
      'seat_not_found',
      'not_holder',
      'reservation_confirmed',
      ...ENDED,
    ],
  },
  async handle(context) {
    const { desk, params, body, marked } = context;
    const reservationId = requestedReservation(params.id);
    if (reservationId instanceof Problem) return reservationId;
    const record = await desk.reservation(reservationId);
    if (record === undefined) return noReservation(params.id);
    const { plan } = present(desk.anyEvent(record.eventId), 'the event of a reservation');
    const seats = requestedSeats(plan, body.seatIds, 'seatIds');
    if (seats instanceof Problem) return seats;
    const userId = believedUser(context, body.userId);
    return movedAnswer(desk, await desk.release({ reservationId, userId, seats, ...marked }));
  },
});

const refund = route({
  method: 'POST',
  path: '/v1/reservations/:id/refund',
  admin: true,
  params: idParams,
  body: z.strictObject({}).optional(),
  operation: {
    summary: 'Refund a booking: its seats are available again',
    tags: TAGS,
    responses: FOUND,
    problems: ['reservation_not_found', 'reservation_not_confirmed'],
  },
  async handle({ desk, params, marked }) {
    const reservationId = requestedReservation(params.id);
    if (reservationId instanceof Problem) return reservationId;
    return movedAnswer(desk, await desk.refund({ reservationId, ...marked }));
  },
});

export const reservationRoutes: readonly Route[] = [
  getReservation,
  confirm,
  cancel,
  release,
  extend,
  refund,
];
