/**
 * The peers' reservation ids say whose seats they are: `rsv_<event>_<seats>_<token>`. So a reservation needs no row of its own and
 * no look-up to be confirmed: one write is all that a peer must do, which is the least that such a server can be built with.
 */
import { randomBytes } from 'node:crypto';

const TOKEN_BYTES = 12;
const POOL_BYTES = TOKEN_BYTES * 1_000;

/** Random bytes are fetched many at a time: a call for each would be most of what an id costs. */
let pool = Buffer.alloc(0);
let used = 0;

/** 16 characters that nobody guesses. */
export function newToken() {
  if (used + TOKEN_BYTES > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += TOKEN_BYTES;
  return pool.toString('base64url', used - TOKEN_BYTES, used);
}

/** @param {number} event @param {readonly number[]} seats @param {string} token */
export function reservationId(event, seats, token) {
  return `rsv_${event}_${seats.join('.')}_${token}`;
}

/** @param {string} id @returns {{event: number, seats: number[], token: string} | undefined} */
export function readReservationId(id) {
  const [, event, seats, token] =
    /^rsv_(\d{1,9})_(\d{1,9}(?:\.\d{1,9}){0,99})_([\w-]{16})$/.exec(id) ?? [];
  if (event === undefined || seats === undefined || token === undefined) return undefined;
  return { event: Number(event), seats: seats.split('.').map(Number), token };
}
