import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sumOfBytes, sumOfText } from '../../src/store/checksum.js';

const sum = fc.integer({ min: 0, max: 0xffffffff });

test('the sum of bytes is that of zlib, short or long, from any start to any end', () => {
  const long = fc.uint8Array({ maxLength: 1200 });
  fc.assert(
    fc.property(long, fc.nat(20), fc.nat(20), sum, (data, skipped, left, before) => {
      const bytes = Buffer.from(data);
      const end = Math.max(skipped, bytes.length - left);
      const slice = bytes.subarray(skipped, end);
      expect(sumOfBytes(bytes, skipped, Math.min(end, bytes.length), before)).toBe(
        slice.length === 0 ? before : crc32(slice, before),
      );
    }),
  );
});

test('the sum of a text is that of its bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), sum, (text, before) => {
      expect(sumOfText(text, before)).toBe(text === '' ? before : crc32(text, before));
    }),
  );
});
