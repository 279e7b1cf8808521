/**
 * What seats and reservations do, one operation after the other: API §1 and §3 once more, in plain words and without a line of the
 * server's code. It knows some seats only, and says of the others nothing.
 *
 * 1. A seat has one holder at most; the seats of a reservation move together.
 * 2. A hold ends on its own at its deadline: from that millisecond on, and never before it. Nobody does that; it is found out by whoever
 *    comes after. A reading is of what was there, and of the time of the reading.
 * 3. A reservation that is over stays over, as what it became.
 */
import type { ReservationStatusName } from '../support/api-bodies.js';
import type { SeatReading } from './history.js';
import type { Step } from './step.js';

/** A live reservation; never changed, but replaced. Times are milliseconds since the Unix epoch. */
export interface Hold {
  readonly reservation: number;
  readonly isBooked: boolean;
  /** Between these; equal where the deadline is known. */
  readonly endsMin: number;
  readonly endsMax: number;
  readonly holdMs: number;
  /** When it was made: between these. */
  readonly madeMin: number;
  readonly madeMax: number;
  readonly extensions: number;
  readonly lastEndOrder: number;
}

/** A reservation that has none of these seats any more; `elsewhere`: it may have others. */
interface Over {
  readonly reservation: number;
  readonly status: Exclude<ReservationStatusName, 'reserved' | 'confirmed'> | 'elsewhere';
  readonly lastEndOrder: number;
  readonly rest: Over | undefined;
}

/** Never changed, but replaced. */
export interface SeatState {
  /** By the seat's place among the model's seats. */
  readonly holds: readonly (Hold | undefined)[];
  readonly over: Over | undefined;
}

const EXTENSIONS_MAX = 2;
const HOLD_TIMES_MAX = 3;

export class SeatModel {
  readonly #places: ReadonlyMap<number, number>;

  constructor(seats: readonly number[]) {
    this.#places = new Map(seats.map((seat, place) => [seat, place]));
  }

  empty(): SeatState {
    return { holds: new Array<undefined>(this.#places.size).fill(undefined), over: undefined };
  }

  /** The state after the step; undefined: it cannot happen in this state. The same state where it changes nothing. */
  next(state: SeatState, step: Step): SeatState | undefined {
    const { action } = step.operation;
    switch (action.type) {
      case 'reserve':
        return this.#reserve(state, step, action.holdMs);
      case 'refuse':
        return this.#all(step, (place) => isTaken(state.holds[place], step)) ? state : undefined;
      case 'readSeats':
        return this.#all(step, (place, seat) => shows(state.holds[place], step, seat))
          ? state
          : undefined;
      default:
        return this.#ofReservation(state, step);
    }
  }

  /** Tells two states apart. */
  key({ holds, over }: SeatState): string {
    const parts = holds.map((hold) =>
      hold === undefined
        ? ''
        : `${hold.reservation},${hold.isBooked},${hold.endsMin},${hold.endsMax},${hold.extensions}`,
    );
    for (let each = over; each !== undefined; each = each.rest) {
      parts.push(`${each.reservation}${each.status}`);
    }
    return parts.join(';');
  }

  #all(step: Step, isSo: (place: number, seat: number) => boolean): boolean {
    for (const seat of step.seats) {
      const place = this.#places.get(seat);
      if (place !== undefined && !isSo(place, seat)) return false;
    }
    return true;
  }

  #reserve(state: SeatState, step: Step, holdMs: number): SeatState | undefined {
    const { reservation, lastEndOrder, expiresAtMin, expiresAtMax, callAt, endAt } = step;
    if (heldBy(state, reservation) !== undefined || overOf(state, reservation) !== undefined) {
      return undefined;
    }
    const madeMin = Math.max(callAt, expiresAtMin - holdMs);
    const madeMax = Math.min(endAt, expiresAtMax - holdMs);
    if (madeMin > madeMax) return undefined;
    const hold: Hold = {
      reservation,
      isBooked: false,
      endsMin: expiresAtMin,
      endsMax: expiresAtMax,
      holdMs,
      madeMin,
      madeMax,
      extensions: 0,
      lastEndOrder,
    };
    const holds = [...state.holds];
    let { over } = state;
    const isFree = this.#all(step, (place) => {
      const before = holds[place];
      if (before !== undefined) {
        if (!mayBeOver(before, step)) return false;
        // Its other seats are as free as the clock says to whoever looks at them.
        over = ended(over, before, 'expired', step);
      }
      holds[place] = hold;
      return true;
    });
    return isFree ? { holds, over } : undefined;
  }

  #ofReservation(state: SeatState, step: Step): SeatState | undefined {
    const hold = heldBy(state, step.reservation);
    const over = overOf(state, step.reservation);
    if (over === undefined) return hold === undefined ? undefined : this.#ofHold(state, step, hold);
    if (over.status === 'elsewhere') return this.#isOfOthers(step) ? state : undefined;
    const isSo = isSaidOf(over.status, step) && (hold === undefined || mayBeOver(hold, step));
    return isSo ? state : undefined;
  }

  #ofHold(state: SeatState, step: Step, hold: Hold): SeatState | undefined {
    const { action } = step.operation;
    const mayMove = !hold.isBooked && step.callAt < hold.endsMax;
    switch (action.type) {
      case 'confirm':
        if (hold.isBooked) return state;
        return mayMove ? replaced(state, hold, { ...hold, isBooked: true }) : undefined;
      case 'cancel':
        return mayMove ? without(state, hold, 'cancelled', step) : undefined;
      case 'refund':
        return hold.isBooked ? without(state, hold, 'refunded', step) : undefined;
      case 'extend':
        return mayMove ? extended(state, hold, step) : undefined;
      case 'release':
        if (!mayMove) return undefined;
        if (action.isWhole) return without(state, hold, 'cancelled', step);
        return this.#released(state, hold, step, action.seats);
      case 'deny':
        return isDenied(hold, step, action.because) ? state : undefined;
      case 'readReservation':
        return this.#readsAs(state, hold, step) ? state : undefined;
      default:
        return undefined;
    }
  }

  /** What was given up is not shown with the rest. */
  #isOfOthers({ operation: { action } }: Step): boolean {
    if (action.type !== 'readReservation') return true;
    return !action.seats.some((seat) => this.#places.has(seat));
  }

  #released(state: SeatState, hold: Hold, step: Step, seats: readonly number[]): SeatState {
    const holds = [...state.holds];
    for (const seat of seats) {
      const place = this.#places.get(seat);
      if (place !== undefined && holds[place] === hold) holds[place] = undefined;
    }
    const isHere = holds.includes(hold);
    const over = isHere ? state.over : ended(state.over, hold, 'elsewhere', step);
    return { holds, over };
  }

  #readsAs(state: SeatState, hold: Hold, step: Step): boolean {
    const { action } = step.operation;
    if (action.type !== 'readReservation') return false;
    const { status, seats, expiresAt } = action;
    if (expiresAt < hold.endsMin || expiresAt > hold.endsMax) return false;
    if (status === 'expired') return mayBeOver(hold, step);
    if (status !== (hold.isBooked ? 'confirmed' : 'reserved')) return false;
    if (status === 'reserved' && step.callAt >= expiresAt) return false;
    const shown = new Set(seats);
    return this.#all(step, (place, seat) => (state.holds[place] === hold) === shown.has(seat));
  }
}

function heldBy({ holds }: SeatState, reservation: number): Hold | undefined {
  for (const hold of holds) if (hold?.reservation === reservation) return hold;
  return undefined;
}

function overOf(state: SeatState, reservation: number): Over | undefined {
  for (let each = state.over; each !== undefined; each = each.rest) {
    if (each.reservation === reservation) return each;
  }
  return undefined;
}

function mayBeOver(hold: Hold, step: Step): boolean {
  return !hold.isBooked && step.endAt >= hold.endsMin;
}

function isTaken(hold: Hold | undefined, step: Step): boolean {
  return hold !== undefined && (hold.isBooked || step.callAt < hold.endsMax);
}

function shows(hold: Hold | undefined, step: Step, seat: number): boolean {
  const reading: SeatReading | undefined = step.readings?.get(seat);
  switch (reading?.status) {
    case 'available':
      return hold === undefined || mayBeOver(hold, step);
    case 'booked':
      return hold?.isBooked === true;
    case 'reserved': {
      const { expiresAt = 0 } = reading;
      if (hold === undefined || hold.isBooked || step.callAt >= expiresAt) return false;
      return expiresAt >= hold.endsMin && expiresAt <= hold.endsMax;
    }
    default:
      return false;
  }
}

/** Whether the step is as it must be with a reservation that is over (3). */
function isSaidOf(status: Over['status'], { operation: { action } }: Step): boolean {
  switch (action.type) {
    case 'cancel':
      return status === 'cancelled';
    case 'refund':
      return status === 'refunded';
    case 'deny':
      return status === action.because;
    case 'readReservation':
      return status === action.status;
    default:
      return false;
  }
}

function isDenied(hold: Hold, step: Step, because: string): boolean {
  if (because === 'confirmed') return hold.isBooked;
  if (because === 'expired') return mayBeOver(hold, step);
  if (because !== 'extension' || hold.isBooked || step.callAt >= hold.endsMax) return false;
  const isTooLong = step.endAt + hold.holdMs > hold.madeMin + HOLD_TIMES_MAX * hold.holdMs;
  return hold.extensions >= EXTENSIONS_MAX || isTooLong;
}

function extended(state: SeatState, hold: Hold, step: Step): SeatState | undefined {
  const { expiresAtMin, expiresAtMax, callAt, endAt } = step;
  const isFromNow = expiresAtMax >= callAt + hold.holdMs && expiresAtMin <= endAt + hold.holdMs;
  const isTooLong = expiresAtMin > hold.madeMax + HOLD_TIMES_MAX * hold.holdMs;
  if (hold.extensions >= EXTENSIONS_MAX || !isFromNow || isTooLong) return undefined;
  const extensions = hold.extensions + 1;
  return replaced(state, hold, {
    ...hold,
    endsMin: expiresAtMin,
    endsMax: expiresAtMax,
    extensions,
  });
}

function replaced({ holds, over }: SeatState, hold: Hold, by: Hold | undefined): SeatState {
  return { holds: holds.map((each) => (each === hold ? by : each)), over };
}

function without(state: SeatState, hold: Hold, status: Over['status'], step: Step): SeatState {
  const { holds } = replaced(state, hold, undefined);
  return { holds, over: ended(state.over, hold, status, step) };
}

/** What nothing is asked of any more is forgotten. */
function ended(
  over: Over | undefined,
  { reservation, lastEndOrder }: Hold,
  status: Over['status'],
  { callOrder }: Step,
): Over | undefined {
  let kept: Over | undefined;
  for (let each = over; each !== undefined; each = each.rest) {
    if (each.lastEndOrder >= callOrder) kept = { ...each, rest: kept };
  }
  if (lastEndOrder < callOrder) return kept;
  return { reservation, status, lastEndOrder, rest: kept };
}
