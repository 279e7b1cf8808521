/**
 * A violation as a person can follow it: only the seats that have no order, only as far as it takes, and of that only what is needed.
 * Whatever is taken away, what is left is a history that a right server could not have produced either, as what is excused by
 * something else has gone before:
 *
 * 1. everything that ended later, since what a client has not yet been told may or may not have happened;
 * 2. answers that changed nothing;
 * 3. a reservation with all that was asked of it, where no answer is left that may rest on it.
 */
import { check, type Violation } from './check.js';
import { describe, type Operation } from './history.js';
import { withoutExcused } from './step.js';

const TRIES_MAX = 2_000;

/** Lines: what was asked and answered, in order of call. */
export function counterexample(history: readonly Operation[], violation: Violation): string {
  const operations = minimal(ofSeats(withoutExcused(history), new Set(violation.seats)));
  const start = Math.min(...operations.map(({ call }) => call.at));
  const lines = operations.map((operation) => `  ${describe(operation, start)}`);
  const title = `no order explains seats ${violation.seats}; [called … answered], order and ms:`;
  return [title, ...lines].join('\n');
}

/** The least that is still rejected, as far as taking away one thing at a time goes. */
export function minimal(history: readonly Operation[]): Operation[] {
  let left = shortest(history);
  let tries = 0;
  const tryWithout = (gone: ReadonlySet<Operation>): void => {
    tries += 1;
    const rest = left.filter((operation) => !gone.has(operation));
    if (tries <= TRIES_MAX && isRejected(rest)) left = rest;
  };
  for (const operation of [...left].reverse())
    if (isPure(operation)) tryWithout(new Set([operation]));
  for (const life of lives(left)) {
    if (!left.some((operation) => isPure(operation) && mayRestOn(operation, life))) {
      tryWithout(new Set(life));
    }
  }
  return left;
}

/** What is said of these seats. */
function ofSeats(history: readonly Operation[], seats: ReadonlySet<number>): Operation[] {
  const reservations = new Set<string>();
  for (const { action } of history) {
    if (action.type === 'reserve' && action.seats.some((seat) => seats.has(seat))) {
      reservations.add(action.reservation);
    }
  }
  return history.flatMap((operation) => {
    const { action } = operation;
    if ('reservation' in action) return reservations.has(action.reservation) ? [operation] : [];
    if (action.type === 'refuse') {
      const conflicts = action.conflicts.filter((seat) => seats.has(seat));
      const isOfThem = action.seats.some((seat) => seats.has(seat));
      return isOfThem ? [{ ...operation, action: { ...action, conflicts } }] : [];
    }
    const seen = action.seats.filter(({ seat }) => seats.has(seat));
    return seen.length === 0 ? [] : [{ ...operation, action: { ...action, seats: seen } }];
  });
}

/** (1), by halving. */
function shortest(history: readonly Operation[]): Operation[] {
  const ends = history.map(({ end }) => end.order).sort((a, b) => a - b);
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isRejected(until(history, ends[middle] ?? 0))) high = middle;
    else low = middle + 1;
  }
  return until(history, ends[high] ?? 0);
}

function until(history: readonly Operation[], order: number): Operation[] {
  return history
    .filter((operation) => operation.end.order <= order || !isPure(operation))
    .filter(({ call }) => call.order <= order)
    .map((each) => (each.end.order <= order ? each : { ...each, isUnknown: true }))
    .sort((a, b) => a.call.order - b.call.order);
}

function isRejected(history: readonly Operation[]): boolean {
  return !check(history).isLinearizable;
}

function isPure({ action: { type } }: Operation): boolean {
  return type === 'refuse' || type === 'deny' || type === 'readSeats' || type === 'readReservation';
}

/** By reservation, all that was asked of it. */
function lives(history: readonly Operation[]): Operation[][] {
  const lives = new Map<string, Operation[]>();
  for (const operation of history) {
    if (!('reservation' in operation.action)) continue;
    const { reservation } = operation.action;
    lives.set(reservation, [...(lives.get(reservation) ?? []), operation]);
  }
  return [...lives.values()];
}

/** (3): unless it was over before the answer was asked for, or was made after. */
function mayRestOn(pure: Operation, life: readonly Operation[]): boolean {
  if (life.includes(pure)) return false;
  if (life.every(({ call }) => call.order > pure.end.order)) return false;
  return !life.some(
    ({ action: { type }, end, isUnknown }) =>
      (type === 'cancel' || type === 'refund') && !isUnknown && end.order < pure.call.order,
  );
}
