/** `findBest` in houses made by chance, against a search of all windows and a count of all runs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BestSeats, findBest, type SeatWish } from '../../src/domain/best-available.js';
import { orphansLeft } from '../../src/domain/orphans.js';
import type { VenuePlan } from '../../src/domain/venue-plan.js';
import { draw } from '../support/plans.js';

test('a hint of where the first free seat is changes nothing but the time', () => {
  const house = fc.array(
    fc.string({ unit: fc.constantFrom('.', 'x'), minLength: 1, maxLength: 8 }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const wish = fc.record({
    quantity: fc.integer({ min: 1, max: 5 }),
    adjacent: fc.boolean(),
    preventOrphans: fc.boolean(),
  });
  fc.assert(
    fc.property(house, wish, (rows, wanted) => {
      const { plan, isFree } = draw(...rows);
      const first = rows.join('').indexOf('.') + 1;
      expect(findBest(plan, isFree, wanted, first)).toEqual(findBest(plan, isFree, wanted));
    }),
  );
});

describe('in any house', () => {
  const row = fc.oneof(
    fc.string({ unit: fc.constantFrom('.', '.', 'x'), minLength: 1, maxLength: 12 }),
    // Long runs are looked at in pieces.
    fc.string({
      unit: fc.constantFrom(...'.'.repeat(19), 'x'),
      minLength: 30,
      maxLength: 70,
      size: 'max',
    }),
  );
  const house = fc.array(row, { minLength: 1, maxLength: 5 });
  const quantities = fc.integer({ min: 1, max: 9 });

  test('the seats side by side are the first of all windows that there are, by the rules', () => {
    fc.assert(
      fc.property(house, quantities, fc.boolean(), (rows, quantity, preventOrphans) => {
        const { plan, isFree } = draw(...rows);
        const wish = { quantity, adjacent: true, preventOrphans };
        expect(findBest(plan, isFree, wish)).toEqual(bestByTrial(plan, isFree, wish));
      }),
      { numRuns: 1000 },
    );
  });

  test('a party that may be split gets its seats, free and once each, in the fewest groups', () => {
    fc.assert(
      fc.property(house, quantities, fc.boolean(), (rows, quantity, preventOrphans) => {
        const { plan, isFree } = draw(...rows);
        const best = findBest(plan, isFree, { quantity, adjacent: false, preventOrphans });
        const runs = rows.flatMap((text) => text.match(/\.+/g) ?? []).map((run) => run.length);
        const freeCount = runs.reduce((sum, length) => sum + length, 0);
        if (freeCount < quantity) {
          expect(best).toEqual({ none: 'sold_out' });
          return;
        }
        const seats = 'seats' in best ? best.seats : [];
        expect(seats.length).toBe(quantity);
        expect(seats.every(isFree)).toBe(true);
        expect([...new Set(seats)].sort((a, b) => a - b)).toEqual(seats);
        if (preventOrphans) expect(orphansLeft(plan, isFree, seats)).toEqual([]);
        expect(groupCount(plan, seats)).toBe(fewestGroups(runs, quantity));
      }),
      { numRuns: 1000 },
    );
  });
});

function bestByTrial(
  plan: VenuePlan,
  isFree: (seat: number) => boolean,
  wish: SeatWish,
): BestSeats {
  const windows: { seats: number[]; row: number; distance: number }[] = [];
  for (const { row } of plan.rows()) {
    for (let first = row.first; first + wish.quantity <= row.first + row.count; first += 1) {
      const seats = Array.from({ length: wish.quantity }, (_, index) => first + index);
      const middle = row.first + (row.count - 1) / 2;
      const distance = Math.abs(first + (wish.quantity - 1) / 2 - middle);
      const isAllowed = !wish.preventOrphans || orphansLeft(plan, isFree, seats).length === 0;
      if (seats.every(isFree) && isAllowed) windows.push({ seats, row: row.first, distance });
    }
  }
  const [best] = windows.sort((a, b) => a.row - b.row || a.distance - b.distance);
  if (best !== undefined) return { seats: best.seats };
  let freeCount = 0;
  for (let seat = 1; seat <= plan.totalSeats; seat += 1) freeCount += isFree(seat) ? 1 : 0;
  return { none: freeCount < wish.quantity ? 'sold_out' : 'not_enough_adjacent' };
}

function groupCount(plan: VenuePlan, seats: readonly number[]): number {
  return seats.filter((seat, index) => {
    const before = seats[index - 1];
    return before !== seat - 1 || plan.rowOf(before).first !== plan.rowOf(seat).first;
  }).length;
}

function fewestGroups(runs: readonly number[], quantity: number): number {
  let missing = quantity;
  return [...runs]
    .sort((a, b) => b - a)
    .filter((length) => {
      const isNeeded = missing > 0;
      missing -= length;
      return isNeeded;
    }).length;
}
