/**
 * What is remembered. One thread owns it; everything is synchronous, so that the simulation can own
 * it too.
 *
 * 1. A commit is one transaction over everything the turns staged. When it returns, it is as
 *    durable as the rows make it (I3); when it throws, nothing of it is there, and the store is not
 *    to be used again: the process is to end, since what the shards believe is no longer true.
 * 2. Facts get the sequences 1, 2, 3… over all events, in the order of turns and entries, without
 *    gaps.
 * 3. A seat is moved only by a fact that takes it for what it is (I2): see `seat-guard.ts`.
 */
import type { KeptAnswer, StoreQueries } from '../desk/ports.js';
import type { IdempotencyMark } from '../domain/commands.js';
import { type Fact, isEventFact } from '../domain/facts.js';
import type { EventId } from '../domain/ids.js';
import { AssertionFailure, assert } from '../lib/assert.js';
import type { Clock } from '../lib/clock.js';
import { ServerFault } from '../lib/server-fault.js';
import type {
  SnapshotPart,
  StagedEntry,
  StagedTurn,
  StoreLoad,
  StoreLoaded,
} from '../shard/ports.js';
import { readSnapshot } from './event-snapshot.js';
import { newIncarnation } from './incarnation.js';
import type { LagLimits } from './lagging-indexes.js';
import type { Rows } from './rows.js';
import { moveSeats } from './seat-guard.js';
import { answerLoad, answerQuery } from './store-answers.js';
import { openParts, type StoreParts } from './store-parts.js';
import { INCARNATION_KEY, SEQUENCE_KEY } from './tables.js';

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
  waitingMax: 131_072,
  sliceRowsMin: 128,
  sliceRowsMax: 4_096,
};

export class Store {
  readonly #rows: Rows;
  readonly #parts: StoreParts;
  readonly #incarnation: number;
  #isIncarnationKept: boolean;
  #sequence: number;
  /** A commit has failed: what is in memory may be ahead of the rows. */
  #isBroken = false;

  /**
   * @param clock says how old an idempotency key is, and how long a request has been under way; facts bring their own time
   */
  constructor(rows: Rows, clock: Clock, limits: StoreLimits = STORE_LIMITS) {
    this.#rows = rows;
    this.#parts = openParts(rows, clock, limits);
    const { meta } = this.#parts.tables;
    const incarnation = meta.get(INCARNATION_KEY);
    this.#incarnation = incarnation ?? newIncarnation();
    this.#isIncarnationKept = incarnation !== undefined;
    this.#sequence = meta.get(SEQUENCE_KEY) ?? 0;
  }

  /** 0..2^32-1. Sequences of one incarnation are never given out twice; of another, they say nothing. */
  get incarnation(): number {
    return this.#incarnation;
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
      this.#parts.indexes.advance(sequence);
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
    this.#parts.idempotency.abandon(key);
  }

  /** Added to the stats at once, written by the next `flush`. */
  countConflicts(counts: ReadonlyMap<EventId, number>): void {
    this.#parts.stats.countConflicts(counts);
  }

  /**
   * To be called every second: goes on with what is written later, and brings to disk what `async`
   * has not.
   */
  flush(): void {
    if (this.#parts.stats.hasConflicts || this.#parts.indexes.lagsBehind(this.#sequence)) {
      this.#transact(() => {
        this.#parts.stats.addConflicts();
        this.#parts.indexes.idle(this.#sequence);
      });
      this.#parts.stats.conflictsAdded();
    }
    this.#attempt(() => this.#rows.flush());
  }

  /**
   * Writes what is left to write and closes the rows. After a failed commit it only closes them.
   */
  async close(): Promise<void> {
    if (!this.#isBroken) {
      this.flush();
      this.#transact(() => this.#parts.indexes.settle(this.#sequence));
    }
    await this.#rows.close();
  }

  /**
   * Every event there ever was, deleted ones too, read as it is asked for. To be read to the end
   * before the next commit.
   */
  *snapshot(): Iterable<SnapshotPart> {
    this.#assertSound();
    for (const { value: event } of this.#parts.tables.events.range({})) {
      yield* readSnapshot(event, this.#parts.indexes.seats, this.#parts.reservations);
    }
  }

  /** @throws ServerFault `storage_corrupt` where a row cannot be read */
  load(load: StoreLoad): StoreLoaded {
    this.#assertSound();
    return answerLoad(this.#parts, load);
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
    return answerQuery(this.#parts, name, ask);
  }

  #transact(change: () => void): void {
    this.#attempt(() => this.#rows.transaction(change));
  }

  /** Runs what the disk may refuse: then the store is broken (1). */
  #attempt(write: () => void): void {
    this.#assertSound();
    this.#isBroken = true;
    try {
      write();
      this.#isBroken = false;
    } catch (error) {
      if (error instanceof AssertionFailure || error instanceof ServerFault) throw error;
      throw new ServerFault('the disk has refused a commit', {
        code: 'storage_failed',
        hint: 'See that the disk of the data directory is sound and has room; then start again.',
        cause: error,
      });
    }
  }

  #assertSound(): void {
    assert(!this.#isBroken, '1: a store whose commit has failed is not to be used');
  }

  /** The effect of one command. */
  #write({ facts, records }: StagedEntry): void {
    moveSeats(this.#parts.indexes.seats, facts);
    for (const record of records) this.#parts.reservations.put(record);
    for (const fact of facts) {
      if (fact.type === 'reservation.reserved') {
        const { userId, reservationId: id, eventId } = fact;
        this.#parts.indexes.users.add({ userId, id, eventId });
      } else if (isEventFact(fact)) {
        this.#parts.tables.events.put([fact.eventId], fact.event);
      }
    }
  }

  #number(facts: readonly Fact[], first: number): void {
    this.#parts.factLog.append(facts, first);
    this.#parts.stats.add(facts);
    const { meta } = this.#parts.tables;
    meta.put(SEQUENCE_KEY, first + facts.length - 1);
    // With the first facts: nobody has seen anything of it before, and a store that is only read is not written to.
    if (!this.#isIncarnationKept) meta.put(INCARNATION_KEY, this.#incarnation);
    this.#isIncarnationKept = true;
  }

  #keep(entries: readonly StagedEntry[], answers: readonly MarkedAnswer[]): void {
    let kept = answers.length;
    for (const { mark, answer } of answers) this.#parts.idempotency.keep(mark, { answer });
    for (const { remember } of entries) {
      if (remember === undefined) continue;
      this.#parts.idempotency.keep(remember, { outcome: remember.outcome });
      kept += 1;
    }
    if (kept > 0) this.#parts.idempotency.purge(kept);
  }

  #settle(entries: readonly StagedEntry[], answers: readonly MarkedAnswer[]): void {
    for (const { mark } of answers) this.#parts.idempotency.abandon(mark.key);
    for (const { remember } of entries) {
      if (remember !== undefined) this.#parts.idempotency.abandon(remember.key);
    }
  }
}
