/**
 * A request with an `Idempotency-Key`, as the gateway serves it: the real `idempotently` over a desk's command, with answers
 * like those of the routes.
 */
import type { Desk } from '../../src/desk/desk.js';
import type { RequestMark, Reserved } from '../../src/desk/requests.js';
import type { Outcome } from '../../src/domain/rejection.js';
import type { ReservationRecord } from '../../src/domain/reservation.js';
import { type Answer, effectAnswer, jsonAnswer } from '../../src/gateway/answer.js';
import { idempotently } from '../../src/gateway/idempotent-request.js';
import { Problem } from '../../src/gateway/problem.js';

/** What a client makes of an answer. */
export interface Told {
  /** `accepted`, or the code of the problem. */
  readonly code: string;
  readonly record: ReservationRecord | undefined;
  /** It is the first answer again. */
  readonly isReplayed: boolean;
}

/** Every request of a client has a key of its own; its retries have the same. */
export async function keyed(
  desk: Desk,
  key: string,
  run: (mark: RequestMark) => Promise<Outcome<ReservationRecord | Reserved>>,
): Promise<Told> {
  const mark = { key: `anyone ${key}`, fingerprint: key, requestId: key };
  const answer = await idempotently(desk, mark, async (given) => answerOf(await run(given)));
  if (answer instanceof Problem) return { code: answer.code, record: undefined, isReplayed: false };
  // The body is one of `answerOf`'s, this time's or the first time's.
  const body = JSON.parse(String(answer.body)) as Omit<Told, 'isReplayed'>;
  return { ...body, isReplayed: answer.headers?.['Idempotent-Replayed'] === 'true' };
}

function answerOf(outcome: Outcome<ReservationRecord | Reserved>): Answer {
  if (!outcome.ok) return jsonAnswer(409, { code: outcome.rejection.code });
  const { value } = outcome;
  const [record, isMade] = 'record' in value ? [value.record, value.created] : [value, true];
  return (isMade ? effectAnswer : jsonAnswer)(200, { code: 'accepted', record });
}
