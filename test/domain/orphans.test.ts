import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orphansLeft } from '../../src/domain/orphans.js';
import { draw, planOf } from '../support/plans.js';

/** The orphans that the `c` of a drawn house leave. */
function orphansOf(...rows: string[]): number[] {
  const { plan, isFree, chosen } = draw(...rows);
  return orphansLeft(plan, isFree, chosen);
}

describe('a selection leaves an orphan', () => {
  test.each([
    ['between it and a taken seat', 'x.c...', [2]],
    ['between it and the end of the row', '...c.', [5]],
    ['between it and the start of the row', '.c...', [1]],
    ['between two of its own seats', 'c.c...', [2]],
    ['on both of its sides', '.c.', [1, 3]],
    ['at the end, and one more within', '.c.c..', [1, 3]],
  ])('%s', (_where, row, orphans) => {
    expect(orphansOf(row)).toEqual(orphans);
  });
});

describe('a selection leaves no orphan', () => {
  test.each([
    ['when two seats are left beside it', 'x..c..'],
    ['when it takes all there is', 'xccx'],
    ['when it takes nothing', '.x.x.'],
    ['when the single seat was alone before', '.xcc..'],
  ])('%s', (_when, row) => {
    expect(orphansOf(row)).toEqual([]);
  });
});

describe('one seat left over of a run is nobody’s fault', () => {
  test.each([
    ['at its end', 'xcc.x'],
    ['at its start', 'x.ccx'],
    ['in its middle', 'c.c'],
    ['where the run is a pair', 'xc.x'],
  ])('%s', (_where, row) => {
    expect(orphansOf(row)).toEqual([]);
  });

  test('but each run is judged alone', () => {
    expect(orphansOf('cc.x.c...')).toEqual([5]);
  });
});

test('rows are not side by side', () => {
  expect(orphansOf('...c.', 'xc..')).toEqual([5]);
  expect(orphansOf('xx.', 'cc.')).toEqual([]);
});

test('a run does not go on in the next row', () => {
  expect(orphansOf('xc.', 'cc.')).toEqual([]);
});

test('places that are interchangeable and numbers in a line have no neighbours', () => {
  const floor = planOf({ sections: [{ name: 'Floor', capacity: 5 }] });
  const line = planOf({ totalSeats: 5 });
  expect(orphansLeft(floor, () => true, [2, 4])).toEqual([]);
  expect(orphansLeft(line, () => true, [2, 4])).toEqual([]);
});

test('orphans come in seat order, in whatever order seats are chosen', () => {
  const { plan, isFree } = draw('......', '......');
  expect(orphansLeft(plan, isFree, [8, 2])).toEqual([1, 7]);
});

test('the answer is the same before and after the chosen seats are marked as taken', () => {
  const { plan, isFree, chosen } = draw('.c..x.c.c');
  const isFreeAfter = (seat: number) => isFree(seat) && !chosen.includes(seat);
  expect(orphansLeft(plan, isFreeAfter, chosen)).toEqual(orphansLeft(plan, isFree, chosen));
  expect(orphansLeft(plan, isFree, chosen)).toEqual([1, 6, 8]);
});

test('a seat is an orphan exactly by the rule', () => {
  const row = fc.string({ unit: fc.constantFrom('.', '.', 'x', 'c'), minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), (rows) => {
      expect(orphansOf(...rows)).toEqual(orphansByRule(rows));
    }),
    { numRuns: 2000 },
  );
});

/** The rule, read run by run. */
function orphansByRule(rows: readonly string[]): number[] {
  const orphans: number[] = [];
  let before = 0;
  for (const row of rows) {
    for (const run of row.matchAll(/[.c]+/g)) {
      const taken = [...run[0]].filter((mark) => mark === 'c').length;
      if (taken === 0 || run[0].length === taken + 1) continue;
      for (const left of run[0].matchAll(/(?<!\.)\.(?!\.)/g)) {
        orphans.push(before + run.index + left.index + 1);
      }
    }
    before += row.length;
  }
  return orphans;
}
