/** Whether the answer to a request that changes something is one that API §2 and §3 allow. */
import type { ProblemBody, ReservationBody } from './api-bodies.js';
import { problemOf, type Reply } from './api-client.js';
import type { ClientRequest, KnownReservation, RequestKind } from './client-book.js';

/** What is known of a request before it is answered. */
export interface Asked {
  readonly request: ClientRequest;
  /** How many seats a reserve is for. */
  readonly seatCount: number;
  /** Of a reserve, milliseconds. */
  readonly holdMs: number;
  /** The reservation as its user knows it. */
  readonly before?: KnownReservation;
}

/** What a server may say besides yes, by what it was asked. */
const REFUSALS: Readonly<Record<RequestKind, readonly string[]>> = {
  reserve: ['seat_unavailable', 'sold_out', 'not_enough_adjacent'],
  confirm: ['reservation_expired'],
  cancel: ['reservation_expired'],
  extend: ['reservation_expired', 'extension_refused'],
  release: ['reservation_expired'],
  refund: [],
};

const STATUS_AFTER = {
  reserve: 'reserved',
  confirm: 'confirmed',
  cancel: 'cancelled',
  extend: 'reserved',
  release: 'reserved',
  refund: 'refunded',
} as const;

export function isYes({ kind }: ClientRequest, reply: Reply<unknown>): boolean {
  return reply.status === (kind === 'reserve' ? 201 : 200);
}

/** What is wrong with a yes. */
export function yesFault(asked: Asked, reservation: ReservationBody): string | undefined {
  const { request, before } = asked;
  if (reservation.userId !== request.body.userId) return 'is of another user';
  const isAllReleased = request.kind === 'release' && reservation.status === 'cancelled';
  if (reservation.status !== STATUS_AFTER[request.kind] && !isAllReleased) return 'has that status';
  const { createdAt, expiresAt, confirmedAt = '' } = reservation;
  if (request.kind === 'reserve') return reserveFault(asked, reservation);
  if (request.kind === 'confirm' && !(confirmedAt >= createdAt && confirmedAt < expiresAt)) {
    return 'was confirmed outside its time';
  }
  if (request.kind === 'extend') {
    return expiresAt >= (before?.expiresAt ?? '') ? undefined : 'was shortened';
  }
  return expiresAt === before?.expiresAt ? undefined : 'ends at another time than before';
}

function reserveFault(asked: Asked, reservation: ReservationBody): string | undefined {
  const { seatIds, createdAt, expiresAt } = reservation;
  const { seatIds: wanted = seatIds } = asked.request.body;
  if (seatIds.join() !== wanted.join()) return 'has other seats than were asked for';
  if (seatIds.length !== asked.seatCount) return 'has more seats or fewer';
  const isFull = Date.parse(expiresAt) - Date.parse(createdAt) === asked.holdMs;
  return isFull ? undefined : `is not held for ${asked.holdMs} ms`;
}

/** What is wrong with a no. @param now the server's clock */
export function noFault(asked: Asked, reply: Reply<unknown>, now = Date.now): string | undefined {
  const { request, before } = asked;
  const problem = problemOf(reply);
  const isKnown = reply.status === 409 && REFUSALS[request.kind].includes(problem.code);
  if (!isKnown) return 'is no answer to this';
  if (problem.code === 'reservation_expired' && now() < Date.parse(before?.expiresAt ?? '')) {
    return `comes before ${before?.expiresAt}`;
  }
  if (problem.code !== 'seat_unavailable') return undefined;
  return conflictFault(problem, request.body.seatIds);
}

/** Every conflict is named, of a seat that was asked for; a hold's with its end. */
function conflictFault(
  { conflicts = [] }: ProblemBody,
  seatIds: readonly string[] | undefined,
): string | undefined {
  const odd = conflicts.find(
    ({ seatId, status, expiresAt }) =>
      seatIds?.includes(seatId) === false ||
      status === 'available' ||
      (status === 'reserved') !== (expiresAt !== undefined),
  );
  if (conflicts.length === 0) return 'names no conflict';
  return odd === undefined ? undefined : `names ${JSON.stringify(odd)}`;
}

/** What is wrong with being told to come back. Who leaves the choice of seats to the server may find that others were faster. */
export function laterFault(
  { request }: Asked,
  reply: Reply<unknown>,
  codes: readonly string[],
): string | undefined {
  const { code } = problemOf(reply);
  const isBest = request.kind === 'reserve' && request.body.seatIds === undefined;
  const isRetry = request.idempotencyKey !== undefined && code === 'idempotency_in_flight';
  const isExcused = isRetry || (isBest && code === 'overloaded');
  if (!codes.includes(code) && !isExcused) return 'is no answer to this';
  const seconds = reply.headers['retry-after'];
  return typeof seconds === 'string' && /^[1-9]\d*$/.test(seconds)
    ? undefined
    : 'has no Retry-After';
}
