import { describe, expect, test } from 'vitest';
import { type BestSeats, findBest, type SeatWish } from '../../src/domain/best-available.js';
import { planFromPretix } from '../../src/domain/pretix-plan.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';
import { draw, planOf, playhousePlan, specOf } from '../support/plans.js';

const together = { adjacent: true, preventOrphans: false };
const apart = { adjacent: false, preventOrphans: false };

/** The labels of the best seats in a drawn house, or why there are none. */
function bestIn(wish: SeatWish, ...rows: string[]): string {
  const { plan, isFree } = draw(...rows);
  return told(plan, findBest(plan, isFree, wish));
}

function told(plan: VenuePlan, best: BestSeats): string {
  if ('none' in best) return best.none;
  return best.seats.map((seat) => plan.labelOf(seat)).join(' ');
}

describe('seats side by side', () => {
  test.each([
    [1, '..........', 'A5'],
    [2, '..........', 'A5 A6'],
    [3, '..........', 'A4 A5 A6'],
    [10, '..........', 'A1 A2 A3 A4 A5 A6 A7 A8 A9 A10'],
    [1, '.........', 'A5'],
    [2, '....xx....', 'A3 A4'],
    [2, '...xxx....', 'A7 A8'],
    [2, 'x..xxxxx.x', 'A2 A3'],
    [1, '.xxxxxxxx.', 'A1'],
  ])('%d of %s are nearest the middle of the row: %s', (quantity, row, seats) => {
    expect(bestIn({ ...together, quantity }, row)).toBe(seats);
  });

  test('the front row goes before the middle of the next', () => {
    expect(bestIn({ ...together, quantity: 2 }, '..xxxxxxxx', '..........')).toBe('A1 A2');
  });

  test('a row without room is passed over', () => {
    expect(bestIn({ ...together, quantity: 3 }, '..x..x..', '........')).toBe('B3 B4 B5');
  });

  test('rows and sections do not join', () => {
    expect(bestIn({ ...together, quantity: 2 }, 'xx.', '.xx')).toBe('not_enough_adjacent');
  });

  test('enough seats that are not together are not enough', () => {
    expect(bestIn({ ...together, quantity: 3 }, '..x..', '.x.x.')).toBe('not_enough_adjacent');
  });

  test('fewer free seats than wanted: sold out', () => {
    expect(bestIn({ ...together, quantity: 3 }, 'x.x.x')).toBe('sold_out');
    expect(bestIn({ ...apart, quantity: 3 }, 'x.x.x')).toBe('sold_out');
    expect(bestIn({ ...together, quantity: 1 }, 'xxx')).toBe('sold_out');
  });
});

describe('a party that may be split', () => {
  test('sits together where it can, even at the back', () => {
    expect(bestIn({ ...apart, quantity: 3 }, '..x..', '..x..', '...xx')).toBe('C1 C2 C3');
  });

  test('is split into as few groups as there can be, the largest first', () => {
    expect(bestIn({ ...apart, quantity: 5 }, '.x.x.x.', '..x...x')).toBe('B1 B2 B4 B5 B6');
    expect(bestIn({ ...apart, quantity: 4 }, '.x.x.x.', 'x...xxx')).toBe('A3 B2 B3 B4');
  });

  test('has groups of the same size nearest the front and the middle', () => {
    expect(bestIn({ ...apart, quantity: 2 }, '.x.x.x.x.', '.x.x.')).toBe('A3 A5');
  });

  test('has the lower numbers of two groups as good', () => {
    expect(bestIn({ ...apart, quantity: 3 }, '..xx..')).toBe('A1 A2 A5');
  });

  test('has its last seats in the best place for so few, not in the longest run left', () => {
    expect(bestIn({ ...apart, quantity: 5 }, '..x.x', 'x....xxx', 'xx...xxx')).toBe(
      'A2 B2 B3 B4 B5',
    );
  });
});

describe('the filters', () => {
  const plan = planOf({
    sections: [
      { name: 'Stalls', category: 'Best', rows: [{ name: 'A', seats: 4 }] },
      { name: 'Circle', category: 'Good', rows: [{ name: 'B', seats: 4 }] },
      { name: 'Stalls', category: 'Good', rows: [{ name: 'C', seats: 4 }] },
      { name: 'Floor', capacity: 4 },
    ],
  });
  const best = (wish: Partial<SeatWish>) =>
    told(
      plan,
      findBest(plan, () => true, { ...together, quantity: 2, ...wish }),
    );

  test('a category is looked for in every section that has it', () => {
    expect(best({ category: 'Good' })).toBe('B2 B3');
    expect(best({ category: 'Good', quantity: 8, adjacent: false })).toBe(
      'B1 B2 B3 B4 C1 C2 C3 C4',
    );
  });

  test('a section is looked for by name, and may have several parts', () => {
    expect(best({ section: 'Circle' })).toBe('B2 B3');
    expect(best({ section: 'Stalls', category: 'Good' })).toBe('C2 C3');
  });

  test('nothing else counts as free', () => {
    expect(best({ section: 'Circle', quantity: 5 })).toBe('sold_out');
    expect(best({ category: 'Best', quantity: 5, adjacent: false })).toBe('sold_out');
  });

  test('a name that the plan does not have matches no seat', () => {
    expect(best({ category: 'Box' })).toBe('sold_out');
    expect(best({ section: 'Gods' })).toBe('sold_out');
  });

  test('a category within a row is kept to', () => {
    const playhouse = new VenuePlan(specOf(planFromPretix(playhousePlan())));
    const wish = { ...together, quantity: 6, category: 'Standard' };
    expect(
      told(
        playhouse,
        findBest(playhouse, () => true, wish),
      ),
    ).toBe('Stalls-A1 Stalls-A2 Stalls-A3 Stalls-A4 Stalls-A5 Stalls-A6');
  });
});

describe('sections without rows', () => {
  test('in a line the lowest numbers side by side are best', () => {
    const line = planOf({ totalSeats: 9 });
    const isFree = (seat: number) => seat !== 2 && seat !== 5;
    const best = (quantity: number) =>
      told(line, findBest(line, isFree, { ...together, quantity }));
    expect(best(1)).toBe('1');
    expect(best(2)).toBe('3 4');
    expect(best(4)).toBe('6 7 8 9');
    expect(best(5)).toBe('not_enough_adjacent');
  });

  test('free places of a general section are as good as side by side', () => {
    const floor = planOf({ sections: [{ name: 'Floor', capacity: 9 }] });
    const isFree = (seat: number) => seat % 2 === 1;
    const wish = { ...together, preventOrphans: true };
    expect(told(floor, findBest(floor, isFree, { ...wish, quantity: 3 }))).toBe(
      'Floor-1 Floor-3 Floor-5',
    );
    expect(told(floor, findBest(floor, isFree, { ...wish, quantity: 6 }))).toBe('sold_out');
  });

  test('places of two general sections are not side by side', () => {
    const floors = planOf({
      sections: [
        { name: 'Floor', capacity: 3 },
        { name: 'Lawn', capacity: 3 },
      ],
    });
    const best = (wish: SeatWish) =>
      told(
        floors,
        findBest(floors, (seat) => seat !== 1, wish),
      );
    expect(best({ ...together, quantity: 3 })).toBe('Lawn-1 Lawn-2 Lawn-3');
    expect(best({ ...together, quantity: 4 })).toBe('not_enough_adjacent');
    expect(best({ ...apart, quantity: 4 })).toBe('Floor-2 Lawn-1 Lawn-2 Lawn-3');
    const isHalfFree = (seat: number) => seat !== 1 && seat !== 4;
    const wish = { ...together, quantity: 3 };
    expect(told(floors, findBest(floors, isHalfFree, wish))).toBe('not_enough_adjacent');
  });
});

describe('where orphans are not allowed', () => {
  const careful = { adjacent: true, preventOrphans: true };

  test.each([
    [2, '.....', 'A1 A2'],
    [1, '...', 'A1'],
    [1, '..x', 'A2'],
    [2, '...', 'A1 A2'],
    [4, '.......', 'A1 A2 A3 A4'],
    [4, '......', 'A1 A2 A3 A4'],
  ])('%d of %s move until none is left alone: %s', (quantity, row, seats) => {
    expect(bestIn({ ...careful, quantity }, row)).toBe(seats);
  });

  test('a category that cannot be had without one is passed over', () => {
    const plan = planOfCategories('.##.', '##..');
    const best = (quantity: number, isFree: (seat: number) => boolean) =>
      told(plan, findBest(plan, isFree, { ...careful, category: '#', quantity }));
    expect(best(2, () => true)).toBe('B1 B2');
    expect(best(2, (seat) => seat <= 4)).toBe('not_enough_adjacent');
    expect(best(5, () => true)).toBe('sold_out');
  });

  test('a group is judged together with those that the party has already', () => {
    const plan = planOfCategories('#.##..', '#.');
    const wish = { adjacent: false, preventOrphans: true, category: '#', quantity: 3 };
    expect(
      told(
        plan,
        findBest(plan, () => true, wish),
      ),
    ).toBe('A3 A4 B1');
    expect(
      told(
        plan,
        findBest(plan, (seat) => seat <= 6, wish),
      ),
    ).toBe('not_enough_adjacent');
  });
});

/** Rows A, B, C… of one section, a category a seat, called by its mark. */
function planOfCategories(...rows: string[]): VenuePlan {
  const marks = ['.', '#'];
  let next = 1;
  const rowSpecs = rows.map((row, index) => {
    const name = String.fromCharCode(65 + index);
    const first = next;
    next += row.length;
    const categories = [...row].map((mark) => marks.indexOf(mark));
    return { name, first, count: row.length, labelPrefix: name, categories };
  });
  return new VenuePlan({
    totalSeats: next - 1,
    categories: marks.map((name) => ({ name })),
    sections: [{ name: 'S', kind: 'rows', rows: rowSpecs }],
  });
}

test('of a line of a million seats no more is looked at than it takes to find the lowest', () => {
  const plan = planOf({ totalSeats: 1_000_000 });
  let looks = 0;
  const isFree = (seat: number) => {
    looks += 1;
    return seat > 500;
  };
  const best = findBest(plan, isFree, { ...together, quantity: 2 }, 400);
  expect(best).toEqual({ seats: [501, 502] });
  expect(looks).toBeLessThan(500);
});
