/**
 * Sales and the ends of holds, of every event: kept in the transaction of the facts themselves,
 * asked for by desks.
 */
import type { EventStats, MinuteLine } from '../desk/ports.js';
import { type Fact, isReservationFact } from '../domain/facts.js';
import type { EventId } from '../domain/ids.js';
import { VenuePlan } from '../domain/venue-plan.js';
import { present } from '../lib/assert.js';
import { EventTally, NO_TOTALS } from './event-tally.js';
import { rowsUnder } from './rows.js';
import type { StoreTables } from './tables.js';

/** How many minutes an answer has, at most: a day (`EventStats`). */
const MINUTES_MAX = 1440;
/** Plans kept ready for pricing. Reading one again takes milliseconds at most. */
const PLANS_MAX = 256;

export class SalesStats {
  readonly #tables: StoreTables;
  readonly #plans = new Map<EventId, VenuePlan>();
  /** Counted, not yet written. */
  readonly #conflicts = new Map<EventId, number>();

  constructor(tables: StoreTables) {
    this.#tables = tables;
  }

  get hasConflicts(): boolean {
    return this.#conflicts.size > 0;
  }

  countConflicts(counts: ReadonlyMap<EventId, number>): void {
    for (const [eventId, count] of counts) {
      this.#conflicts.set(eventId, (this.#conflicts.get(eventId) ?? 0) + count);
    }
  }

  /** Inside the transaction of the facts themselves. */
  add(facts: readonly Fact[]): void {
    const tallies = new Map<EventId, EventTally>();
    for (const fact of facts) {
      if (isReservationFact(fact)) this.#tallyOf(fact.eventId, tallies).add(fact);
    }
    this.#put(tallies);
  }

  /**
   * Writes the conflicts counted so far. Inside a transaction; `conflictsAdded` when it is
   * committed.
   */
  addConflicts(): void {
    const tallies = new Map<EventId, EventTally>();
    for (const [eventId, count] of this.#conflicts)
      this.#tallyOf(eventId, tallies).addConflicts(count);
    this.#put(tallies);
  }

  conflictsAdded(): void {
    this.#conflicts.clear();
  }

  read(eventId: EventId): EventStats {
    const totals = this.#tables.totals.get([eventId]) ?? NO_TOTALS;
    return {
      eventId,
      reservations: totals.reservations,
      conflicts: totals.conflicts + (this.#conflicts.get(eventId) ?? 0),
      byCategory: totals.sales.map(([category, seats, amount]) => ({ category, seats, amount })),
      byMinute: this.#minutes(eventId),
    };
  }

  #put(tallies: ReadonlyMap<EventId, EventTally>): void {
    for (const [eventId, tally] of tallies) {
      this.#tables.totals.put([eventId], tally.totals);
      for (const [minute, sales] of tally.minutes)
        this.#tables.minutes.put([eventId, minute], sales);
    }
  }

  #minutes(eventId: EventId): readonly MinuteLine[] {
    const range = { ...rowsUnder([eventId]), reverse: true, limit: MINUTES_MAX };
    const rows = this.#tables.minutes.range(range);
    const lines = Array.from(rows, ({ key: [, minute], value: [seats, amount] }) => ({
      minute,
      seats,
      amount,
    }));
    return lines.reverse();
  }

  #tallyOf(eventId: EventId, tallies: Map<EventId, EventTally>): EventTally {
    const known = tallies.get(eventId);
    if (known !== undefined) return known;
    const tally = new EventTally({
      totals: this.#tables.totals.get([eventId]),
      minute: (minute) => this.#tables.minutes.get([eventId, minute]),
      placeOf: (seat) => this.#planOf(eventId).placeOf(seat),
    });
    tallies.set(eventId, tally);
    return tally;
  }

  #planOf(eventId: EventId): VenuePlan {
    const known = this.#plans.get(eventId);
    if (known !== undefined) return known;
    const event = present(this.#tables.events.get([eventId]), `the event ${eventId} of a sale`);
    const plan = new VenuePlan(event.plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size < PLANS_MAX) break;
      this.#plans.delete(oldest);
    }
    this.#plans.set(eventId, plan);
    return plan;
  }
}
