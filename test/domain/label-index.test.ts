import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabelIndex } from '../../src/domain/label-index.js';
import type { PlanSpec, RowSpec } from '../../src/domain/plan-spec.js';

type DrawnRow = { readonly prefix: string; readonly count: number } | readonly string[];

function specOfRows(rows: readonly DrawnRow[]): PlanSpec {
  let next = 1;
  const specs = rows.map((row): RowSpec => {
    const count = 'prefix' in row ? row.count : row.length;
    const head = { name: '', first: next, count };
    next += count;
    return 'prefix' in row
      ? { ...head, labelPrefix: row.prefix }
      : { ...head, labelPrefix: '', labels: row };
  });
  const sections = [{ name: 'S', kind: 'rows' as const, rows: specs }];
  return { totalSeats: next - 1, categories: [], sections };
}

function labelsOf(rows: readonly DrawnRow[]): string[] {
  return rows.flatMap((row) =>
    'prefix' in row
      ? Array.from({ length: row.count }, (_, index) => `${row.prefix}${index + 1}`)
      : [...row],
  );
}

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const clashesOf = (...rows: DrawnRow[]) => new LabelIndex(specOfRows(rows)).clashes;

test('row A of 12 and row A1 share the label A11', () => {
  const clash = { label: 'A11', sectionIndex: 0, seatIndex: 0 };
  const [a, a1] = [
    { prefix: 'A', count: 12 },
    { prefix: 'A1', count: 2 },
  ];
  expect(clashesOf(a, a1)).toEqual([{ ...clash, takenBy: 11, rowIndex: 1 }]);
  expect(clashesOf(a1, a)).toEqual([{ ...clash, takenBy: 13, rowIndex: 0 }]);
});

test('row A of 10 and row A1 share no label', () => {
  expect(clashesOf({ prefix: 'A', count: 10 }, { prefix: 'A1', count: 50 })).toEqual([]);
});

test('two rows of one prefix are told of once', () => {
  const row = { prefix: 'A1', count: 2 };
  const clash = { label: 'A11', takenBy: 1, sectionIndex: 0, rowIndex: 1, seatIndex: 0 };
  expect(clashesOf(row, row)).toEqual([clash]);
});

test('no seat number starts with 0, so row A and row A0 share no label', () => {
  expect(clashesOf({ prefix: 'A', count: 100 }, { prefix: 'A0', count: 100 })).toEqual([]);
});

test('a label that is spelled out clashes with a counted one, wherever its row stands', () => {
  const clash = { label: 'A2', takenBy: 4, sectionIndex: 0, rowIndex: 0, seatIndex: 1 };
  expect(clashesOf(['x', 'A2'], { prefix: 'A', count: 2 })).toEqual([clash]);
});

test('a row that says nothing of its seats has no labels', () => {
  expect(clashesOf({ prefix: 'A', count: 0 }, { prefix: 'A', count: 1 })).toEqual([]);
});

test('two seats have one label exactly where there is a clash, and else it is found', () => {
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '2'), maxLength: 3 });
  const counted = fc.record({ prefix: digits, count: fc.integer({ min: 1, max: 250 }) });
  const spelledOut = fc.array(digits, { minLength: 1, maxLength: 3 });
  const rows = fc.array(fc.oneof(counted, spelledOut), { maxLength: 3 });
  let clashing = 0;
  fc.assert(
    fc.property(rows, (list) => {
      const labels = labelsOf(list);
      const index = new LabelIndex(specOfRows(list));
      const isUnique = new Set(labels).size === labels.length;
      expect(index.clashes.length === 0).toBe(isUnique);
      if (isUnique) expect(labels.map((label) => index.find(label))).toEqual(oneTo(labels.length));
      else clashing += 1;
    }),
    { numRuns: 1000 },
  );
  expect(clashing).toBeGreaterThan(100);
});
