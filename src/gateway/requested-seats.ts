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
  const seats = names.map((name) => plan.numberOf(name) ?? NO_SEAT);
  if (seats.includes(NO_SEAT)) return unknownSeats(names, seats, field);
  return repeatedSeats(plan, seats, field) ?? seats;
}

/** Seats are numbered from 1. */
const NO_SEAT: SeatNumber = 0;

function unknownSeats(
  names: readonly string[],
  seats: readonly SeatNumber[],
  field: string,
): Problem {
  const issues: ProblemIssue[] = [];
  for (const [index, name] of names.entries()) {
    if (seats[index] !== NO_SEAT) continue;
    issues.push({ in: 'body', path: `${field}.${index}`, message: `no seat is called ${name}` });
  }
  const which = issues.length === 1 ? 'that name' : 'these names';
  return new Problem('seat_not_found', `The event has no seat of ${which}.`, { issues });
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
