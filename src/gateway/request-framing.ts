/**
 * Where a request's body ends must not be open to two readings, or a proxy in front and this server
 * may disagree on where the next request starts (request smuggling, RFC 9112 §6.3). uWebSockets.js
 * lets these through: two `Content-Length`s, an empty one, a `Transfer-Encoding` that is not
 * `chunked`.
 */
import { Problem } from './problem.js';
import type { RequestHeaders } from './request-headers.js';

/** Headers of which two are never right, beside the framing's own. */
const SINGLE = [
  'content-length',
  'transfer-encoding',
  'host',
  'content-type',
  'authorization',
  'idempotency-key',
  'sec-websocket-key',
  'sec-websocket-version',
];
const DIGITS = /^\d{1,15}$/;

/**
 * Why the connection cannot be trusted any further: answered 400 and closed. undefined: the framing
 * is clear.
 */
export function framingProblem(headers: RequestHeaders): Problem | undefined {
  const repeated = headers.repeatedOf(SINGLE);
  if (repeated !== undefined) return badHeader(repeated, 'must be sent once');
  const length = headers.get('content-length');
  const encoding = headers.get('transfer-encoding');
  if (length !== undefined && !DIGITS.test(length))
    return badHeader('content-length', 'must be a number');
  if (encoding === undefined) return undefined;
  if (length !== undefined)
    return badHeader('transfer-encoding', 'must not come with content-length');
  return encoding.toLowerCase() === 'chunked'
    ? undefined
    : badHeader('transfer-encoding', 'must be chunked');
}

/** Bytes of body that were announced: 0, a number, or undefined where the body is chunked. */
export function announcedBytes(headers: RequestHeaders): number | undefined {
  if (headers.get('transfer-encoding') !== undefined) return undefined;
  return Number(headers.get('content-length') ?? 0);
}

function badHeader(path: string, message: string): Problem {
  return new Problem('invalid_request', `The header ${path} ${message}.`, {
    issues: [{ in: 'header', path, message }],
  });
}
