/**
 * What a run of many seeds must have met, or it has proven less than it says: every kind of fault, and the rare situations
 * that the server has an answer for.
 */
import { FAULTS } from './plan.js';

const SITUATIONS = [
  // What becomes of seats.
  'fact reservation.reserved',
  'fact reservation.confirmed',
  'fact reservation.cancelled',
  'fact reservation.expired',
  'fact reservation.extended',
  'fact reservation.released',
  'fact reservation.refunded',
  'fact seats.blocked',
  'fact seats.unblocked',
  'fact event.updated',
  'fact event.deleted',
  'reservation over several shards',
  'own hold given back',
  // What clients are told.
  'answer accepted',
  'answer seat_unavailable',
  'answer limit_exceeded',
  'answer event_closed',
  'answer reservation_expired',
  'answer extension_refused',
  'answer not_holder',
  'answer idempotency_in_flight',
  'answer overloaded',
  'answer shard_restarting',
  'answer lost',
  'asked again',
  'asked twice at once',
  'first answer given again',
  // What happens to the server.
  'holds recovered',
  'facts lost with the power',
  'server gave up',
  'one commit for several turns',
  'late command',
  'late word to a shard',
  // What was looked at.
  'compared at rest',
  'viewer brought on',
  'viewer resumed',
  'viewer too old to resume',
] as const;

/** Names as they are counted by a World. */
export const MUST_HAPPEN: readonly string[] = [
  ...FAULTS.map((fault) => `fault: ${fault}`),
  ...SITUATIONS,
];

/** Adds the counts of one course to those of many. */
export function addCounts(
  sum: Map<string, number>,
  more: Iterable<readonly [string, number]>,
): void {
  for (const [what, count] of more) sum.set(what, (sum.get(what) ?? 0) + count);
}

/** What should have happened and has not. */
export function missing(counts: ReadonlyMap<string, number>): string[] {
  return MUST_HAPPEN.filter((what) => (counts.get(what) ?? 0) === 0);
}
