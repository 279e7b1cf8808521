/**
 * Every way in which a request is answered with an error: one exhaustive table from permanent code
 * to HTTP status and title (API §2), and the RFC 9457 body made from it. Codes are never renamed.
 */
import type { RejectionCode } from '../domain/rejection.js';
import type { SeatStatus } from '../domain/seat-status.js';
import type { Answer } from './answer.js';
import { jsonText } from './json-text.js';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

const kind = (status: number, title: string): ProblemKind => ({ status, title });

/** What only the gateway says no to. */
const GATEWAY_PROBLEMS = {
  invalid_request: kind(400, 'The request is not valid'),
  malformed_json: kind(400, 'The body is not JSON'),
  unauthenticated: kind(401, 'Credentials are missing or wrong'),
  forbidden: kind(403, 'Not allowed'),
  route_not_found: kind(404, 'There is no such route'),
  method_not_allowed: kind(405, 'The route does not have this method'),
  idempotency_in_flight: kind(409, 'The same request is still being worked on'),
  body_too_large: kind(413, 'The body is too large'),
  unsupported_media_type: kind(415, 'The body must be JSON'),
  idempotency_key_reused: kind(422, 'The idempotency key belongs to another request'),
  rate_limited: kind(429, 'Too many requests'),
} as const;

/** Faults: the server is ill or busy, the request may be repeated. */
const FAULT_PROBLEMS = {
  overloaded: kind(503, 'The server is overloaded'),
  shard_restarting: kind(503, 'A part of the server is starting again'),
  shutting_down: kind(503, 'The server is shutting down'),
  storage_failed: kind(503, 'The storage has failed'),
} as const;

/** `reservation_not_confirmed` and `event_in_use` are ours where the contract is silent. */
const REJECTION_PROBLEMS = {
  not_holder: kind(403, 'The reservation is not yours'),
  event_not_found: kind(404, 'There is no such event'),
  seat_not_found: kind(404, 'There is no such seat'),
  reservation_not_found: kind(404, 'There is no such reservation'),
  seat_unavailable: kind(409, 'A seat is not available'),
  sold_out: kind(409, 'Not enough seats are left'),
  not_enough_adjacent: kind(409, 'Not enough seats side by side are left'),
  leaves_orphan: kind(409, 'The selection would leave a single seat alone'),
  reservation_expired: kind(409, 'The reservation has expired'),
  reservation_cancelled: kind(409, 'The reservation was cancelled'),
  reservation_confirmed: kind(409, 'The reservation is confirmed already'),
  reservation_refunded: kind(409, 'The reservation was refunded'),
  reservation_not_confirmed: kind(409, 'The reservation is not confirmed'),
  limit_exceeded: kind(409, 'More seats than one user may have'),
  extension_refused: kind(409, 'The hold cannot be extended again'),
  event_closed: kind(409, 'The event is closed'),
  event_exists: kind(409, 'There is an event of that id already'),
  event_in_use: kind(409, 'The event has live holds or bookings'),
} as const satisfies Record<RejectionCode, ProblemKind>;

/** Status and title of every code. */
export const PROBLEMS = { ...GATEWAY_PROBLEMS, ...FAULT_PROBLEMS, ...REJECTION_PROBLEMS } as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One bad field of a request. */
export interface ProblemIssue {
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** Keys and indexes joined by dots (`sections.0.rows`); empty: the whole. */
  readonly path: string;
  readonly message: string;
}

/** A seat that stood in the way, named as clients name it. */
export interface ProblemConflict {
  readonly seatId: string;
  readonly status: SeatStatus;
  /** RFC 3339; where the obstacle is a hold. */
  readonly expiresAt?: string;
}

export interface ProblemDetails {
  readonly issues?: readonly ProblemIssue[];
  readonly conflicts?: readonly ProblemConflict[];
  /**
   * Milliseconds until asking again is worth while; sent as `Retry-After` too, in whole seconds,
   * rounded up.
   */
  readonly retryAfterMs?: number;
  /** `Allow`, `WWW-Authenticate`: what the status demands. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as a value: handlers return it, and the route's `failure` renders it. */
export class Problem {
  readonly code: ProblemCode;
  /** One sentence for a person, about this occurrence. */
  readonly detail: string;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, detail: string, details: ProblemDetails = {}) {
    this.code = code;
    this.detail = detail;
    this.details = details;
  }

  /** The status of the native API. */
  get status(): number {
    return PROBLEMS[this.code].status;
  }

  get title(): string {
    return PROBLEMS[this.code].title;
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The native rendering: RFC 9457. */
export function problemAnswer(problem: Problem, requestId: string): Answer {
  const { issues, conflicts, retryAfterMs } = problem.details;
  const [opening, code] = TEXTS[problem.code];
  let text = opening + jsonText(problem.detail) + code + jsonText(requestId);
  if (issues !== undefined) text += `,"issues":${JSON.stringify(issues)}`;
  if (conflicts !== undefined) text += `,"conflicts":[${conflicts.map(conflictText).join(',')}]`;
  if (retryAfterMs !== undefined) text += `,"retryAfterMs":${retryAfterMs}`;
  return { status: problem.status, body: `${text}}`, contentType: PROBLEM_TYPE };
}

function conflictText({ seatId, status, expiresAt }: ProblemConflict): string {
  const until = expiresAt === undefined ? '' : `,"expiresAt":"${expiresAt}"`;
  return `{"seatId":${jsonText(seatId)},"status":"${status}"${until}}`;
}

/** Of each code's body what never changes, around `detail`: refusals are most of what a hot sale is answered with. */
const TEXTS = Object.fromEntries(
  Object.entries(PROBLEMS).map(([code, { status, title }]) => {
    const type = `urn:holdfast:problem:${code}`;
    const opening = JSON.stringify({ type, title, status }).slice(0, -1);
    return [code, [`${opening},"detail":`, `,"code":"${code}","requestId":`]];
  }),
) as unknown as Readonly<Record<ProblemCode, readonly [opening: string, code: string]>>; // one entry a code

/**
 * What the server adds however a route renders its problems: `Retry-After`, `Allow`,
 * `WWW-Authenticate`. undefined: nothing.
 */
export function problemHeaders(problem: Problem): Readonly<Record<string, string>> | undefined {
  const { headers, retryAfterMs } = problem.details;
  if (retryAfterMs === undefined) return headers;
  return { ...headers, 'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
}
