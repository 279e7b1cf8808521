/**
 * `Idempotency-Key` on every POST (API §2), in one place.
 *
 * 1. A key belongs to a principal; its fingerprint is of method, path, query and body.
 * 2. The first answer is on disk before it is sent: beside the effect (`keptWithEffect`), or by
 *    `remember` here.
 * 3. 429 and 5xx are not kept: the key is free again. But not where the effect may happen yet: then the same request finds
 *    itself in flight, until it has happened or its time is up (`idempotency-table.ts`).
 */
import { createHash } from 'node:crypto';
import type { KeptAnswer } from '../desk/ports.js';
import type { RequestMark } from '../desk/requests.js';
import type { IdempotencyMark } from '../domain/commands.js';
import { assert } from '../lib/assert.js';
import { ServerFault } from '../lib/server-fault.js';
import type { Answer } from './answer.js';
import type { GatewayDesk } from './desk-port.js';
import { Problem } from './problem.js';

const KEY_FORM = /^[\x21-\x7e]{1,255}$/;
/** How long a client should wait for its own request that is still being worked on. */
const IN_FLIGHT_RETRY_MS = 1_000;
const REPLAYED = { 'Idempotent-Replayed': 'true' } as const;

export interface MarkedRequest {
  /** As sent. */
  readonly key: string;
  readonly principal: string;
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly search: string;
  readonly body: Buffer;
  readonly requestId: string;
}

/** Whether the answer is the first one again. */
export function isReplayed({ headers }: Answer): boolean {
  return headers !== undefined && 'Idempotent-Replayed' in headers;
}

/** The mark under which the request's answer is kept, or the problem of its key. */
export function idempotencyMark(request: MarkedRequest): IdempotencyMark | Problem {
  const { key, principal, method, path, search, body, requestId } = request;
  if (!KEY_FORM.test(key)) {
    const message = 'must be 1 to 255 visible ASCII characters';
    return new Problem('invalid_request', `The header Idempotency-Key ${message}.`, {
      issues: [{ in: 'header', path: 'Idempotency-Key', message }],
    });
  }
  const hash = createHash('sha256').update(`${method} ${path}?${search}\n`).update(body);
  // Keys have no spaces: no principal can reach into another's.
  return { key: `${principal} ${key}`, fingerprint: hash.digest('base64url'), requestId };
}

/**
 * Gives the first answer again, or makes and keeps it.
 *
 * @param run the whole request; may be called with a `replay`, and then has no effect. Rejects with
 *   ServerFaults only.
 */
export async function idempotently(
  desk: GatewayDesk,
  mark: IdempotencyMark,
  run: (mark: RequestMark) => Promise<Answer>,
): Promise<Answer | Problem> {
  const { key, fingerprint } = mark;
  const start = await desk.query('beginIdempotent', { key, fingerprint });
  switch (start.found) {
    case 'fresh':
      return firstAnswer(desk, mark, run);
    case 'outcome': {
      const answer = await run({ ...mark, requestId: start.requestId, replay: start.outcome });
      return { ...answer, headers: { ...answer.headers, ...REPLAYED } };
    }
    case 'answer':
      return keptAnswer(start.answer);
    case 'other_body':
      return new Problem('idempotency_key_reused', 'The key was used with another request.');
    case 'in_flight':
      return new Problem(
        'idempotency_in_flight',
        'The first request with this key is not answered yet.',
        {
          retryAfterMs: IN_FLIGHT_RETRY_MS,
        },
      );
  }
}

async function firstAnswer(
  desk: GatewayDesk,
  mark: IdempotencyMark,
  run: (mark: RequestMark) => Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await run(mark);
    if (answer.status === 429 || answer.status >= 500) desk.abandon(mark.key);
    else if (answer.keptWithEffect === undefined) await desk.remember(mark, toKept(answer));
    return answer;
  } catch (cause) {
    if (cause instanceof ServerFault && !cause.mayHappenYet) desk.abandon(mark.key);
    throw cause;
  }
}

const CONTENT_TYPE = 'Content-Type';

function toKept({ status, body, contentType, headers }: Answer): KeptAnswer {
  assert(typeof body === 'string', 'the answer to a POST is text');
  return {
    status,
    body,
    headers: contentType === null ? { ...headers } : { ...headers, [CONTENT_TYPE]: contentType },
  };
}

function keptAnswer({ status, body, headers }: KeptAnswer): Answer {
  const { [CONTENT_TYPE]: contentType = null, ...others } = headers;
  return { status, body, contentType, headers: { ...others, ...REPLAYED } };
}
