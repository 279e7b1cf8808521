import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerFault } from '../../src/lib/server-fault.js';
import { RecordCodec } from '../../src/store/record-codec.js';

const codec = new RecordCodec('seats');

/** A value that outlives the next call of `encode`. */
function encode(key: readonly (string | number)[], payload: string): Buffer {
  return Buffer.from(codec.encode(key, payload));
}

function faultOf(read: () => unknown): ServerFault {
  try {
    read();
  } catch (error) {
    if (error instanceof ServerFault) return error;
  }
  throw new Error('it was read');
}

test('a payload comes back as it was, however long and in whatever script', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(1, 10, 30_000), (text, times) => {
      const payload = text.repeat(times);
      expect(codec.decode(['hall', 7], encode(['hall', 7], payload)).toString()).toBe(payload);
    }),
    { numRuns: 50 },
  );
});

test('bytes come back as they were, too', () => {
  const value = Buffer.from(codec.encode(['hall', 0], Uint8Array.of(0, 255, 128)));
  expect(codec.decode(['hall', 0], value)).toEqual(Buffer.of(0, 255, 128));
});

// crc32('seats' + 'hall' + NUL + '7' + 'payload'), by Python's zlib.
const CHECKSUM = '68e32ef8';

test('a value starts with its format and the checksum of table, key and payload', () => {
  expect(encode(['hall', 7], 'payload').toString('hex')).toBe(`03${CHECKSUM}7061796c6f6164`);
});

test('any flipped bit is noticed, and told with table and key', () => {
  const sound = encode(['hall', 7], 'rrsv_1');
  for (let bit = 0; bit < sound.length * 8; bit += 1) {
    const flipped = Buffer.from(sound);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const fault = faultOf(() => codec.decode(['hall', 7], flipped));
    expect(fault.code).toBe('storage_corrupt');
    expect(fault.message).toMatch(/^the row \["hall",7\] of table seats is damaged: /);
  }
});

test('a value at the place of another row, or of another table, is noticed', () => {
  const value = encode(['hall', 7], 'rrsv_1');
  expect(faultOf(() => codec.decode(['hall', 8], value)).message).toContain('checksum');
  const other = new RecordCodec('facts');
  expect(faultOf(() => other.decode(['hall', 7], value)).message).toContain('checksum');
});

test('a value cut short, or of a format not known, is refused', () => {
  const value = encode(['hall', 7], 'rrsv_1');
  for (let length = 0; length < value.length; length += 1) {
    expect(faultOf(() => codec.decode(['hall', 7], value.subarray(0, length)))).toBeInstanceOf(
      ServerFault,
    );
  }
  value[0] = 1;
  expect(faultOf(() => codec.decode(['hall', 7], value)).message).toContain(
    'its format is 1, this version knows 3',
  );
});
