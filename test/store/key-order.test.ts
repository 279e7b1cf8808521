import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyOrder } from '../../src/store/key-order.js';

/** Few letters and lengths: many keys are the same, or begin alike. */
const key = fc.uint8Array({ max: 2, minLength: 1, maxLength: 4 });
/** A branch's key, then those of the page below it. */
const course = fc.array(fc.record({ branch: key, below: fc.array(key, { maxLength: 4 }) }), {
  maxLength: 6,
});

test('a key may follow a lesser one, and be that of the branch above it', () => {
  fc.assert(
    fc.property(course, (pages) => {
      const order = new KeyOrder();
      const page = Buffer.alloc(64);
      let last: { bytes: Buffer; isBranch: boolean } | undefined;
      const mayFollow = (bytes: Buffer, isBranch: boolean) => {
        const compared = last === undefined ? 1 : bytes.compare(last.bytes);
        const may = compared > 0 || (compared === 0 && last?.isBranch === true && !isBranch);
        last = { bytes, isBranch };
        return may;
      };
      for (const { branch, below } of pages) {
        const own = Buffer.from(branch);
        expect(order.follows(own, 0, own.length, true)).toBe(mayFollow(own, true));
        for (const [index, each] of below.entries()) {
          const from = 8 * index;
          page.set(each, from);
          const may = mayFollow(Buffer.from(each), false);
          expect(order.follows(page, from, from + each.length, false)).toBe(may);
        }
        order.leave(page);
        page.fill(0xff);
      }
    }),
  );
});
