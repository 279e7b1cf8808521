/** Picking by hand: seats side by side that look good to one buyer. */
import type { BoxOfficeSeat } from './box-office.js';
import type { Random } from './random.js';

/** A row further back is as bad as so many seats further from the middle. */
const SEATS_PER_ROW_BACK = 1.5;
/** People differ by up to so many seats in what they find good, so they meet now and then, and not always. */
const TASTE_SEATS = 18;

/**
 * @param seats of one section, in seat order, taken ones too: they show how far a row goes.
 * @returns labels of `partySize` available neighbours in one row; undefined where there are none.
 */
export function pickTogether(
  seats: readonly BoxOfficeSeat[],
  partySize: number,
  random: Random,
): readonly string[] | undefined {
  let best: { readonly seats: readonly BoxOfficeSeat[]; readonly flaw: number } | undefined;
  for (const [back, row] of rowsOf(seats).entries()) {
    for (const group of groupsOf(row, partySize)) {
      const offMiddle = Math.abs(middleOf(group) - middleOf(row));
      const flaw = offMiddle + back * SEATS_PER_ROW_BACK + random.next() * TASTE_SEATS;
      if (best === undefined || flaw < best.flaw) best = { seats: group, flaw };
    }
  }
  return best?.seats.map(({ seatId }) => seatId);
}

/** From the front to the back. */
function rowsOf(seats: readonly BoxOfficeSeat[]): readonly (readonly BoxOfficeSeat[])[] {
  const rows = new Map<string | null, BoxOfficeSeat[]>();
  for (const seat of seats) {
    const row = rows.get(seat.row);
    if (row === undefined) rows.set(seat.row, [seat]);
    else row.push(seat);
  }
  return [...rows.values()];
}

/** Every stretch of `count` available seats. */
function groupsOf(row: readonly BoxOfficeSeat[], count: number): readonly BoxOfficeSeat[][] {
  return row
    .map((_, index) => row.slice(index, index + count))
    .filter((group) => group.length === count)
    .filter((group) => group.every(({ status }) => status === 'available'));
}

function middleOf(seats: readonly BoxOfficeSeat[]): number {
  return ((seats.at(0)?.seatNumber ?? 0) + (seats.at(-1)?.seatNumber ?? 0)) / 2;
}
