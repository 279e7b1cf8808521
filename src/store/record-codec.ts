/**
 * How a row's value looks on disk: one byte of format version, four bytes of CRC-32 (big end first)
 * over the row's table, key and payload, then the payload; a text in UTF-8.
 *
 * LMDB has no checksums and serves a flipped bit as data; this is where one is noticed, on every
 * read. The key is under the checksum too, so that a value which turns up at another row's place is
 * noticed as well.
 */
import type { ServerFault } from '../lib/server-fault.js';
import { sumOfBytes, sumOfText } from './checksum.js';
import { damaged } from './damage.js';
import type { RowKey } from './rows.js';

/** Of every row. A reader refuses what it does not know. */
export const FORMAT_VERSION = 3;

const HEADER_BYTES = 5;
const SCRATCH_BYTES = 1 << 16;
/** What a UTF-16 unit takes in UTF-8, at most. */
const UNIT_BYTES_MAX = 3;

export class RecordCodec {
  readonly #table: string;
  readonly #tableSum: number;
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

  constructor(table: string) {
    this.#table = table;
    this.#tableSum = sumOfText(table, 0);
  }

  /** The value to write; good until the next call. */
  encode(key: RowKey, payload: string | Uint8Array): Buffer {
    const bytesMax = HEADER_BYTES + payload.length * UNIT_BYTES_MAX;
    const target = bytesMax <= SCRATCH_BYTES ? this.#scratch : Buffer.allocUnsafe(bytesMax);
    const end = HEADER_BYTES + writePayload(target, payload);
    target[0] = FORMAT_VERSION;
    target.writeUInt32BE(sumOfBytes(target, HEADER_BYTES, end, this.#keySum(key)), 1);
    return target.subarray(0, end);
  }

  /**
   * The payload of a value as it was read.
   *
   * @throws ServerFault `storage_corrupt`, naming table and key.
   */
  decode(key: RowKey, value: Buffer): Buffer {
    if (value.length < HEADER_BYTES) throw this.#corrupt(key, `it has ${value.length} bytes`);
    if (value[0] !== FORMAT_VERSION) {
      throw this.#corrupt(key, `its format is ${value[0]}, this version knows ${FORMAT_VERSION}`);
    }
    const sum = sumOfBytes(value, HEADER_BYTES, value.length, this.#keySum(key));
    if (sum !== value.readUInt32BE(1)) throw this.#corrupt(key, 'its checksum is wrong');
    return value.subarray(HEADER_BYTES);
  }

  /** Of the table's name and the key's parts with a NUL between them. */
  #keySum(key: RowKey): number {
    let sum = this.#tableSum;
    for (let index = 0; index < key.length; index += 1) {
      if (index > 0) sum = sumOfText('\0', sum);
      sum = sumOfText(String(key[index]), sum);
    }
    return sum;
  }

  #corrupt(key: RowKey, what: string): ServerFault {
    const row = JSON.stringify(key, printable);
    return damaged(`the row ${row} of table ${this.#table} is damaged: ${what}`);
  }
}

/** How many bytes it has. */
function writePayload(target: Buffer, payload: string | Uint8Array): number {
  if (typeof payload === 'string') return target.write(payload, HEADER_BYTES, 'utf8');
  target.set(payload, HEADER_BYTES);
  return payload.length;
}

/** A damaged key may be read as a number that JSON does not have. */
function printable(_: string, part: unknown): unknown {
  return typeof part === 'bigint' ? String(part) : part;
}
