import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rfc3339 } from '../../src/gateway/rfc3339.js';

/** 2000-01-01 to 2200. */
const time = fc.integer({ min: 946_684_800_000, max: 7_258_118_400_000 });
const near = fc.tuple(time, fc.integer({ min: -70_000, max: 70_000 })).map(([at, by]) => at + by);

test('a time reads as Date has it, whatever was asked before', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(time, near), { maxLength: 200 }), time, (times, start) => {
      const close = times.map((_, index) => start + index * 137);
      for (const each of [...times, ...close, ...times]) {
        expect(rfc3339(each)).toBe(new Date(each).toISOString());
      }
    }),
  );
});
