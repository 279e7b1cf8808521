import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base36 } from '../../src/lib/base36.js';

it('base 36 is as toString has it, with zeros in front', () => {
  const number = fc.integer({ min: 1, max: 10 }).chain((digits) =>
    fc.record({
      digits: fc.constant(digits),
      value: fc.oneof(
        fc.maxSafeNat().map((value) => value % 36 ** digits),
        fc.constantFrom(0, 1, 35, 36, 36 ** digits - 1).map((value) => value % 36 ** digits),
      ),
    }),
  );
  fc.assert(
    fc.property(number, ({ digits, value }) => {
      expect(base36(value, digits)).toBe(value.toString(36).padStart(digits, '0'));
    }),
  );
});

it.each([1, 2, 7, 9])('a number of more than %s digits is a bug', (digits) => {
  expect(() => base36(36 ** digits, digits)).toThrow('room in its digits');
});
