/**
 * The orphan rule: a selection must not leave a single free seat between taken ones, since nobody
 * buys it.
 *
 * 1. Only seats of `rows` sections can be orphaned. A row's ends count as taken.
 * 2. A free seat that was alone before is not the selection's doing.
 * 3. It is allowed where it could not be avoided: when the run of free seats is exactly one seat
 *    longer than what the selection takes from it, one is left over wherever the party sits.
 *
 * Sourced from the rule of seats.io's `noOrphanSeats` validator (docs.seats.io,
 * "selectionValidators"), which allows a single seat where the same number of seats cannot be had
 * without; here the run stands for "the same number".
 */
import type { SeatNumber } from './ids.js';
import type { VenuePlan } from './venue-plan.js';

/** Whether nobody has the seat, before the selection is made. */
export type IsFree = (seat: SeatNumber) => boolean;

/**
 * The free seats that taking `chosen` would leave alone, against the rule; in seat order, empty
 * where all is well.
 *
 * Costs a few look-ups a chosen seat, whatever the size of the house.
 *
 * @param isFree asked of neighbours only: chosen seats count as free before, whatever it says of
 *   them.
 * @param chosen seats of the plan, in any order.
 */
export function orphansLeft(
  plan: VenuePlan,
  isFree: IsFree,
  chosen: readonly SeatNumber[],
): SeatNumber[] {
  const taken = new Set(chosen);
  const orphans = new Set<SeatNumber>();
  for (const seat of taken) {
    const { first, count, kind } = plan.rowOf(seat);
    if (kind !== 'rows') continue;
    const isLeft = (other: SeatNumber) =>
      other >= first && other < first + count && !taken.has(other) && isFree(other);
    for (const neighbour of [seat - 1, seat + 1]) {
      if (!isLeft(neighbour) || isLeft(neighbour - 1) || isLeft(neighbour + 1)) continue;
      if (isLeftBeyond(neighbour, -1, taken, isLeft) || isLeftBeyond(neighbour, 1, taken, isLeft)) {
        orphans.add(neighbour);
      }
    }
  }
  return [...orphans].sort((a, b) => a - b);
}

/**
 * Whether the run of free seats that `seat` was part of has another seat left, on that side of it
 * (3).
 */
function isLeftBeyond(
  seat: SeatNumber,
  step: 1 | -1,
  taken: ReadonlySet<SeatNumber>,
  isLeft: (seat: SeatNumber) => boolean,
): boolean {
  let other = seat + step;
  while (taken.has(other)) other += step;
  return isLeft(other);
}
