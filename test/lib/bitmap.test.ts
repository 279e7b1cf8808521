import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TwoBitMap, type TwoBits } from '../../src/lib/bitmap.js';

const code = fc.constantFrom<TwoBits>(0, 1, 2, 3);

test('a new map is all zeroes and takes a quarter of a byte an entry', () => {
  const map = new TwoBitMap(9);
  expect(map.bytes).toEqual(new Uint8Array([0, 0, 0]));
  expect(Array.from({ length: 9 }, (_, index) => map.get(index))).toEqual(new Array(9).fill(0));
});

test('entry 0 is in the low bits of byte 0', () => {
  const map = new TwoBitMap(5);
  map.set(0, 1);
  map.set(1, 2);
  map.set(3, 3);
  map.set(4, 2);
  expect([...map.bytes]).toEqual([0b11_00_10_01, 0b10]);
});

test('an entry holds what was written to it last, and no other entry changes', () => {
  const writes = fc.array(fc.tuple(fc.nat(40), code), { maxLength: 100 });
  fc.assert(
    fc.property(writes, (list) => {
      const map = new TwoBitMap(41);
      const model = new Array<TwoBits>(41).fill(0);
      for (const [index, value] of list) {
        map.set(index, value);
        model[index] = value;
      }
      expect(model.map((_, index) => map.get(index))).toEqual(model);
    }),
  );
});

test('a map made from bytes reads them, and writes to them', () => {
  const bytes = new Uint8Array([0b11_10_01_00]);
  const map = new TwoBitMap(4, bytes);
  expect([0, 1, 2, 3].map((index) => map.get(index))).toEqual([0, 1, 2, 3]);
  map.set(0, 2);
  expect(bytes[0]).toBe(0b11_10_01_10);
});

test('bytes that are too few or too many for the count are refused', () => {
  expect(() => new TwoBitMap(5, new Uint8Array(1))).toThrow('1 bytes for 5 entries');
  expect(() => new TwoBitMap(4, new Uint8Array(2))).toThrow('2 bytes for 4 entries');
});

test('an entry beyond the count is refused, though its byte is there', () => {
  const map = new TwoBitMap(5);
  expect(() => map.get(5)).toThrow('the entry is in the map');
  expect(() => map.set(-1, 1)).toThrow('the entry is in the map');
});
