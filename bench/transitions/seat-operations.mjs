/**
 * What is done to the seats in the `transitions` scenario: the same list for every subject. An operation is a number, `seat * 4 + kind`, in a file of
 * 32-bit words, so that a program in another language reads it too.
 *
 * 1. Two in five are refused: reservations of seats that are taken. The others are allowed where they stand in the list.
 * 2. The list is the same for the same sizes: its luck is seeded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { seededRandom } from '../load/seeded-random.mjs';

export const KINDS = /** @type {const} */ (['reserve', 'confirm', 'release']);
export const REFUSED_SHARE = 0.4;

const KIND_BITS = 2;
/** Of what is allowed: half reserve; of what was reserved, one in three is confirmed. */
const RESERVED_SHARE = 0.5;
const CONFIRMED_SHARE = 1 / 3;

/**
 * Seats are numbered from 1.
 *
 * @param {number} seats
 * @param {number} count
 * @returns {{operations: Uint32Array, accepted: number}}
 */
export function seatOperations(seats, count) {
  const random = seededRandom();
  const isTaken = new Uint8Array(seats + 1);
  /** @type {number[]} */
  const held = [];
  /** @type {number[]} */
  const taken = [];
  const operations = new Uint32Array(count);
  let accepted = 0;
  for (let index = 0; index < count; index += 1) {
    const someTaken = taken[Math.floor(random() * taken.length)];
    if (someTaken !== undefined && isTaken[someTaken] === 1 && random() < REFUSED_SHARE) {
      operations[index] = someTaken << KIND_BITS;
      continue;
    }
    accepted += 1;
    if (held.length === 0 || random() < RESERVED_SHARE) {
      const seat = freeSeat(isTaken, random);
      isTaken[seat] = 1;
      held.push(seat);
      taken.push(seat);
      operations[index] = seat << KIND_BITS;
      continue;
    }
    const seat = removed(held, random);
    const confirms = random() < CONFIRMED_SHARE;
    if (!confirms) isTaken[seat] = 0;
    operations[index] = (seat << KIND_BITS) | (confirms ? 1 : 2);
  }
  return { operations, accepted };
}

/** @param {string} file @param {Uint32Array} operations */
export function writeOperations(file, operations) {
  writeFileSync(file, operations);
}

/** @param {string} file @returns {Uint32Array} */
export function readOperations(file) {
  const bytes = readFileSync(file);
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** @param {number} operation */
export function seatOf(operation) {
  return operation >>> KIND_BITS;
}

/** Index into KINDS. @param {number} operation */
export function kindOf(operation) {
  return operation & 3;
}

/** @param {Uint8Array} isTaken @param {() => number} random */
function freeSeat(isTaken, random) {
  for (;;) {
    const seat = 1 + Math.floor(random() * (isTaken.length - 1));
    if (isTaken[seat] === 0) return seat;
  }
}

/** Takes one out, the last into its place. @param {number[]} from @param {() => number} random */
function removed(from, random) {
  const index = Math.floor(random() * from.length);
  const chosen = from[index] ?? 0;
  from[index] = from.at(-1) ?? 0;
  from.pop();
  return chosen;
}
