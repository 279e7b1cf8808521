/**
 * What is put in order: an operation's one moment, with what the search needs of it as numbers. A refusal is one step for each seat
 * it names, since nothing is promised of their having been taken at the same moment; anything else is one step.
 */
import type { Operation, SeatReading } from './history.js';

export interface Step {
  /** Its place among all steps of the history. */
  readonly index: number;
  readonly operation: Operation;
  /** Earliest and latest place, in the recorder's count. A replica's reading may be older than its call. */
  readonly callOrder: number;
  readonly endOrder: number;
  /** When the server read its clock, at the earliest and at the latest. */
  readonly callAt: number;
  readonly endAt: number;
  readonly isOptional: boolean;
  /** It changes nothing. */
  readonly isPure: boolean;
  /** The number of its reservation; -1: none. */
  readonly reservation: number;
  /** Of that reservation nothing is asked that ends later. */
  readonly lastEndOrder: number;
  /** The seats that it says something about. */
  readonly seats: readonly number[];
  /** Of a reading, by seat. */
  readonly readings: ReadonlyMap<number, SeatReading> | undefined;
  /** The deadline that it sets, between these. */
  readonly expiresAtMin: number;
  readonly expiresAtMax: number;
  /** The replica's reading before it on its connection: it is not older than that. -1: none. */
  readonly after: number;
}

/** Steps of a history, in order of call. */
export function stepsOf(history: readonly Operation[]): Step[] {
  const reservations = new Reservations(history);
  const claims = groupsBySeat(history);
  const readsBefore = new Map<number, number>();
  const steps: Step[] = [];
  const byCall = [...history].sort((a, b) => a.call.order - b.call.order);
  for (const operation of byCall) {
    const { action, session } = operation;
    const since = action.type === 'readSeats' ? action.since : undefined;
    for (const seats of seatGroups(operation, reservations, claims)) {
      const index = steps.length;
      steps.push({
        index,
        operation,
        callOrder: since ?? operation.call.order,
        endOrder: operation.end.order,
        callAt: operation.call.at,
        endAt: operation.end.at,
        isOptional: operation.isUnknown,
        isPure: PURE.has(action.type),
        ...reservations.partOf(operation),
        seats,
        readings:
          action.type === 'readSeats'
            ? new Map(action.seats.map((reading) => [reading.seat, reading]))
            : undefined,
        ...deadline(operation, reservations),
        after: since === undefined ? -1 : (readsBefore.get(session) ?? -1),
      });
      if (since !== undefined) readsBefore.set(session, index);
    }
  }
  return steps;
}

const PURE: ReadonlySet<string> = new Set(['refuse', 'deny', 'readSeats', 'readReservation']);

/** What is known of each reservation from all that was asked of it. */
class Reservations {
  readonly #numbers = new Map<string, number>();
  readonly #lastEnds: number[] = [];
  readonly #seats = new Map<string, readonly number[]>();
  readonly #holdMs = new Map<string, number>();

  constructor(history: readonly Operation[]) {
    for (const { action, end } of history) {
      if (!('reservation' in action)) continue;
      const number = this.#numbers.get(action.reservation) ?? this.#lastEnds.length;
      this.#numbers.set(action.reservation, number);
      this.#lastEnds[number] = Math.max(this.#lastEnds[number] ?? 0, end.order);
      if (action.type !== 'reserve') continue;
      this.#seats.set(action.reservation, action.seats);
      this.#holdMs.set(action.reservation, action.holdMs);
    }
  }

  partOf({ action }: Operation): Pick<Step, 'reservation' | 'lastEndOrder'> {
    if (!('reservation' in action)) return { reservation: -1, lastEndOrder: 0 };
    const reservation = this.#numbers.get(action.reservation) ?? -1;
    return { reservation, lastEndOrder: this.#lastEnds[reservation] ?? 0 };
  }

  /** All that it was made with. @throws RangeError where the history has no reserve of it */
  seats(reservation: string): readonly number[] {
    const seats = this.#seats.get(reservation);
    if (seats === undefined) throw new RangeError(`${reservation} was never asked for`);
    return seats;
  }

  holdMs(reservation: string): number {
    return this.#holdMs.get(reservation) ?? 0;
  }
}

/**
 * The history without the conflicts that a group on its way excuses. What is taken away from it afterwards takes no excuse away.
 */
export function withoutExcused(history: readonly Operation[]): Operation[] {
  const claims = groupsBySeat(history);
  return history.map((operation) => {
    const { action } = operation;
    if (action.type !== 'refuse') return operation;
    return { ...operation, action: { ...action, conflicts: unexcused(operation, claims) } };
  });
}

/** Groups that name a seat, in order of call, and the latest end of all up to each. */
interface SeatGroups {
  readonly groups: readonly Operation[];
  readonly endsMax: readonly number[];
}

type GroupsBySeat = ReadonlyMap<number, SeatGroups>;

const NO_GROUPS: SeatGroups = { groups: [], endsMax: [] };

/** The seats of each step of the operation. */
function seatGroups(
  operation: Operation,
  reservations: Reservations,
  claims: GroupsBySeat,
): readonly (readonly number[])[] {
  const { action } = operation;
  switch (action.type) {
    case 'refuse':
      return unexcused(operation, claims).map((seat) => [seat]);
    case 'readSeats':
      return [action.seats.map(({ seat }) => seat)];
    case 'reserve':
      return [action.seats];
    default:
      return [reservations.seats(action.reservation)];
  }
}

/**
 * Groups that were asked for, by seat. While one is on its way its seats may be claimed on some shards and not yet on others
 * (DESIGN, "Reservations over several shards"): who is refused for such a claim is told the truth, whatever becomes of the group, and
 * though nobody is shown a claim.
 */
function groupsBySeat(history: readonly Operation[]): GroupsBySeat {
  const bySeat = new Map<number, Operation[]>();
  for (const operation of history) {
    const { action } = operation;
    if (action.type !== 'refuse' && action.type !== 'reserve') continue;
    if (action.seats.length < 2) continue;
    for (const seat of action.seats) {
      const list = bySeat.get(seat) ?? [];
      list.push(operation);
      bySeat.set(seat, list);
    }
  }
  return new Map([...bySeat].map(([seat, groups]) => [seat, inOrder(groups)]));
}

function inOrder(operations: readonly Operation[]): SeatGroups {
  const groups = [...operations].sort((a, b) => a.call.order - b.call.order);
  let latest = 0;
  const endsMax = groups.map(({ end }) => {
    latest = Math.max(latest, end.order);
    return latest;
  });
  return { groups, endsMax };
}

/** The seats that a refusal names, and somebody must have. */
function unexcused(operation: Operation, claims: GroupsBySeat): readonly number[] {
  if (operation.action.type !== 'refuse') return [];
  return operation.action.conflicts.filter(
    (seat) => !isExcused(operation, claims.get(seat) ?? NO_GROUPS),
  );
}

function isExcused(refusal: Operation, { groups, endsMax }: SeatGroups): boolean {
  let place = countCalledBy(groups, refusal.end.order) - 1;
  for (; (endsMax[place] ?? 0) > refusal.call.order; place -= 1) {
    const group = groups[place];
    if (group !== refusal && (group?.end.order ?? 0) > refusal.call.order) return true;
  }
  return false;
}

/** By halving. */
function countCalledBy(groups: readonly Operation[], order: number): number {
  let [low, high] = [0, groups.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((groups[middle]?.call.order ?? 0) <= order) low = middle + 1;
    else high = middle;
  }
  return low;
}

function deadline(
  { action, call, end }: Operation,
  reservations: Reservations,
): Pick<Step, 'expiresAtMin' | 'expiresAtMax'> {
  if (action.type !== 'reserve' && action.type !== 'extend') {
    return { expiresAtMin: 0, expiresAtMax: 0 };
  }
  const { expiresAt } = action;
  if (expiresAt !== undefined) return { expiresAtMin: expiresAt, expiresAtMax: expiresAt };
  const holdMs = reservations.holdMs(action.reservation);
  return { expiresAtMin: call.at + holdMs, expiresAtMax: end.at + holdMs };
}
