import type { CommandOutcome } from '../../domain/commands.js';
import type { Outcome } from '../../domain/rejection.js';
import type { ReservationRecord } from '../../domain/reservation.js';
import type { RequestContext } from '../route.js';

/**
 * What the request's command came to the first time, where an `Idempotency-Key` says that it has happened. For handlers
 * that look up before they command: what they would find now is not what they found then.
 */
export function keptOutcome(
  marked: RequestContext['marked'],
): Outcome<ReservationRecord> | undefined {
  // The key's fingerprint covers method and path: what was kept is the outcome of this very kind of request.
  return marked.idempotency?.replay as (CommandOutcome & Outcome<ReservationRecord>) | undefined;
}
