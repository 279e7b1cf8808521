/** Whether something grows: a straight line through samples by least squares, and how much of it is allowed. */

/** One reading of one thing, after so many operations. */
export interface Reading {
  readonly operations: number;
  readonly value: number;
}

/** What may come and go, or stay for good reason, however long it goes on; beyond it something leaks. */
export interface Allowance {
  /** For the whole run. */
  readonly base: number;
  /** For each operation. */
  readonly anOperation: number;
}

export interface Growth {
  /** A thousand operations' part, by the line. */
  readonly perThousand: number;
  /** From the first reading that counts to the last, by the line. */
  readonly total: number;
  readonly allowed: number;
  readonly isLeak: boolean;
}

/** The first part of a run is not looked at: caches fill, code is compiled, pools reach their size. */
const WARM_UP_SHARE = 1 / 3;
const READINGS_MIN = 5;

/** @throws RangeError where there is too little to draw a line through */
export function growthOf(readings: readonly Reading[], { base, anOperation }: Allowance): Growth {
  const last = readings.at(-1)?.operations ?? 0;
  const steady = readings.filter(({ operations }) => operations >= last * WARM_UP_SHARE);
  if (steady.length < READINGS_MIN) throw new RangeError(`${steady.length} readings are no run`);
  const slope = slopeOf(steady);
  const operations = last - (steady[0]?.operations ?? 0);
  const allowed = base + anOperation * operations;
  const total = slope * operations;
  return { perThousand: slope * 1_000, total, allowed, isLeak: total > allowed };
}

/** Of the line with the least squares of differences; 0 where all readings are of one moment. */
function slopeOf(readings: readonly Reading[]): number {
  const count = readings.length;
  const x = readings.reduce((sum, { operations }) => sum + operations, 0) / count;
  const y = readings.reduce((sum, { value }) => sum + value, 0) / count;
  const together = readings.reduce(
    (sum, each) => sum + (each.operations - x) * (each.value - y),
    0,
  );
  const alone = readings.reduce((sum, { operations }) => sum + (operations - x) ** 2, 0);
  return alone === 0 ? 0 : together / alone;
}
