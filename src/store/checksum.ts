/**
 * CRC-32 (the one of zlib and PNG, polynomial 0xedb88320) of what rows are made of. Rows are short
 * and read by the hundred thousand: for them a loop over a table is several times as fast as the
 * call into zlib and the view that it needs.
 */
import { crc32 } from 'node:zlib';

/** From here on zlib is faster. */
const SHORT_BYTES_MAX = 512;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

/** The sum of `bytes` from `start` to `end`, going on from `sum`. */
export function sumOfBytes(bytes: Buffer, start: number, end: number, sum: number): number {
  if (end - start > SHORT_BYTES_MAX) return crc32(bytes.subarray(start, end), sum);
  let state = ~sum;
  for (let index = start; index < end; index += 1) {
    state = (state >>> 8) ^ (TABLE[(state ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return ~state >>> 0;
}

/** The sum of `text` in UTF-8, going on from `sum`. */
export function sumOfText(text: string, sum: number): number {
  let state = ~sum;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return crc32(text, sum);
    state = (state >>> 8) ^ (TABLE[(state ^ unit) & 0xff] ?? 0);
  }
  return ~state >>> 0;
}
