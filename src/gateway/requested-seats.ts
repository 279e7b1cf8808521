/** Seats that a request names. */
import type { SeatNumber } from '../domain/ids.js';
import type { VenuePlan } from '../domain/venue-plan.js';
import { Problem, type ProblemIssue } from './problem.js';
import { invalidRequest } from './request-check.js';

/**
 * The seats of that names, in their order: 404 `seat_not_found` naming every one that there is not,
 * 400 where two are names of one seat.
 *
 * @param field where the names were, for the issues.
 */
export function requestedSeats(
  plan: VenuePlan,
  names: readonly string[],
  field: string,
): readonly SeatNumber[] | Problem {
  const seats: SeatNumber[] = [];
  const unknown: ProblemIssue[] = [];
  for (const [index, name] of names.entries()) {
    const seat = plan.numberOf(name);
    if (seat !== undefined) seats.push(seat);
    else
      unknown.push({ in: 'body', path: `${field}.${index}`, message: `no seat is called ${name}` });
  }
  if (unknown.length > 0) {
    const which = unknown.length === 1 ? 'that name' : 'these names';
    const detail = `The event has no seat of ${which}.`;
    return new Problem('seat_not_found', detail, { issues: unknown });
  }
  return repeatedSeats(plan, seats, field) ?? seats;
}

function repeatedSeats(
  plan: VenuePlan,
  seats: readonly SeatNumber[],
  field: string,
): Problem | undefined {
  if (seats.length === 1) return undefined;
  const seen = new Set<SeatNumber>();
  const issues: ProblemIssue[] = [];
  for (const [index, seat] of seats.entries()) {
    const message = `names the seat ${plan.labelOf(seat)} again`;
    if (seen.has(seat)) issues.push({ in: 'body', path: `${field}.${index}`, message });
    seen.add(seat);
  }
  return issues.length === 0 ? undefined : invalidRequest(issues);
}
