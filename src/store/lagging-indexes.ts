/**
 * The tables that only repeat what the facts say, in another order: who has a seat, what a user
 * has. They are written behind the facts, in sweeps: a sweep takes up every change so far and
 * writes it in the order of the keys, a slice with every commit, so that the rows of many thousands
 * of commands share the pages that each alone would have had to write.
 *
 * 1. Reading goes through `seats` and `users`, which know what is not written yet: nobody sees the
 *    lag.
 * 2. Everything that facts up to `indexed` have said is in the tables; some of what later ones have
 *    said may be too.
 * 3. What a store finds above `indexed` when it is opened, it reads from the facts again. Rows are
 *    absolute, so what the sweep had written of it already does no harm.
 */
import { type Fact, isEventFact } from '../domain/facts.js';
import type { EventId } from '../domain/ids.js';
import type { FactLog } from './fact-log.js';
import { holdingAfter } from './seat-holding.js';
import { SeatRows } from './seat-rows.js';
import { INDEXED_KEY, type StoreTables } from './tables.js';
import { UserRows } from './user-rows.js';

export interface LagLimits {
  /**
   * Changes that wait before a sweep takes them up. At most about twice as many are ever in memory.
   */
  readonly waitingMax: number;
  /** Rows that go with a commit while a sweep is on its way, at least. */
  readonly sliceRowsMin: number;
  /** Rows that go at once while little else is committed: fewer changes than this came since. */
  readonly sliceRowsMax: number;
}

export class LaggingIndexes {
  readonly seats: SeatRows;
  readonly users: UserRows;
  readonly #tables: StoreTables;
  readonly #limits: LagLimits;
  /** What `indexed` will be when the sweep is over. */
  #swept: number;
  #indexed: number;
  /** How many changes waited when the last commit was over. */
  #waitedCount = 0;
  /** How many changes came since `idle` was called last. */
  #cameCount = 0;

  constructor(tables: StoreTables, limits: LagLimits) {
    this.#tables = tables;
    this.#limits = limits;
    this.seats = new SeatRows(tables.seats);
    this.users = new UserRows(tables.byUser);
    this.#indexed = tables.meta.get(INDEXED_KEY) ?? 0;
    this.#swept = this.#indexed;
  }

  /** Whether the tables lag behind the facts, of which `sequence` is the last. */
  lagsBehind(sequence: number): boolean {
    return this.#indexed < sequence;
  }

  /** Takes the changes that the tables may lack from the log (3). */
  catchUp(log: FactLog, events: Iterable<EventId>): void {
    for (const eventId of events) {
      for (const { fact } of log.after(eventId, this.#indexed)) this.#take(fact);
    }
  }

  /** Part of every commit, after its facts were taken. Inside its transaction. */
  advance(sequence: number): void {
    const came = this.#waitingCount - this.#waitedCount;
    if (!this.#isSweeping && this.#waitingCount >= this.#limits.waitingMax)
      this.#startSweep(sequence);
    this.#waitedCount = this.#waitingCount;
    this.#cameCount += came;
    // Twice as much as came: a sweep is over long before the next is due.
    this.#sweep(Math.max(this.#limits.sliceRowsMin, 2 * came));
  }

  /**
   * To be called every second: while there are few commits, writes a sweep's next slice, or the
   * first of a new one. Inside a transaction.
   */
  idle(sequence: number): void {
    const came = this.#cameCount;
    this.#cameCount = 0;
    if (came > this.#limits.sliceRowsMax) return;
    if (!this.#isSweeping) this.#startSweep(sequence);
    this.#sweep(this.#limits.sliceRowsMax);
  }

  /** Writes everything. Inside a transaction. */
  settle(sequence: number): void {
    this.#sweep(Infinity);
    this.#startSweep(sequence);
    this.#sweep(Infinity);
  }

  get #isSweeping(): boolean {
    return this.#swept > this.#indexed;
  }

  get #waitingCount(): number {
    return this.seats.freshCount + this.users.freshCount;
  }

  #startSweep(sequence: number): void {
    this.seats.startSweep();
    this.users.startSweep();
    this.#swept = sequence;
    this.#waitedCount = 0;
  }

  #sweep(rowsMax: number): void {
    if (!this.#isSweeping) return;
    const left = rowsMax - this.seats.sweep(rowsMax);
    this.users.sweep(left);
    if (this.seats.isSweeping || this.users.isSweeping) return;
    this.#indexed = this.#swept;
    this.#tables.meta.put(INDEXED_KEY, this.#indexed);
  }

  #take(fact: Fact): void {
    if (isEventFact(fact) || fact.type === 'reservation.extended') return;
    const holding = holdingAfter(fact);
    for (const seat of fact.seats) this.seats.set(fact.eventId, seat, holding);
    if (fact.type !== 'reservation.reserved') return;
    const { userId, reservationId: id, eventId } = fact;
    this.users.add({ userId, id, eventId });
  }
}
