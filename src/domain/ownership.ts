/**
 * Who owns what: seats in blocks of whole rows, allowances of users, and events themselves, each mapped to a home
 * key and from there to a shard. Nothing on disk depends on the number of shards.
 */
import { hash32 } from '../lib/hash.js';
import type { EventId, SeatNumber, UserId } from './ids.js';
import type { HomeKey } from './reservation-id.js';

/** The part of a plan that ownership needs. */
export interface BlockMap {
  /** Index of the seat's block, 0.. in seat order; a block is whole rows of about 64 seats. */
  blockOf(seat: SeatNumber): number;
}

/** Consecutive blocks land on consecutive shards, so that one hot event is spread evenly over all of them. */
export function seatHomeKey(event: EventId, plan: BlockMap, seat: SeatNumber): HomeKey {
  return (hash32(event) + plan.blockOf(seat)) >>> 0;
}

/** Where a user's seats of one event are counted, for `maxSeatsPerUser`. */
export function allowanceHomeKey(event: EventId, user: UserId): HomeKey {
  return hash32(`${event} ${user}`);
}

/** Where an event is created, changed and deleted. */
export function eventHomeKey(event: EventId): HomeKey {
  return hash32(event);
}

/** The shard, 0..shardCount-1, that a home key means today. */
export function shardOf(key: HomeKey, shardCount: number): number {
  return key % shardCount;
}
