/**
 * CRC-32 (the one of zlib and PNG, polynomial 0xedb88320) of what rows are made of. Rows are short
 * and read by the hundred thousand: for them a loop over a table is several times as fast as the
 * call into zlib and the view that it needs.
 */
import { crc32 } from 'node:zlib';

/** From here on zlib is faster. */
const SHORT_BYTES_MAX = 256;
/** How many bytes a step of the loop takes: their look-ups do not wait for each other. */
const STEP_BYTES = 4;
const ENTRIES = 256;

/**
 * What a byte adds to the sum with 0, 1, 2 and 3 bytes after it, `ENTRIES` each ("slicing-by-4",
 * Kounavis and Berry, A Systematic Approach to Building High Performance Software-Based CRC
 * Generators, 2005).
 */
const TABLE = new Int32Array(STEP_BYTES * ENTRIES);
for (let entry = 0; entry < TABLE.length; entry += 1) {
  let sum = entry < ENTRIES ? entry : (TABLE[entry - ENTRIES] ?? 0);
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  TABLE[entry] = sum;
}

/** The sum of `bytes` from `start` to `end`, going on from `sum`. */
export function sumOfBytes(bytes: Buffer, start: number, end: number, sum: number): number {
  if (end - start > SHORT_BYTES_MAX) return crc32(bytes.subarray(start, end), sum);
  let state = ~sum;
  let index = start;
  for (; index + STEP_BYTES <= end; index += STEP_BYTES) {
    state ^=
      (bytes[index] ?? 0) |
      ((bytes[index + 1] ?? 0) << 8) |
      ((bytes[index + 2] ?? 0) << 16) |
      ((bytes[index + 3] ?? 0) << 24);
    state =
      added(state & 0xff, 3) ^
      added((state >>> 8) & 0xff, 2) ^
      added((state >>> 16) & 0xff, 1) ^
      added(state >>> 24, 0);
  }
  for (; index < end; index += 1) {
    state = (state >>> 8) ^ added((state ^ (bytes[index] ?? 0)) & 0xff, 0);
  }
  return ~state >>> 0;
}

function added(byte: number, bytesAfter: number): number {
  return TABLE[bytesAfter * ENTRIES + byte] ?? 0;
}

/** The sum of `text` in UTF-8, going on from `sum`. */
export function sumOfText(text: string, sum: number): number {
  let state = ~sum;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return crc32(text, sum);
    state = (state >>> 8) ^ added((state ^ unit) & 0xff, 0);
  }
  return ~state >>> 0;
}
