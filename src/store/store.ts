/**
 * What is remembered. One thread owns it; everything is synchronous, so that the simulation can own it too.
 *
 * 1. A commit is one transaction over everything the turns staged. When it returns, it is as durable as the rows make it
 *    (I3); when it throws, nothing of it is there, and the store is not to be used again: the process is
 *    to end, since what the shards believe is no longer true.
 * 2. Facts get the sequences 1, 2, 3… over all events, in the order of turns and entries, without gaps.
 * 3. A seat is moved only by a fact that takes it for what it is (I2): see `seat-guard.ts`.
 */
import type { IdempotencyStart, KeptAnswer, StoreQueries } from '../desk/ports.js';
import type { IdempotencyMark } from '../domain/commands.js';
import { type Fact, isEventFact } from '../domain/facts.js';
import { type EventId, eventId, type SeatNumber } from '../domain/ids.js';
import type { ReservationRecord } from '../domain/reservation.js';
import { AssertionFailure, assert, unreachable } from '../lib/assert.js';
import type { Clock } from '../lib/clock.js';
import { ServerFault } from '../lib/server-fault.js';
import type { EventSnapshot, SeatRow, StagedEntry, StagedTurn, StoreLoad, StoreLoaded } from '../shard/ports.js';
import { readBooked, readSnapshot } from './event-snapshot.js';
import { FactLog } from './fact-log.js';
import { IdempotencyTable } from './idempotency-table.js';
import { LaggingIndexes, type LagLimits } from './lagging-indexes.js';
import { ReservationTable } from './reservation-table.js';
import type { Rows } from './rows.js';
import { SalesStats } from './sales-stats.js';
import { moveSeats } from './seat-guard.js';
import { openTables, SEQUENCE_KEY, type StoreTables } from './tables.js';

/** What a commit has put on disk. */
export interface Committed {
  /** Of the last fact in the store. */
  readonly sequence: number;
  /** Of `facts[0]`; where there are none, the next to be given out. */
  readonly first: number;
  /** In the order of their sequences `first`, `first + 1`, … */
  readonly facts: readonly Fact[];
}

/** A finished answer to be kept under its key. */
export interface MarkedAnswer {
  readonly mark: IdempotencyMark;
  readonly answer: KeptAnswer;
}

export type StoreLimits = LagLimits;

export const STORE_LIMITS: StoreLimits = {
  waitingMax: 16_384,
  sliceRowsMin: 128,
  sliceRowsMax: 4_096,
};

export class Store {
  readonly #rows: Rows;
  readonly #tables: StoreTables;
  readonly #indexes: LaggingIndexes;
  readonly #factLog: FactLog;
  readonly #reservations: ReservationTable;
  readonly #stats: SalesStats;
  readonly #idempotency: IdempotencyTable;
  #sequence: number;
  /** A commit has failed: what is in memory may be ahead of the rows. */
  #isBroken = false;

  /** @param clock says how old an idempotency key is, and nothing else: facts bring their own time */
  constructor(rows: Rows, clock: Clock, limits: StoreLimits = STORE_LIMITS) {
    this.#rows = rows;
    this.#tables = openTables(rows);
    this.#indexes = new LaggingIndexes(this.#tables, limits);
    this.#factLog = new FactLog(this.#tables);
    this.#reservations = new ReservationTable(this.#tables.reservations, this.#indexes);
    this.#stats = new SalesStats(this.#tables);
    this.#idempotency = new IdempotencyTable(this.#tables, clock);
    this.#sequence = this.#tables.meta.get(SEQUENCE_KEY) ?? 0;
    if (this.#indexes.lagsBehind(this.#sequence)) {
      const events = Array.from(this.#tables.events.rows({}), ({ key }) => eventId(String(key[0])));
      this.#indexes.catchUp(this.#factLog, events);
    }
  }

  /** The sequence of the last fact that is committed; 0: there is none. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Commits what the turns staged and the answers to be kept, in one transaction (1).
   *
   * @throws AssertionFailure where a seat is not what a fact takes it for (I2)
   * @throws ServerFault `storage_failed`
   */
  commit(turns: readonly StagedTurn[], answers: readonly MarkedAnswer[] = []): Committed {
    const entries = turns.flatMap((turn) => turn.entries);
    const facts = entries.flatMap((entry) => entry.facts);
    const first = this.#sequence + 1;
    const sequence = this.#sequence + facts.length;
    if (entries.length === 0 && answers.length === 0) return { sequence, first, facts };
    this.#transact(() => {
      for (const entry of entries) this.#write(entry);
      if (facts.length > 0) this.#number(facts, first);
      this.#keep(entries, answers);
      this.#indexes.advance(sequence);
    });
    this.#sequence = sequence;
    this.#settle(entries, answers);
    return { sequence, first, facts };
  }

  /** Keeps one answer: see `commit` for keeping many at the price of one. */
  remember(mark: IdempotencyMark, answer: KeptAnswer): void {
    this.commit([], [{ mark, answer }]);
  }

  /** The key's request has ended without an answer to keep: the key is free again. */
  abandon(key: string): void {
    this.#idempotency.abandon(key);
  }

  /** Added to the stats at once, written by the next `flush`. */
  countConflicts(counts: ReadonlyMap<EventId, number>): void {
    this.#stats.countConflicts(counts);
  }

  /** To be called every second: goes on with what is written later, and brings to disk what `async` has not. */
  flush(): void {
    if (this.#stats.hasConflicts || this.#indexes.lagsBehind(this.#sequence)) {
      this.#transact(() => {
        this.#stats.addConflicts();
        this.#indexes.idle(this.#sequence);
      });
      this.#stats.conflictsAdded();
    }
    this.#rows.flush();
  }

  /** Writes what is left to write and closes the rows. After a failed commit it only closes them. */
  async close(): Promise<void> {
    if (!this.#isBroken) {
      this.flush();
      this.#transact(() => this.#indexes.settle(this.#sequence));
    }
    await this.#rows.close();
  }

  /** Every event there ever was, deleted ones too. To be read to the end before the next commit. */
  *snapshots(): Iterable<EventSnapshot> {
    this.#assertSound();
    for (const { value: event } of this.#tables.events.range({})) {
      yield readSnapshot(event, this.#indexes.seats, this.#reservations);
    }
  }

  /** @throws ServerFault `storage_corrupt` where a row cannot be read */
  load(load: StoreLoad): StoreLoaded {
    this.#assertSound();
    switch (load.type) {
      case 'reservation':
        return { type: load.type, record: this.#reservations.get(load.reservationId) };
      case 'event':
        return { type: load.type, event: this.#tables.events.get([load.eventId]) };
      case 'allowance':
        return { type: load.type, live: this.#reservations.liveOfUser(load.eventId, load.userId) };
      case 'claim': {
        const record = this.#reservations.get(load.reservationId);
        return { type: load.type, rows: this.#seatsOf(load.eventId, load.seats), record };
      }
      case 'bookedSeats':
        return { type: load.type, booked: readBooked(load.eventId, this.#indexes.seats) };
      case 'liveReservations':
        return { type: load.type, live: this.#reservations.liveOfEvent(load.eventId) };
      default:
        return unreachable(load);
    }
  }

  /**
   * @throws ServerFault `storage_corrupt` where a row cannot be read
   * @throws MalformedCursor
   */
  query<Name extends keyof StoreQueries>(
    name: Name,
    ask: StoreQueries[Name]['ask'],
  ): StoreQueries[Name]['answer'] {
    this.#assertSound();
    return this.#answers[name](ask);
  }

  readonly #answers: { [Name in keyof StoreQueries]: (ask: StoreQueries[Name]['ask']) => StoreQueries[Name]['answer'] } = {
    reservation: ({ reservationId }) => this.#reservations.get(reservationId),
    seatHolder: ({ eventId, seat }) => this.#holderOf(eventId, seat),
    userReservations: (ask) => this.#reservations.page(ask),
    eventLog: ({ eventId, after, limit }) => this.#factLog.page(eventId, after, limit),
    seatHistory: ({ eventId, seat, limit }) => this.#factLog.history(eventId, seat, limit),
    stats: ({ eventId }) => this.#stats.read(eventId),
    beginIdempotent: ({ key, fingerprint }): IdempotencyStart => this.#idempotency.begin(key, fingerprint),
  };

  #holderOf(eventId: EventId, seat: SeatNumber): ReservationRecord | undefined {
    const row = this.#indexes.seats.get(eventId, seat);
    if (row === undefined || row.state === 'blocked') return undefined;
    return this.#reservations.present(row.holder, `seat ${seat} of ${eventId}`);
  }

  #seatsOf(eventId: EventId, seats: readonly SeatNumber[]): readonly SeatRow[] {
    return seats.flatMap((seat) => {
      const row = this.#indexes.seats.get(eventId, seat);
      return row === undefined ? [] : [{ seat, ...row }];
    });
  }

  #transact(change: () => void): void {
    this.#assertSound();
    this.#isBroken = true;
    try {
      this.#rows.transaction(change);
      this.#isBroken = false;
    } catch (error) {
      if (error instanceof AssertionFailure || error instanceof ServerFault) throw error;
      throw new ServerFault('a commit has failed', {
        code: 'storage_failed',
        hint: 'See that the disk of the data directory is sound and has room; then start the server again.',
        cause: error,
      });
    }
  }

  #assertSound(): void {
    assert(!this.#isBroken, '1: a store whose commit has failed is not to be used');
  }

  /** The effect of one command. */
  #write({ facts, records }: StagedEntry): void {
    moveSeats(this.#indexes.seats, facts);
    for (const record of records) this.#reservations.put(record);
    for (const fact of facts) {
      if (fact.type === 'reservation.reserved') {
        const { userId, reservationId: id, eventId } = fact;
        this.#indexes.users.add({ userId, id, eventId });
      } else if (isEventFact(fact)) {
        this.#tables.events.put([fact.eventId], fact.event);
      }
    }
  }

  #number(facts: readonly Fact[], first: number): void {
    this.#factLog.append(facts, first);
    this.#stats.add(facts);
    this.#tables.meta.put(SEQUENCE_KEY, first + facts.length - 1);
  }

  #keep(entries: readonly StagedEntry[], answers: readonly MarkedAnswer[]): void {
    let kept = answers.length;
    for (const { mark, answer } of answers) this.#idempotency.keep(mark, { answer });
    for (const { remember } of entries) {
      if (remember === undefined) continue;
      this.#idempotency.keep(remember, { outcome: remember.outcome });
      kept += 1;
    }
    if (kept > 0) this.#idempotency.purge(kept);
  }

  #settle(entries: readonly StagedEntry[], answers: readonly MarkedAnswer[]): void {
    for (const { mark } of answers) this.#idempotency.abandon(mark.key);
    for (const { remember } of entries) {
      if (remember !== undefined) this.#idempotency.abandon(remember.key);
    }
  }
}
