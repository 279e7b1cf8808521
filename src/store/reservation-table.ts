/** Reservations by id, by user and by event. */
import type { Page, StoreQueries } from '../desk/ports.js';
import type { EventId, ReservationId, UserId } from '../domain/ids.js';
import { type ReservationRecord, recordAt } from '../domain/reservation.js';
import { ServerFault } from '../lib/server-fault.js';
import { parseCursor, printCursor } from './cursor.js';
import type { LaggingIndexes } from './lagging-indexes.js';
import type { StoreTables } from './tables.js';

/**
 * How many of a user's reservations are looked at for one page: a page may come out short, or
 * empty, and go on.
 */
const SCANNED_MAX = 5_000;

export class ReservationTable {
  readonly #table: StoreTables['reservations'];
  readonly #indexes: LaggingIndexes;

  constructor(table: StoreTables['reservations'], indexes: LaggingIndexes) {
    this.#table = table;
    this.#indexes = indexes;
  }

  get(id: ReservationId): ReservationRecord | undefined {
    return this.#table.get([id]);
  }

  /** The record that another row names: that it is there is a promise (I4). */
  present(id: ReservationId, namedBy: string): ReservationRecord {
    const record = this.get(id);
    if (record !== undefined) return record;
    throw new ServerFault(`${namedBy} names the reservation ${id}, which is not there (I4)`, {
      code: 'storage_corrupt',
      hint: 'Stop the server, see with `holdfast verify` what else is wrong, and restore a backup.',
    });
  }

  /** Inside a transaction. */
  put(record: ReservationRecord): void {
    this.#table.put([record.id], record);
  }

  /** A user's reservations, newest first, as they read at `now`. */
  page(ask: StoreQueries['userReservations']['ask']): Page<ReservationRecord> {
    const before = ask.cursor === undefined ? undefined : parseCursor(ask.cursor);
    const data: ReservationRecord[] = [];
    let scanned = 0;
    let last: ReservationId | undefined;
    for (const { id, eventId } of this.#indexes.users.of(ask.userId, before)) {
      if (last !== undefined && (data.length >= ask.limit || scanned >= SCANNED_MAX)) {
        return { data, nextCursor: printCursor(last) };
      }
      last = id;
      scanned += 1;
      if (ask.eventId !== undefined && ask.eventId !== eventId) continue;
      const record = recordAt(this.present(id, `user ${ask.userId}`), ask.now);
      if (ask.status === undefined || ask.status === record.status) data.push(record);
    }
    return { data, nextCursor: null };
  }

  /** The user's reserved and confirmed ones in the event, newest first; overdue ones too. */
  liveOfUser(eventId: EventId, userId: UserId): readonly ReservationRecord[] {
    const live: ReservationRecord[] = [];
    for (const row of this.#indexes.users.of(userId)) {
      if (row.eventId !== eventId) continue;
      const record = this.present(row.id, `user ${userId}`);
      if (isLive(record)) live.push(record);
    }
    return live;
  }

  /** The reserved and confirmed ones of the event, each once, in the order of their first seats. */
  liveOfEvent(eventId: EventId): readonly ReservationRecord[] {
    const holders = new Set<ReservationId>();
    for (const [, { state, holder }] of this.#indexes.seats.of(eventId)) {
      if (state !== 'blocked') holders.add(holder);
    }
    return Array.from(holders, (holder) => this.present(holder, `a seat of ${eventId}`));
  }
}

/** Whether its seats have rows: reserved (overdue or not) or confirmed. */
export function isLive(record: ReservationRecord): boolean {
  return record.status === 'reserved' || record.status === 'confirmed';
}
