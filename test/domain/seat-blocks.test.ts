import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planFromPretix } from '../../src/domain/pretix-plan.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';
import { planOf, playhousePlan, specOf } from '../support/plans.js';

/** The first seat of each block. */
function blockStarts(plan: VenuePlan): number[] {
  const starts: number[] = [];
  for (let seat = 1; seat <= plan.totalSeats; seat += 1) {
    if (plan.blockOf(seat) === starts.length) starts.push(seat);
  }
  return starts;
}

function planOfRows(...counts: number[]): VenuePlan {
  const rows = counts.map((seats, index) => ({ name: `R${index}-`, seats }));
  return planOf({ sections: [{ name: 'S', rows }] });
}

test('rows join a block while that brings it nearer to 64 seats', () => {
  expect(blockStarts(planOfRows(...new Array(10).fill(10)))).toEqual([1, 61]);
  expect(blockStarts(planOfRows(40, 40, 40))).toEqual([1, 81]);
  expect(blockStarts(planOfRows(50, 50))).toEqual([1, 51]);
  expect(blockStarts(planOfRows(32, 64, 1))).toEqual([1, 33, 97]);
});

test('a row with neighbours is never cut, however long', () => {
  const plan = planOfRows(5000);
  expect(plan.blockCount).toBe(1);
  expect(plan.blockOf(5000)).toBe(0);
});

test('a numbered line and a general section are cut in chunks of 64', () => {
  expect(blockStarts(planOf({ totalSeats: 130 }))).toEqual([1, 65, 129]);
  const floors = planOf({
    sections: [
      { name: 'Floor', capacity: 65 },
      { name: 'Lawn', capacity: 64 },
    ],
  });
  expect(blockStarts(floors)).toEqual([1, 65, 66]);
  expect(floors.blockCount).toBe(3);
});

test('blocks are consecutive, never span sections, and never cut a row with neighbours', () => {
  const section = fc.oneof(
    fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 300 }),
  );
  fc.assert(
    fc.property(fc.array(section, { minLength: 1, maxLength: 5 }), (sections) => {
      const plan = planOf({
        sections: sections.map((part, index) =>
          typeof part === 'number'
            ? { name: `S${index}`, capacity: part }
            : {
                name: `S${index}`,
                rows: part.map((seats, row) => ({ name: `R${row}-`, seats })),
              },
        ),
      });
      expect(plan.blockOf(1)).toBe(0);
      expect(plan.blockOf(plan.totalSeats)).toBe(plan.blockCount - 1);
      for (let seat = 2; seat <= plan.totalSeats; seat += 1) {
        const step = plan.blockOf(seat) - plan.blockOf(seat - 1);
        expect([0, 1]).toContain(step);
        const isNewRow = plan.rowOf(seat).first === seat;
        if (plan.sectionOf(seat) !== plan.sectionOf(seat - 1)) expect(step).toBe(1);
        else if (plan.rowOf(seat).kind === 'rows' && !isNewRow) expect(step).toBe(0);
      }
    }),
  );
});

test('the blocks of the playhouse are what they always were', () => {
  const playhouse = new VenuePlan(specOf(planFromPretix(playhousePlan())));
  expect(blockStarts(playhouse)).toEqual([
    1, 70, 121, 176, 235, 298, 365, 436, 505, 570, 631, 660, 704, 750, 798, 848, 900, 954, 1010,
    1068, 1108, 1189, 1274, 1318,
  ]);
});
