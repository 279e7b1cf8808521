/**
 * Which reservations a user has: a row each, written once. The rows follow from the facts, and are
 * written some commits after them, for the reasons and in the manner of `seat-rows.ts`; until then
 * they are here, and reading sees no difference.
 *
 * They wait in buckets of neighbouring hashes. A sweep sorts a bucket when it comes to it, so that
 * there is no pause to sort everything, and what waits of one user is in one bucket.
 */
import type { EventId, ReservationId, UserId } from '../domain/ids.js';
import { assert, present } from '../lib/assert.js';
import { hash32 } from '../lib/hash.js';
import { rowsUnder } from './rows.js';
import type { StoreTables, UserRowKey } from './tables.js';

export interface UserRow {
  readonly userId: UserId;
  readonly id: ReservationId;
  readonly eventId: EventId;
}

interface WaitingRow extends UserRow {
  /** Of the user. */
  readonly hash: number;
}

const BUCKET_BITS = 10;
const BUCKETS = 1 << BUCKET_BITS;

export function userRowKey(userId: UserId, id: ReservationId): UserRowKey {
  return [hash32(userId), userId, id];
}

export class UserRows {
  readonly #table: StoreTables['byUser'];
  /** Since the last sweep began, in buckets. */
  #fresh = emptyBuckets();
  #freshCount = 0;
  /** Taken up by the sweep and not written. */
  #leaving = emptyBuckets();
  #leavingCount = 0;
  /** The bucket that the sweep has come to: its rows are sorted, last first. */
  #at = -1;

  constructor(table: StoreTables['byUser']) {
    this.#table = table;
  }

  /** How many rows no sweep has taken up. */
  get freshCount(): number {
    return this.#freshCount;
  }

  /** Whether the sweep has still rows to write. */
  get isSweeping(): boolean {
    return this.#leavingCount > 0;
  }

  add({ userId, id, eventId }: UserRow): void {
    const hash = hash32(userId);
    bucketOf(this.#fresh, hash).push({ hash, userId, id, eventId });
    this.#freshCount += 1;
  }

  /** The user's rows, newest first; of those before `before` where it is given. */
  *of(userId: UserId, before?: ReservationId): Iterable<UserRow> {
    const hash = hash32(userId);
    const { start, end } = rowsUnder([hash, userId]);
    const range = {
      start,
      end: before === undefined ? end : [hash, userId, before],
      reverse: true,
    };
    const waiting = this.#waitingOf(hash, userId, before);
    let next = waiting.pop();
    for (const { key, value: eventId } of this.#table.range(range)) {
      const id = key[2];
      for (; next !== undefined && next.id > id; next = waiting.pop()) yield next;
      if (next?.id === id) next = waiting.pop(); // the store before this one had written it
      yield { userId, id, eventId };
    }
    for (; next !== undefined; next = waiting.pop()) yield next;
  }

  /** Takes up all fresh rows for writing. The last sweep has to be over. */
  startSweep(): void {
    assert(!this.isSweeping, 'one sweep at a time');
    this.#leaving = this.#fresh;
    this.#leavingCount = this.#freshCount;
    this.#at = -1;
    this.#fresh = emptyBuckets();
    this.#freshCount = 0;
  }

  /**
   * Writes the next rows of the sweep, `rowsMax` at most, and says how many. Inside a transaction.
   */
  sweep(rowsMax: number): number {
    let count = 0;
    for (; count < rowsMax && this.isSweeping; count += 1) {
      const { hash, userId, id, eventId } = this.#take();
      this.#table.put([hash, userId, id], eventId);
    }
    return count;
  }

  /** The next row of the sweep. There has to be one. */
  #take(): WaitingRow {
    let row = this.#leaving[this.#at]?.pop();
    while (row === undefined) {
      this.#at += 1;
      row = present(this.#leaving[this.#at], 'a bucket with a row').sort(backwards).pop();
    }
    this.#leavingCount -= 1;
    return row;
  }

  /** Oldest first. */
  #waitingOf(hash: number, userId: UserId, before: ReservationId | undefined): UserRow[] {
    const isAsked = (row: UserRow) =>
      row.userId === userId && (before === undefined || row.id < before);
    const rows = [...bucketOf(this.#leaving, hash), ...bucketOf(this.#fresh, hash)].filter(isAsked);
    return rows.sort((left, right) => (left.id < right.id ? -1 : 1));
  }
}

function emptyBuckets(): WaitingRow[][] {
  return Array.from({ length: BUCKETS }, () => []);
}

/** Buckets are in the order of the hashes. */
function bucketOf(buckets: readonly WaitingRow[][], hash: number): WaitingRow[] {
  return present(buckets[hash >>> (32 - BUCKET_BITS)], 'the bucket of a hash');
}

/** The order of the table's keys, last first. */
function backwards(left: WaitingRow, right: WaitingRow): number {
  if (left.hash !== right.hash) return right.hash - left.hash;
  if (left.userId !== right.userId) return left.userId < right.userId ? 1 : -1;
  return left.id < right.id ? 1 : -1;
}
