/** Rejections of the rules and faults of the server, as problems of HTTP. */

import type { Conflict, Rejection } from '../domain/rejection.js';
import type { VenuePlan } from '../domain/venue-plan.js';
import type { FaultCode, ServerFault } from '../lib/server-fault.js';
import { Problem, type ProblemCode, type ProblemConflict } from './problem.js';
import { rfc3339 } from './rfc3339.js';

/**
 * What the desk refused, with its conflicts named as clients name seats.
 *
 * @param plan of the event that the conflicts are in; not needed where there are none.
 */
export function refused(rejection: Rejection, plan?: VenuePlan): Problem {
  const { code, detail, conflicts } = rejection;
  if (conflicts === undefined || plan === undefined) return new Problem(code, detail);
  return new Problem(code, detail, {
    conflicts: conflicts.map((conflict) => namedConflict(conflict, plan)),
  });
}

function namedConflict({ seat, status, expiresAt }: Conflict, plan: VenuePlan): ProblemConflict {
  const seatId = plan.labelOf(seat);
  return expiresAt === undefined
    ? { seatId, status }
    : { seatId, status, expiresAt: rfc3339(expiresAt) };
}

/** null: found at start only; a request that meets it has met a bug. */
const CODE_OF_FAULT = {
  overloaded: 'overloaded',
  shard_restarting: 'shard_restarting',
  shutting_down: 'shutting_down',
  storage_failed: 'storage_failed',
  storage_corrupt: 'storage_failed',
  config_invalid: null,
  data_dir_locked: null,
  port_in_use: null,
} as const satisfies Record<FaultCode, ProblemCode | null>;

/**
 * What the desk could not do now, always with a time to come back; undefined: not a fault that a
 * request may meet.
 */
export function faulted(fault: ServerFault): Problem | undefined {
  const code = CODE_OF_FAULT[fault.code];
  if (code === null) return undefined;
  // The message is for the operator: it may name files. Clients are told the code.
  return new Problem(code, SEND_AGAIN, {
    retryAfterMs: fault.retryAfterMs,
  });
}

/** A request that was under way when its shard died may have been carried out: a key makes asking again safe. */
const SEND_AGAIN =
  'Whether the request was carried out is not certain; sent again with an Idempotency-Key it takes effect once.';
