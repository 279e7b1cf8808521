/**
 * Which reservations a user has: a row each, written once. The rows follow from the facts, and are
 * written some commits after them, for the reasons and in the manner of `seat-rows.ts`.
 */
import type { EventId, ReservationId, UserId } from '../domain/ids.js';
import { assert } from '../lib/assert.js';
import { rowsUnder } from './rows.js';
import type { StoreTables } from './tables.js';

export interface UserRow {
  readonly userId: UserId;
  readonly id: ReservationId;
  readonly eventId: EventId;
}

export class UserRows {
  readonly #table: StoreTables['byUser'];
  /** Since the last sweep began. */
  #fresh: UserRow[] = [];
  /** Being written by the sweep, or written. */
  #leaving: UserRow[] = [];
  /** How many of `#leaving` the sweep has still to write; the first ones. */
  #leavingCount = 0;

  constructor(table: StoreTables['byUser']) {
    this.#table = table;
  }

  get freshCount(): number {
    return this.#fresh.length;
  }

  get leavingCount(): number {
    return this.#leavingCount;
  }

  add(row: UserRow): void {
    this.#fresh.push(row);
  }

  /** The user's rows, newest first; of those before `before` where it is given. */
  *of(userId: UserId, before?: ReservationId): Iterable<UserRow> {
    const { start, end } = rowsUnder([userId]);
    const range = { start, end: before === undefined ? end : [userId, before], reverse: true };
    const pending = this.#pendingOf(userId, before);
    let next = pending.pop();
    for (const { key, value: eventId } of this.#table.range(range)) {
      const id = key[1];
      for (; next !== undefined && next.id > id; next = pending.pop()) yield next;
      if (next?.id === id) next = pending.pop(); // the sweep has just written it
      yield { userId, id, eventId };
    }
    for (; next !== undefined; next = pending.pop()) yield next;
  }

  /** Takes up all fresh rows for writing. The last sweep has to be over. */
  startSweep(): void {
    assert(this.#leavingCount === 0, 'one sweep at a time');
    this.#leaving = this.#fresh.sort(backwards);
    this.#leavingCount = this.#leaving.length;
    this.#fresh = [];
  }

  /**
   * Writes the next rows of the sweep, `rowsMax` at most, and says how many. Inside a transaction.
   */
  sweep(rowsMax: number): number {
    const from = Math.max(0, this.#leavingCount - rowsMax);
    const rows = this.#leaving.slice(from, this.#leavingCount);
    for (const { userId, id, eventId } of rows.reverse()) this.#table.put([userId, id], eventId);
    this.#leavingCount = from;
    if (from === 0) this.#leaving = [];
    return rows.length;
  }

  /** Oldest first. */
  #pendingOf(userId: UserId, before: ReservationId | undefined): UserRow[] {
    const isAsked = (row: UserRow) =>
      row.userId === userId && (before === undefined || row.id < before);
    const pending = [...this.#leaving.filter(isAsked), ...this.#fresh.filter(isAsked)];
    return pending.sort((left, right) => (left.id < right.id ? -1 : 1));
  }
}

/** The order of the table's keys, last first. */
function backwards(left: UserRow, right: UserRow): number {
  if (left.userId !== right.userId) return left.userId < right.userId ? 1 : -1;
  return left.id < right.id ? 1 : -1;
}
