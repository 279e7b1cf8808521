import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planFromPretix } from '../../src/domain/pretix-plan.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';
import { planOf, playhousePlan, specOf } from '../support/plans.js';

const house = planOf({
  sections: [
    {
      name: 'Stalls',
      category: 'Best',
      price: 5000,
      rows: [
        { name: 'A', seats: 10 },
        { name: 'B', seats: ['left', '3', { label: 'right' }] },
      ],
    },
    { name: 'Circle', category: 'Good', rows: [{ name: 'C', seats: 12 }] },
    { name: 'Floor', capacity: 100 },
  ],
});

test('seats are numbered through sections and rows in their order', () => {
  expect(house.totalSeats).toBe(125);
  expect([1, 10, 11, 13, 14, 25, 26, 125].map((seat) => house.labelOf(seat))).toEqual([
    'A1',
    'A10',
    'left',
    'right',
    'C1',
    'C12',
    'Floor-1',
    'Floor-100',
  ]);
});

test('a seat is found by its label', () => {
  expect(house.numberOf('A10')).toBe(10);
  expect(house.numberOf('right')).toBe(13);
  expect(house.numberOf('Floor-100')).toBe(125);
});

test('a name that is no label is a seat number', () => {
  expect(house.numberOf('13')).toBe(13);
  expect(house.numberOf('125')).toBe(125);
});

test('a label goes before a seat number', () => {
  expect(house.numberOf('3')).toBe(12);
});

test.each([
  'A0',
  'A11',
  'A01',
  'A1.0',
  'A+1',
  'A-1',
  'A 1',
  'A',
  '',
  '0',
  '126',
  '01',
  '1e1',
  '-1',
  '1.0',
  ' 1',
  'Floor-101',
  'Floor1',
  'toString',
  '9007199254740993',
])('%j names no seat', (name) => {
  expect(house.numberOf(name)).toBeUndefined();
});

test('a label that ends in digits is taken apart where the rows say, not where they start', () => {
  const plan = planOf({
    sections: [
      {
        name: 'S',
        rows: [
          { name: '1', seats: 9 },
          { name: '11', seats: 9 },
          { name: 'A10', seats: 3 },
        ],
      },
    ],
  });
  expect(plan.numberOf('11')).toBe(1);
  expect(plan.numberOf('111')).toBe(10);
  expect(plan.numberOf('A102')).toBe(20);
});

test('the last of 1,000,000 places is found by its label', () => {
  const floor = planOf({ sections: [{ name: 'Floor', capacity: 1_000_000 }] });
  expect(floor.numberOf('Floor-1000000')).toBe(1_000_000);
  expect(floor.numberOf('Floor-1000001')).toBeUndefined();
});

test('every seat is found by the label it has, and by its number where that is no label', () => {
  const rowName = fc.constantFrom('A', 'A1', 'A11', '1', '11', '10', 'B', '0');
  const rows = fc.uniqueArray(fc.record({ name: rowName, seats: fc.integer({ min: 1, max: 9 }) }), {
    selector: (row) => row.name,
    minLength: 1,
  });
  fc.assert(
    fc.property(rows, (list) => {
      const plan = planOf({ sections: [{ name: 'S', rows: list }] });
      const labels = new Map<string, number>();
      for (let seat = 1; seat <= plan.totalSeats; seat += 1) labels.set(plan.labelOf(seat), seat);
      expect(labels.size).toBe(plan.totalSeats);
      for (const [label, seat] of labels) expect(plan.numberOf(label)).toBe(seat);
      for (let seat = 1; seat <= plan.totalSeats; seat += 1) {
        expect(plan.numberOf(`${seat}`)).toBe(labels.get(`${seat}`) ?? seat);
      }
    }),
  );
});

test('a place has its section, its row, its category, and the price of its section', () => {
  expect(house.placeOf(10)).toEqual({ section: 'Stalls', row: 'A', category: 'Best', price: 5000 });
  expect(house.placeOf(14)).toEqual({ section: 'Circle', row: 'C', category: 'Good', price: null });
});

test('what a plan leaves unnamed is null', () => {
  expect(house.placeOf(26)).toEqual({ section: 'Floor', row: null, category: null, price: null });
  const line = planOf({ totalSeats: 3 });
  expect(line.placeOf(3)).toEqual({ section: null, row: null, category: null, price: null });
});

test('the category has a price where the section has none', () => {
  const row = { name: 'A', first: 1, count: 1, labelPrefix: 'A' };
  const spec = (price?: number) => ({
    totalSeats: 1,
    categories: [{ name: 'Best', price: 700 }],
    sections: [
      {
        name: 'S',
        kind: 'rows' as const,
        category: 0,
        rows: [row],
        ...(price === undefined ? {} : { price }),
      },
    ],
  });
  expect(new VenuePlan(spec()).placeOf(1).price).toBe(700);
  expect(new VenuePlan(spec(0)).placeOf(1).price).toBe(0);
});

test('a seat has its own category and place where its row says so', () => {
  const playhouse = new VenuePlan(specOf(planFromPretix(playhousePlan())));
  expect(playhouse.placeOf(1)).toEqual({
    section: 'Stalls',
    row: 'A',
    category: 'Standard',
    price: null,
    x: 568,
    y: 355,
  });
  expect(playhouse.placeOf(7).category).toBe('Premium');
  expect(playhouse.categoryIndexOf(7)).toBe(0);
  expect(playhouse.numberOf('BoxR5-4')).toBe(1362 - 255);
});

test('a seat knows its row, its section and its category', () => {
  expect(house.rowOf(10)).toEqual({ first: 1, count: 10, kind: 'rows' });
  expect(house.rowOf(11)).toEqual({ first: 11, count: 3, kind: 'rows' });
  expect(house.rowOf(125)).toEqual({ first: 26, count: 100, kind: 'general' });
  expect(house.sectionOf(14).name).toBe('Circle');
  expect(house.categoryIndexOf(14)).toBe(1);
  expect(house.categoryIndexOf(26)).toBeUndefined();
});

test('rows come in seat order, each with its section', () => {
  expect(Array.from(house.rows(), ({ section, row }) => [section.name, row.first])).toEqual([
    ['Stalls', 1],
    ['Stalls', 11],
    ['Circle', 14],
    ['Floor', 26],
  ]);
});

test.each([0, 126, -1, Number.NaN])('asking about seat %d is a bug', (seat) => {
  expect(() => house.labelOf(seat)).toThrow('the seat is in the plan');
});

describe('a spec that breaks its promise is not taken', () => {
  const row = { name: 'A', first: 1, count: 2, labelPrefix: 'A' };
  const planWith = (rows: readonly object[], totalSeats: number) => () =>
    new VenuePlan({
      totalSeats,
      categories: [],
      sections: [{ name: 'S', kind: 'rows', rows: rows.map((other) => ({ ...row, ...other })) }],
    });

  test('rows that overlap', () => {
    const rows = [{}, { name: 'B', labelPrefix: 'B', first: 2 }];
    expect(planWith(rows, 4)).toThrow('1: a row starts where the one before it ends');
  });
  test('a row without seats', () => {
    expect(planWith([{ count: 0 }], 0)).toThrow('1:');
  });
  test('rows that have more seats than the plan', () => {
    expect(planWith([{}], 3)).toThrow('1: rows have 2 seats, not 3');
  });
  test('a list that is shorter than its row', () => {
    expect(planWith([{ labels: ['one'] }], 2)).toThrow('1: a row names all its seats');
    expect(planWith([{ x: [1], y: [1, 2] }], 2)).toThrow('1: a row places all its seats');
  });
  test('a label twice', () => {
    expect(planWith([{}, { first: 3 }], 4)).toThrow('2: the label A1 names two seats');
  });
});
