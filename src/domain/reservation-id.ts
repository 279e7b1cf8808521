/**
 * The form of a reservation id: `rsv_` + time (9 digits base 36) + home key (7 digits base 36) + random part.
 *
 * Time comes first so that new rows are appended to the store's B-tree instead of strewn over it. The home key
 * says which shard moves the reservation, whatever the number of shards is today. To clients the id is opaque.
 */
import { base36 } from '../lib/base36.js';
import type { EpochMs } from '../lib/clock.js';
import { type ReservationId, reservationId } from './ids.js';

/** A number of 32 bits that is mapped to a shard by `shardOf`. It never depends on how many shards there are. */
export type HomeKey = number;

const TIME_DIGITS = 9;
const KEY_DIGITS = 7;
const PREFIX_LENGTH = 4;
const FORM = /^(?:rsv|blk)_[0-9a-z]{16}[0-9A-Za-z_-]{8,32}$/;

export interface ReservationIdParts {
  readonly prefix: 'rsv' | 'blk';
  readonly createdAt: EpochMs;
  readonly homeKey: HomeKey;
  /** 8..32 characters of `[0-9A-Za-z_-]`, unguessable: at least 60 bits of randomness. */
  readonly random: string;
}

export function formatReservationId(parts: ReservationIdParts): ReservationId {
  const time = base36(parts.createdAt, TIME_DIGITS);
  const key = base36(parts.homeKey, KEY_DIGITS);
  return reservationId(`${parts.prefix}_${time}${key}${parts.random}`);
}

/** The id, if `text` has the form of one; a client's text never reaches a shard otherwise. */
export function parseReservationId(text: string): ReservationId | undefined {
  return FORM.test(text) && homeKeyOf(reservationId(text)) <= 0xffffffff
    ? reservationId(text)
    : undefined;
}

/** The home key inside a well-formed id, 0..2^32-1. */
export function homeKeyOf(id: ReservationId): HomeKey {
  const from = PREFIX_LENGTH + TIME_DIGITS;
  return Number.parseInt(id.slice(from, from + KEY_DIGITS), 36);
}
