/**
 * `ETag` and `If-None-Match` (RFC 9110 §13.1.2): an answer that the client has already is not sent
 * again.
 */
import { createHash } from 'node:crypto';
import { assert } from '../lib/assert.js';
import { type Answer, emptyAnswer } from './answer.js';
import type { RequestHeaders } from './request-headers.js';

/**
 * @param etag as it is sent, quotes and all.
 * @param make called only where the client does not have the answer.
 */
export function conditionalAnswer(
  headers: RequestHeaders,
  etag: string,
  make: () => Answer,
): Answer {
  // Kept by caches, but asked about every time.
  const validators = { ETag: etag, 'Cache-Control': 'no-cache' };
  if (matchesEtag(headers.get('if-none-match'), etag)) return emptyAnswer(304, validators);
  const answer = make();
  return { ...answer, headers: { ...validators, ...answer.headers } };
}

/** For small answers: the tag is a digest of the body itself. */
export function digestedAnswer(headers: RequestHeaders, answer: Answer): Answer {
  const { body } = answer;
  assert(typeof body === 'string', 'a digested body is text');
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return conditionalAnswer(headers, `"${digest}"`, () => answer);
}

const TAG = /"[^"]*"/g;

/** Weak comparison: a tag is what stands between its quotes. `*` matches whatever there is. */
function matchesEtag(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false;
  if (condition.trim() === '*') return true;
  const opaque = etag.slice(etag.indexOf('"'));
  return condition.match(TAG)?.includes(opaque) ?? false;
}
