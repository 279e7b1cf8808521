/**
 * The best group of seats in one row: the largest that is wanted and fits, and of those the nearest
 * the middle.
 *
 * A group is seats side by side. In a `general` row places are interchangeable, so any of them are
 * a group, lowest first; a `numbered` line has no middle, and its lowest numbers are best.
 */
import type { SeatNumber } from './ids.js';
import type { SectionKind } from './plan-spec.js';

/** A row as one party sees it. */
export interface PartyRow {
  readonly first: SeatNumber;
  readonly count: number;
  readonly kind: SectionKind;
  /** No seat below it fits; at or before `first` where nothing is known. */
  readonly from: SeatNumber;
  /** Whether the party could have the seat. Must answer the same throughout one call. */
  readonly fits: (seat: SeatNumber) => boolean;
}

/** What a group may be. */
export interface GroupLimits {
  /** 1..seatsMax. */
  readonly seatsMin: number;
  readonly seatsMax: number;
  /**
   * Whether the party may take the seats `first`..`first + count - 1`; asked only of those that
   * fit.
   */
  readonly allows: (first: SeatNumber, count: number) => boolean;
}

/**
 * `count` seats from `first` on; `distance` is twice their distance from the best place in the row,
 * in seats: whole.
 */
interface Window {
  readonly first: SeatNumber;
  readonly count: number;
  readonly distance: number;
}

/**
 * A long run of free seats is looked at in pieces, so that the rest of it need not be counted when its best place is found: a
 * numbered line may have a million. Pieces overlap, so that every window is in one of them.
 */
const PIECE_SEATS_MIN = 16;

/** The best group's seats in ascending order; empty: the row has none within the limits. */
export function bestGroup(row: PartyRow, limits: GroupLimits): readonly SeatNumber[] {
  if (row.kind === 'general') return lowestPlaces(row, limits);
  let best: Window | undefined;
  const end = row.first + row.count;
  const pieceMax = Math.max(PIECE_SEATS_MIN, 2 * limits.seatsMax);
  let seat = Math.max(row.first, row.from);
  while (seat < end && !isFinal(row, limits, best, seat)) {
    const first = seat;
    const pieceEnd = Math.min(first + pieceMax, end);
    while (seat < pieceEnd && row.fits(seat)) seat += 1;
    if (seat > first) best = bestInRun(row, limits, { first, last: seat - 1 }, best);
    seat += seat === first + pieceMax ? 1 - limits.seatsMax : 1;
  }
  return best === undefined ? [] : seatRange(best.first, best.count);
}

/** The numbers `first`..`first + count - 1`. */
export function seatRange(first: SeatNumber, count: number): SeatNumber[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Whether no window that starts at `next` or later can be better than `best`. */
function isFinal(
  row: PartyRow,
  limits: GroupLimits,
  best: Window | undefined,
  next: SeatNumber,
): boolean {
  if (best === undefined || best.count < limits.seatsMax) return false;
  return 2 * next - bestPlaceDoubled(row, best.count) >= best.distance;
}

/**
 * Twice the number (whole, thus) of the seat where a window of `count` seats would best start: in
 * the middle, or lowest.
 */
function bestPlaceDoubled(row: PartyRow, count: number): number {
  return row.kind === 'rows' ? 2 * row.first + row.count - count : 2 * row.first;
}

function lowestPlaces(row: PartyRow, limits: GroupLimits): readonly SeatNumber[] {
  const places: SeatNumber[] = [];
  for (let seat = Math.max(row.first, row.from); seat < row.first + row.count; seat += 1) {
    if (row.fits(seat)) places.push(seat);
    if (places.length === limits.seatsMax) break;
  }
  return places.length < limits.seatsMin ? [] : places;
}

/** Seats that all fit, side by side. */
interface Run {
  readonly first: SeatNumber;
  readonly last: SeatNumber;
}

/**
 * The best window of a run that is better than `best`, or `best`. Smaller windows are tried where
 * larger ones are not allowed.
 */
function bestInRun(
  row: PartyRow,
  limits: GroupLimits,
  run: Run,
  best: Window | undefined,
): Window | undefined {
  const countMin = Math.max(limits.seatsMin, best?.count ?? 0);
  const countMax = Math.min(limits.seatsMax, run.last - run.first + 1);
  for (let count = countMax; count >= countMin; count -= 1) {
    const distanceMax = count === best?.count ? best.distance - 1 : Number.POSITIVE_INFINITY;
    const window = nearestWindow(row, limits, run, { count, distanceMax });
    if (window !== undefined) return window;
  }
  return best;
}

/**
 * Of the allowed windows of `count` seats in the run the nearest, if it is within `distanceMax`;
 * the lower of two as near.
 */
function nearestWindow(
  row: PartyRow,
  limits: GroupLimits,
  run: Run,
  wanted: { readonly count: number; readonly distanceMax: number },
): Window | undefined {
  const { count, distanceMax } = wanted;
  const firstMax = run.last - count + 1;
  const idealDoubled = bestPlaceDoubled(row, count);
  const distanceOf = (first: SeatNumber) => Math.abs(2 * first - idealDoubled);
  let lower = Math.min(Math.max(Math.floor(idealDoubled / 2), run.first), firstMax);
  let upper = lower + 1;
  while (lower >= run.first || upper <= firstMax) {
    const isLowerNext =
      upper > firstMax || (lower >= run.first && distanceOf(lower) <= distanceOf(upper));
    const first = isLowerNext ? lower : upper;
    const distance = distanceOf(first);
    if (distance > distanceMax) return undefined;
    if (limits.allows(first, count)) return { first, count, distance };
    if (isLowerNext) lower -= 1;
    else upper += 1;
  }
  return undefined;
}
