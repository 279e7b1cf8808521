/**
 * What a fact takes a seat for, and what it makes of it: the one statement of how seats' rows
 * follow from facts.
 */
import type { ReservationFact, SeatsFact } from '../domain/facts.js';
import type { ReservationId } from '../domain/ids.js';

/** What is live of a seat. A seat that is available has none. */
export interface SeatHolding {
  readonly state: 'reserved' | 'booked' | 'blocked';
  /** The reservation or block that has it. */
  readonly holder: ReservationId;
}

type SeatState = SeatHolding['state'];

/** From what, to what; null: available. */
const MOVES = {
  'reservation.reserved': [null, 'reserved'],
  'reservation.extended': ['reserved', 'reserved'],
  'reservation.confirmed': ['reserved', 'booked'],
  'reservation.cancelled': ['reserved', null],
  'reservation.expired': ['reserved', null],
  'reservation.released': ['reserved', null],
  'reservation.refunded': ['booked', null],
  'seats.blocked': [null, 'blocked'],
  'seats.unblocked': ['blocked', null],
} as const satisfies Record<
  (ReservationFact | SeatsFact)['type'],
  readonly [from: SeatState | null, to: SeatState | null]
>;

/** What each of the fact's seats is after it; null: available. */
export function holdingAfter(fact: ReservationFact | SeatsFact): SeatHolding | null {
  const [, state] = MOVES[fact.type];
  const holder = holderIn(fact);
  return state === null || holder === undefined ? null : { state, holder };
}

/** Whether a seat with this holding is what the fact takes it for; undefined: available. */
export function isExpected(
  fact: ReservationFact | SeatsFact,
  before: SeatHolding | undefined,
): boolean {
  const [state] = MOVES[fact.type];
  if (state === null || before === undefined) return state === null && before === undefined;
  const holder = holderIn(fact);
  return before.state === state && (holder === undefined || before.holder === holder);
}

/** What the fact takes its seats for, in words. */
export function expectationOf(fact: ReservationFact | SeatsFact): string {
  const [state] = MOVES[fact.type];
  return state === null ? 'available' : `${state} by ${holderIn(fact) ?? 'a block'}`;
}

/** A holding in words. */
export function nameOf(holding: SeatHolding | null | undefined): string {
  return holding ? `${holding.state} by ${holding.holder}` : 'available';
}

/**
 * Who has the seats before, or after; undefined where the fact does not say: a block is ended by
 * anyone.
 */
function holderIn(fact: ReservationFact | SeatsFact): ReservationId | undefined {
  if (fact.type === 'seats.blocked') return fact.blockId;
  return fact.type === 'seats.unblocked' ? undefined : fact.reservationId;
}
