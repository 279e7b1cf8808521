import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssertionFailure } from '../../src/lib/assert.js';
import { MemoryRows } from '../../src/store/memory-rows.js';
import { type RowKey, type RowRange, type Rows, rowsUnder } from '../../src/store/rows.js';
import { ROWS_KINDS } from './support/rows-kinds.js';

const text = (value: string) => Buffer.from(value);

function keysOf(rows: Rows, range: RowRange, table = 'seats'): RowKey[] {
  return [...rows.table(table).range(range)].map((row) => row.key);
}

function put(rows: Rows, ...keys: readonly RowKey[]): void {
  const table = rows.table('seats');
  rows.transaction(() => {
    for (const key of keys) table.put(key, text(String(key)));
  });
}

describe.each(ROWS_KINDS)('rows in %s', (_, open) => {
  test('what a transaction wrote is there when it has returned', () => {
    const rows = open();
    put(rows, ['e', 1]);
    expect(rows.table('seats').get(['e', 1])?.toString()).toBe('e,1');
    expect(rows.table('facts').get(['e', 1])).toBeUndefined();
  });

  test('a transaction that throws leaves everything as it was', () => {
    const rows = open();
    put(rows, ['a', 1], ['a', 2]);
    const table = rows.table('seats');
    const facts = rows.table('facts');
    const attempt = () =>
      rows.transaction(() => {
        table.put(['a', 1], text('other'));
        table.put(['a', 1], text('another'));
        table.put(['a', 3], text('new'));
        table.remove(['a', 2]);
        table.put(['a', 2], text('again'));
        facts.put(['f', 1], text('fact'));
        throw new Error('no');
      });
    expect(attempt).toThrow('no');
    expect(table.get(['a', 1])?.toString()).toBe('a,1');
    expect(table.get(['a', 2])?.toString()).toBe('a,2');
    expect(table.get(['a', 3])).toBeUndefined();
    expect(facts.get(['f', 1])).toBeUndefined();
    put(rows, ['a', 4]);
    expect(table.get(['a', 4])?.toString()).toBe('a,4');
  });

  test('inside a transaction its own writes are read', () => {
    const rows = open();
    put(rows, ['a', 1]);
    const table = rows.table('seats');
    rows.transaction(() => {
      table.put(['a', 2], text('two'));
      expect(table.get(['a', 2])?.toString()).toBe('two');
      expect(keysOf(rows, {})).toEqual([
        ['a', 1],
        ['a', 2],
      ]);
      expect(table.remove(['a', 1])).toBe(true);
      expect(keysOf(rows, {})).toEqual([['a', 2]]);
    });
  });

  test('remove says whether the row was there', () => {
    const rows = open();
    put(rows, ['a', 1]);
    rows.transaction(() => {
      expect(rows.table('seats').remove(['a', 1])).toBe(true);
      expect(rows.table('seats').remove(['a', 1])).toBe(false);
    });
    expect(rows.table('seats').get(['a', 1])).toBeUndefined();
  });

  test('rows are written only inside a transaction, and transactions are not nested', () => {
    const rows = open();
    const table = rows.table('seats');
    expect(() => table.put(['a'], text('x'))).toThrow(AssertionFailure);
    put(rows, ['a']);
    expect(() => table.remove(['a'])).toThrow(AssertionFailure);
    expect(() => rows.transaction(() => rows.transaction(() => {}))).toThrow(AssertionFailure);
    expect(() => rows.transaction(() => rows.table('unknown'))).toThrow(AssertionFailure);
    put(rows, ['b']);
    expect(keysOf(rows, {})).toEqual([['a'], ['b']]);
  });

  test('a value handed in or out is a copy', () => {
    const rows = open();
    const table = rows.table('seats');
    const scratch = text('first');
    rows.transaction(() => {
      table.put(['a'], scratch);
      scratch.fill(0);
    });
    table.get(['a'])?.fill(1);
    expect(table.get(['a'])?.toString()).toBe('first');
  });

  test.each([0, 1, 2000, 40_000, 300_000, 9_000_000])('a value of %i bytes comes back', (bytes) => {
    const rows = open();
    const value = Buffer.alloc(bytes, 'holdfast');
    const events = rows.table('events');
    rows.transaction(() => events.put(['e'], value));
    expect(events.get(['e'])?.equals(value)).toBe(true);
    expect([...events.range({})][0]?.value.equals(value)).toBe(true);
  });

  test('a transaction may write more than the file held before', () => {
    const rows = open();
    const value = Buffer.alloc(3000, 1);
    const facts = rows.table('facts');
    rows.transaction(() => {
      for (let index = 0; index < 5000; index += 1) facts.put(['e', index], value);
    });
    expect(keysOf(rows, { reverse: true, limit: 1 }, 'facts')).toEqual([['e', 4999]]);
  });

  test('a range has its start and not its end, and backwards the same rows', () => {
    const rows = open();
    put(rows, ['a', 1], ['a', 2], ['a', 3], ['b', 1]);
    const range = { start: ['a', 1], end: ['a', 3] };
    expect(keysOf(rows, range)).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
    expect(keysOf(rows, { ...range, reverse: true })).toEqual([
      ['a', 2],
      ['a', 1],
    ]);
    expect(keysOf(rows, { ...range, reverse: true, limit: 1 })).toEqual([['a', 2]]);
    expect(keysOf(rows, { end: ['a', 2] })).toEqual([['a', 1]]);
    expect(keysOf(rows, { start: ['a', 3], reverse: true })).toEqual([
      ['b', 1],
      ['a', 3],
    ]);
    expect(keysOf(rows, { limit: 0 })).toEqual([]);
  });

  test('rowsUnder a prefix has all of its rows and no other', () => {
    const rows = open();
    put(rows, ['a'], ['a', 0], ['a', 9e15], ['a', '\u{10fffe}'], ['aa', 1], ['b', 0]);
    expect(keysOf(rows, rowsUnder(['a']))).toEqual([
      ['a'],
      ['a', 0],
      ['a', 9e15],
      ['a', '\u{10fffe}'],
    ]);
  });

  test('ranges agree with a sorted list, whatever the keys', () => {
    fc.assert(
      fc.property(
        keys,
        bound,
        bound,
        fc.boolean(),
        fc.option(fc.nat(5)),
        (list, from, to, reverse, limit) => {
          const rows = open();
          const model = new MemoryRows();
          put(rows, ...list);
          put(model, ...list);
          const range = {
            reverse,
            ...(from === null ? {} : { start: from }),
            ...(to === null ? {} : { end: to }),
            ...(limit === null ? {} : { limit }),
          };
          expect(keysOf(rows, range)).toEqual(keysOf(model, range));
          expect(keysOf(model, {})).toEqual(sorted(list));
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** Printable strings, as the contract allows in names and ids. */
const part = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 4 }),
  fc.string({
    unit: fc.constantFrom('a', 'z', '\u{e000}', '\u{10000}', ' ', '~'),
    minLength: 60,
    maxLength: 70,
  }),
  fc.nat(300),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
);
const key = fc.array(part, { minLength: 1, maxLength: 3 });
const keys = fc.array(key, { maxLength: 30 });
const bound = fc.option(key);

/** By the bytes of UTF-8, numbers first: worked out without the code under test. */
function sorted(list: readonly RowKey[]): RowKey[] {
  const order = (at: string | number) =>
    typeof at === 'number'
      ? `0${at.toString().padStart(17, '0')}`
      : `1${Buffer.from(at).toString('hex')}`;
  const spelled = new Map(list.map((one) => [one.map(order).join('.'), one]));
  return [...spelled.keys()].sort().map((spelling) => spelled.get(spelling) ?? []);
}
