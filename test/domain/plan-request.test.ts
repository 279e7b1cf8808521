import { describe, expect, test } from 'vitest';
import { type PlanRequest, planFromRequest } from '../../src/domain/plan-request.js';
import { planOf, specOf } from '../support/plans.js';

/** Every label of the plan, in seat order. */
function labelsOf(request: PlanRequest): string[] {
  const plan = planOf(request);
  return Array.from({ length: plan.totalSeats }, (_, index) => plan.labelOf(index + 1));
}

/** Paths and messages, `path: message`. */
function faultsOf(request: PlanRequest): string[] {
  const result = planFromRequest(request);
  if ('plan' in result) return [];
  return result.faults.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('labels', () => {
  test('a number of seats makes a line of the labels 1 to n', () => {
    expect(labelsOf({ totalSeats: 3 })).toEqual(['1', '2', '3']);
    expect(specOf(planFromRequest({ totalSeats: 3 })).sections).toEqual([
      { name: '', kind: 'numbered', rows: [{ name: '', first: 1, count: 3, labelPrefix: '' }] },
    ]);
  });

  test('a counted seat is called by its row and its number in it', () => {
    const rows = [
      { name: 'A', seats: 2 },
      { name: 'B', seats: 1 },
    ];
    expect(labelsOf({ sections: [{ name: 'Stalls', rows }] })).toEqual(['A1', 'A2', 'B1']);
  });

  test('all rows of a name that two sections share have the section in front, no others', () => {
    const sections = [
      {
        name: 'Stalls',
        rows: [
          { name: 'A', seats: 1 },
          { name: 'B', seats: 1 },
        ],
      },
      { name: 'Circle', rows: [{ name: 'A', seats: 2 }] },
    ];
    expect(labelsOf({ sections })).toEqual(['Stalls-A1', 'B1', 'Circle-A1', 'Circle-A2']);
  });

  test('a row whose seats are listed shares its name too, but its labels stand as they are', () => {
    const sections = [
      { name: 'Stalls', rows: [{ name: 'A', seats: ['left', 'right'] }] },
      { name: 'Circle', rows: [{ name: 'A', seats: 1 }] },
    ];
    expect(labelsOf({ sections })).toEqual(['left', 'right', 'Circle-A1']);
  });

  test('a section in two parts is one section: its rows share no name with themselves', () => {
    const sections = [
      { name: 'Stalls', category: 'Best', rows: [{ name: 'A', seats: 1 }] },
      { name: 'Stalls', category: 'Good', rows: [{ name: 'B', seats: 1 }] },
    ];
    expect(labelsOf({ sections })).toEqual(['A1', 'B1']);
    expect(planOf({ sections }).placeOf(2)).toMatchObject({ section: 'Stalls', category: 'Good' });
  });

  test('places of a general section are called by the section and a number', () => {
    expect(labelsOf({ sections: [{ name: 'Floor', capacity: 2 }] })).toEqual([
      'Floor-1',
      'Floor-2',
    ]);
  });
});

describe('what a seat is', () => {
  test('categories are one list, by first appearance', () => {
    const section = (name: string, category: string) => ({ name, category, capacity: 1 });
    const spec = specOf(
      planFromRequest({
        sections: [section('a', 'Good'), section('b', 'Best'), section('c', 'Good')],
      }),
    );
    expect(spec.categories).toEqual([{ name: 'Good' }, { name: 'Best' }]);
    expect(spec.sections.map((part) => part.category)).toEqual([0, 1, 0]);
  });

  test('a price of nothing is a price', () => {
    const plan = planOf({ sections: [{ name: 'Floor', price: 0, capacity: 1 }] });
    expect(plan.placeOf(1).price).toBe(0);
  });

  test('listed seats have the places that are given', () => {
    const seats = [
      { label: 'a', x: 1, y: 2 },
      { label: 'b', x: 0, y: 0 },
    ];
    const plan = planOf({ sections: [{ name: 'S', rows: [{ name: 'A', seats }] }] });
    expect(plan.placeOf(1)).toMatchObject({ x: 1, y: 2 });
    expect(plan.placeOf(2)).toMatchObject({ x: 0, y: 0 });
  });
});

describe('faults', () => {
  const oneRow = (seats: PlanRow['seats'], name = 'A'): PlanRequest => ({
    sections: [{ name: 'S', rows: [{ name, seats }] }],
  });
  type PlanRow = NonNullable<NonNullable<PlanRequest['sections']>[number]['rows']>[number];

  test('a plan has a number of seats or sections, not both and not neither', () => {
    const message = ': must have one of totalSeats and sections';
    expect(faultsOf({})).toEqual([message]);
    expect(faultsOf({ totalSeats: 1, sections: [] })).toEqual([message]);
  });

  test('a section has rows or a capacity, not both and not neither', () => {
    const message = 'sections.0: must have one of rows and capacity';
    expect(faultsOf({ sections: [{ name: 'S' }] })).toEqual([message]);
    const both = { name: 'S', capacity: 1, rows: [{ name: 'A', seats: 1 }] };
    expect(faultsOf({ sections: [both] })).toEqual([message]);
  });

  test.each([0, -1, 1.5, 1_000_001])('an event cannot have %d seats', (totalSeats) => {
    const message = `must have 1 to 1000000 seats, not ${totalSeats}`;
    expect(faultsOf({ totalSeats })).toEqual([`totalSeats: ${message}`]);
    expect(faultsOf(oneRow(totalSeats))).toEqual([`sections.0.rows.0.seats: ${message}`]);
    expect(faultsOf({ sections: [{ name: 'S', capacity: totalSeats }] })).toEqual([
      `sections.0.capacity: ${message}`,
    ]);
  });

  test('an event can have 1,000,000 seats, over all its sections, and no more', () => {
    const sections = [
      { name: 'Floor', capacity: 999_999 },
      { name: 'Box', rows: [{ name: 'A', seats: 1 }] },
    ];
    expect(planOf({ sections }).totalSeats).toBe(1_000_000);
    expect(faultsOf({ sections: [...sections, { name: 'Lawn', capacity: 1 }] })).toEqual([
      'sections: must have 1 to 1000000 seats, not 1000001',
    ]);
    expect(faultsOf({ sections: [...sections, { name: '', capacity: 1 }] })).toEqual([
      'sections.2.name: must not be empty',
      'sections: must have 1 to 1000000 seats, not 1000001',
    ]);
  });

  test('an event has a seat', () => {
    const message = 'sections: must have 1 to 1000000 seats, not 0';
    expect(faultsOf({ sections: [] })).toEqual([message]);
    expect(faultsOf({ sections: [{ name: 'S', rows: [] }] })).toEqual([message]);
    expect(faultsOf(oneRow([]))).toEqual(['sections.0.rows.0.seats: must name a seat']);
  });

  test('a label is of one seat only', () => {
    expect(faultsOf(oneRow(['a', 'b', 'a']))).toEqual([
      'sections.0.rows.0.seats.2: the label "a" is that of seat number 1 already',
    ]);
    expect(faultsOf(oneRow([{ label: 'a' }, { label: 'a' }]))).toEqual([
      'sections.0.rows.0.seats.1.label: the label "a" is that of seat number 1 already',
    ]);
  });

  test('two rows of one section do not share a name, if their seats are counted', () => {
    const rows = [
      { name: 'A', seats: 2 },
      { name: 'A', seats: 2 },
    ];
    expect(faultsOf({ sections: [{ name: 'S', rows }] })).toEqual([
      'sections.0.rows.1.name: the label "A1" is that of seat number 1 already',
    ]);
  });

  test('rows that look different but make one label are refused', () => {
    const rows = [
      { name: 'A', seats: 12 },
      { name: 'A1', seats: 3 },
    ];
    expect(faultsOf({ sections: [{ name: 'S', rows }] })).toEqual([
      'sections.0.rows.1.name: the label "A11" is that of seat number 11 already',
    ]);
  });

  test('two general sections do not share a name', () => {
    const floor = { name: 'Floor', capacity: 5 };
    expect(faultsOf({ sections: [floor, floor] })).toEqual([
      'sections.1.name: the label "Floor-1" is that of seat number 1 already',
    ]);
  });

  test('names and labels are 1 to 128 printable characters', () => {
    const long = 'x'.repeat(129);
    expect(faultsOf({ sections: [{ name: '', category: 'a\nb', capacity: 1 }] })).toEqual([
      'sections.0.name: must not be empty',
      'sections.0.category: must have printable characters only',
    ]);
    const good = ['é 座 👨‍👩‍👧', 'x'.repeat(128)];
    const bad = ['', long, 'a\u0000', '\ud800', '\u2028', '\u2029'];
    expect(faultsOf(oneRow([...bad, ...good]))).toEqual([
      'sections.0.rows.0.seats.0: must not be empty',
      'sections.0.rows.0.seats.1: must have at most 128 characters',
      'sections.0.rows.0.seats.2: must have printable characters only',
      'sections.0.rows.0.seats.3: must have printable characters only',
      'sections.0.rows.0.seats.4: must have printable characters only',
      'sections.0.rows.0.seats.5: must have printable characters only',
    ]);
    expect(faultsOf(oneRow(1, ''))).toEqual(['sections.0.rows.0.name: must not be empty']);
  });

  test('a label that is made is no longer than one that is given', () => {
    expect(faultsOf(oneRow(9, 'x'.repeat(127)))).toEqual([]);
    expect(faultsOf(oneRow(10, 'x'.repeat(127)))).toEqual([
      'sections.0.rows.0.seats: makes labels of more than 128 characters',
    ]);
  });

  test('the seats of a row all have a place, or none has', () => {
    const message = 'must have x and y, as one seat of the row has one';
    const seats = [{ label: 'a', x: 1, y: 1 }, { label: 'b', x: 1 }, 'c'];
    expect(faultsOf(oneRow(seats))).toEqual([
      `sections.0.rows.0.seats.1: ${message}`,
      `sections.0.rows.0.seats.2: ${message}`,
    ]);
    expect(faultsOf(oneRow([{ label: 'a', y: 1 }]))).toEqual([
      `sections.0.rows.0.seats.0: ${message}`,
    ]);
  });

  test('all faults are told at once', () => {
    const sections = [
      { name: '', capacity: 0 },
      {
        name: 'S',
        rows: [
          { name: 'A', seats: ['a', 'a'] },
          { name: '', seats: 0 },
        ],
      },
    ];
    expect(faultsOf({ sections }).map((fault) => fault.split(':')[0])).toEqual([
      'sections.0.name',
      'sections.0.capacity',
      'sections.1.rows.1.name',
      'sections.1.rows.1.seats',
      'sections.1.rows.0.seats.1',
    ]);
  });

  test('more faults than anybody reads are counted, not told', () => {
    const faults = faultsOf(oneRow(new Array(10_003).fill('')));
    expect(faults.length).toBe(10_001);
    expect(faults.at(-1)).toBe(': has 3 more faults');
  });
});
