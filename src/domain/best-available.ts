/**
 * The best seats that are free, for a party that leaves the choice to the house.
 *
 * What is best, in this order:
 * 1. Fewest groups. With `adjacent` it is one group or none. Without, the largest group that can be
 *    had, then the largest for the rest of the party, and so on: taking the longest runs first
 *    makes the groups fewest.
 * 2. Nearest the front: the earlier section, in it the earlier row.
 * 3. Nearest the middle of its row, counted in seats; the lower number where two are as near
 *    (`seat-group.ts`).
 *
 * With `preventOrphans` a group that `orphansLeft` refuses is moved within its run of free seats,
 * made smaller where the party may be split, and else passed over. What `findBest` gives is never
 * refused by it. Groups once chosen stay: within one category, whose seats may stand among others,
 * a split that leaves no orphan can be missed; without a category it never is.
 *
 * The order is that of the steps of seats.io's best available (docs.seats.io, "Best Available": one
 * row, side by side, no orphans, and of those the nearest the focal point), with rows for
 * distances, since a plan need not have coordinates. The house is scanned twice, first until enough
 * seats are counted, then from the first of them to the first row with room; a party that must be
 * split costs a few scans more.
 */
import { assert } from '../lib/assert.js';
import type { SeatNumber } from './ids.js';
import { type IsFree, orphansLeft } from './orphans.js';
import type { RowSpec, SectionSpec } from './plan-spec.js';
import { bestGroup, seatRange } from './seat-group.js';
import type { PlanRow, VenuePlan } from './venue-plan.js';

/** What the party asks for. A name that the plan does not have matches no seat. */
export interface SeatWish {
  /** Seats, 1 or more. */
  readonly quantity: number;
  readonly category?: string | undefined;
  readonly section?: string | undefined;
  /** All side by side, or not at all. */
  readonly adjacent: boolean;
  readonly preventOrphans: boolean;
}

/**
 * The seats in ascending order, or why there are none. `sold_out`: fewer free seats match than are
 * wanted. `not_enough_adjacent`: enough are free, but not side by side, or not without leaving an
 * orphan.
 */
export type BestSeats =
  | { readonly seats: readonly SeatNumber[] }
  | { readonly none: 'sold_out' | 'not_enough_adjacent' };

/**
 * @param isFree asked of seats from the front on, up to the first row with room.
 * @param freeFrom a hint: no seat below it is free. Too low costs time, too high costs seats; 1 is
 *   always right.
 */
export function findBest(
  plan: VenuePlan,
  isFree: IsFree,
  wish: SeatWish,
  freeFrom: SeatNumber = 1,
): BestSeats {
  assert(Number.isInteger(wish.quantity) && wish.quantity >= 1, 'a wish for at least one seat');
  const search: Search = {
    plan,
    isFree,
    wish,
    category: categoryIndex(plan, wish),
    from: freeFrom,
  };
  const from = firstOfEnough(search);
  if (from === undefined) return { none: 'sold_out' };
  return findGroups({ ...search, from });
}

interface Search {
  readonly plan: VenuePlan;
  readonly isFree: IsFree;
  readonly wish: SeatWish;
  /** Index of the wished category; -1: the plan has none of that name; undefined: any will do. */
  readonly category: number | undefined;
  /** No seat below it matches. */
  readonly from: SeatNumber;
}

function categoryIndex(plan: VenuePlan, wish: SeatWish): number | undefined {
  if (wish.category === undefined) return undefined;
  return plan.spec.categories.findIndex((category) => category.name === wish.category);
}

/** The first seat that matches, if as many match as are wanted; it looks no further than that. */
function firstOfEnough(search: Search): SeatNumber | undefined {
  let first: SeatNumber | undefined;
  let missing = search.wish.quantity;
  for (const { row } of matchingRows(search)) {
    const end = row.first + row.count;
    for (let seat = Math.max(row.first, search.from); seat < end; seat += 1) {
      if (!search.isFree(seat) || !isOfCategory(search, row, seat)) continue;
      first ??= seat;
      missing -= 1;
      if (missing === 0) return first;
    }
  }
  return undefined;
}

/** Group after group, none larger than the one before, until the party is complete. */
function findGroups(search: Search): BestSeats {
  const { quantity, adjacent } = search.wish;
  const chosen: SeatNumber[] = [];
  let seatsMax = quantity;
  while (chosen.length < quantity) {
    seatsMax = Math.min(seatsMax, quantity - chosen.length);
    const group = nextGroup(search, chosen, { seatsMin: adjacent ? quantity : 1, seatsMax });
    if (group.length === 0) return { none: 'not_enough_adjacent' };
    chosen.push(...group);
    seatsMax = group.length;
  }
  return { seats: chosen.sort((a, b) => a - b) };
}

/**
 * The largest group within the limits, of those the one nearest the front; empty: there is none.
 */
function nextGroup(
  search: Search,
  chosen: readonly SeatNumber[],
  limits: { readonly seatsMin: number; readonly seatsMax: number },
): readonly SeatNumber[] {
  const { plan, isFree, wish, from } = search;
  const allows = (first: SeatNumber, count: number) =>
    !wish.preventOrphans ||
    orphansLeft(plan, isFree, [...chosen, ...seatRange(first, count)]).length === 0;
  let best: readonly SeatNumber[] = [];
  for (const { section, row } of matchingRows(search)) {
    const seatsMin = Math.max(limits.seatsMin, best.length + 1);
    if (row.count < seatsMin) continue;
    const fits = (seat: SeatNumber) =>
      isFree(seat) && isOfCategory(search, row, seat) && !chosen.includes(seat);
    const partyRow = { first: row.first, count: row.count, kind: section.kind, from, fits };
    const group = bestGroup(partyRow, { seatsMin, seatsMax: limits.seatsMax, allows });
    if (group.length === limits.seatsMax) return group;
    if (group.length > 0) best = group;
  }
  return best;
}

/** Rows that may have seats of the wish, from the front. */
function* matchingRows(search: Search): IterableIterator<PlanRow> {
  const { plan, wish, category, from } = search;
  for (const section of plan.spec.sections) {
    if (wish.section !== undefined && section.name !== wish.section) continue;
    for (const row of section.rows) {
      if (row.first + row.count > from && mayHaveCategory(section, row, category))
        yield { section, row };
    }
  }
}

function mayHaveCategory(
  section: SectionSpec,
  row: RowSpec,
  category: number | undefined,
): boolean {
  return category === undefined || row.categories !== undefined || section.category === category;
}

/**
 * In a row that `matchingRows` gave: where the row does not tell seats apart, the section has the
 * category.
 */
function isOfCategory(search: Search, row: RowSpec, seat: SeatNumber): boolean {
  const { category } = search;
  return (
    category === undefined ||
    row.categories === undefined ||
    row.categories[seat - row.first] === category
  );
}
