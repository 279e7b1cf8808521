import { assert, present } from './assert.js';

/** What two bits can say. */
export type TwoBits = 0 | 1 | 2 | 3;

const ENTRIES_PER_BYTE = 4;

/** How long the map of so many entries is. */
export function twoBitBytes(count: number): number {
  return Math.ceil(count / ENTRIES_PER_BYTE);
}

/**
 * A list of two-bit codes, four to a byte: entry 0 is in the low bits of byte 0. 1,000,000 entries
 * take 250 kB. The bytes are the wire format (API §3, `application/vnd.holdfast.seatmap`); unused
 * high bits of the last byte are 0.
 */
export class TwoBitMap {
  readonly count: number;
  /** The codes themselves, `ceil(count / 4)` bytes. A view, not a copy: writes show in the map. */
  readonly bytes: Uint8Array;

  /**
   * @param count entries, 0 or more; all 0 at first, unless `bytes` brings them.
   * @param bytes adopted without a copy; exactly as long as `count` needs.
   * @throws AssertionFailure where the two do not fit.
   */
  constructor(count: number, bytes: Uint8Array = new Uint8Array(twoBitBytes(count))) {
    assert(Number.isInteger(count) && count >= 0, `a map of ${count} entries`);
    assert(bytes.length === twoBitBytes(count), `${bytes.length} bytes for ${count} entries`);
    this.count = count;
    this.bytes = bytes;
  }

  /** The code of one entry, 0..count-1. */
  get(index: number): TwoBits {
    const byte = this.#byteAt(index);
    // `as`: two bits hold nothing else, and the compiler does not follow the mask.
    return ((byte >> shiftOf(index)) & 3) as TwoBits;
  }

  /** Overwrites the code of one entry, 0..count-1, and leaves its neighbours alone. */
  set(index: number, code: TwoBits): void {
    const shift = shiftOf(index);
    this.bytes[index >> 2] = (this.#byteAt(index) & ~(3 << shift)) | (code << shift);
  }

  #byteAt(index: number): number {
    // Plain messages: a text made for each of a million entries would cost more than the entries.
    assert(index >= 0 && index < this.count, 'the entry is in the map');
    return present(this.bytes[index >> 2], 'the byte of the entry');
  }
}

function shiftOf(index: number): number {
  return (index & 3) << 1;
}
