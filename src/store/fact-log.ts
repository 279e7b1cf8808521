/**
 * Everything that happened, for ever: one row for all facts of an event in one commit.
 *
 * A plan never changes, so the log keeps no copy of it: facts that carry their event's record are
 * given its plan back when they are read.
 */
import { type EventFact, type Fact, isEventFact, type NumberedFact } from '../domain/facts.js';
import type { EventId, SeatNumber } from '../domain/ids.js';
import type { PlanSpec } from '../domain/plan-spec.js';
import { present } from '../lib/assert.js';
import { rowsUnder } from './rows.js';
import type { FactRow, StoreTables } from './tables.js';

/**
 * How much of a log is looked through for the history of one seat: about 150,000 facts, a tenth of
 * a second.
 */
const HISTORY_BYTES_MAX = 32 * 2 ** 20;

export class FactLog {
  readonly #tables: StoreTables;

  constructor(tables: StoreTables) {
    this.#tables = tables;
  }

  /** Appends `facts`, which get the sequences `first`, `first + 1`, … Inside a transaction. */
  append(facts: readonly Fact[], first: number): void {
    const rows = new Map<EventId, [number, Fact][]>();
    let sequence = first;
    for (const fact of facts) {
      const stored: [number, Fact] = [sequence, isEventFact(fact) ? withoutPlan(fact) : fact];
      const row = rows.get(fact.eventId);
      if (row === undefined) rows.set(fact.eventId, [stored]);
      else row.push(stored);
      sequence += 1;
    }
    for (const [eventId, row] of rows) {
      this.#tables.facts.put([eventId, present(row[0], 'the first fact of a row')[0]], row);
    }
  }

  /** The event's facts with a sequence above `after`, in order. */
  *after(eventId: EventId, after: number): Iterable<NumberedFact> {
    const restore = this.#restorer(eventId);
    const start = this.#rowAt(eventId, after) ?? after;
    const { end } = rowsUnder([eventId]);
    for (const { value } of this.#tables.facts.range({ start: [eventId, start], end })) {
      for (const [sequence, fact] of value) {
        if (sequence > after) yield { sequence, fact: restore(fact) };
      }
    }
  }

  /** As `after`, no more than `limit`. */
  page(eventId: EventId, after: number, limit: number): readonly NumberedFact[] {
    const page: NumberedFact[] = [];
    if (limit < 1) return page;
    for (const numbered of this.after(eventId, after)) {
      page.push(numbered);
      if (page.length === limit) break;
    }
    return page;
  }

  /**
   * The latest facts that name the seat, newest first, as far back as `HISTORY_BYTES_MAX` reaches.
   */
  history(eventId: EventId, seat: SeatNumber, limit: number): readonly NumberedFact[] {
    const found: NumberedFact[] = [];
    let bytesLeft = HISTORY_BYTES_MAX;
    // Rows that cannot name the seat are passed over unread: to read them all would hold up every
    // commit.
    const mention = new RegExp(`[[,]${seat}[,\\]]`);
    for (const row of this.#tables.facts.rows({ ...rowsUnder([eventId]), reverse: true })) {
      bytesLeft -= row.value.length;
      if (bytesLeft < 0) break;
      if (!mention.test(row.value.toString('latin1'))) continue;
      found.push(...factsNaming(seat, this.#tables.facts.read(row).value));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }

  /** The first sequence of the row that could hold `sequence`. */
  #rowAt(eventId: EventId, sequence: number): number | undefined {
    const range = { start: [eventId], end: [eventId, sequence + 1], reverse: true, limit: 1 };
    for (const { key } of this.#tables.facts.range(range)) return key[1];
    return undefined;
  }

  /** The plan is read once, and only when a fact needs it. */
  #restorer(eventId: EventId): (fact: Fact) => Fact {
    let plan: PlanSpec | undefined;
    return (fact) => {
      if (!isEventFact(fact)) return fact;
      plan ??= present(this.#tables.events.get([eventId]), `the event ${eventId} of a fact`).plan;
      return { ...fact, event: { ...fact.event, plan } };
    };
  }
}

/** The fact as it is stored: its type says that the plan is there, and reading puts it back. */
function withoutPlan(fact: EventFact): EventFact {
  const { plan: _, ...event } = fact.event;
  return { ...fact, event: event as EventFact['event'] };
}

function factsNaming(seat: SeatNumber, row: FactRow): NumberedFact[] {
  const naming: NumberedFact[] = [];
  for (const [sequence, fact] of row) {
    if (!isEventFact(fact) && fact.seats.includes(seat)) naming.push({ sequence, fact });
  }
  return naming.reverse();
}
