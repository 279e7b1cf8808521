/**
 * A row for every seat that is not available: the last line of I2. The rows follow from the facts,
 * and are written some commits after them (`lagging-indexes.ts`); until then they are here, and
 * reading sees no difference.
 *
 * Rows are spread over the whole table as buyers choose, a page of the file each: written with
 * their own commits they would be most of what it writes. Written many at a time, in order, they
 * share pages.
 */
import type { EventId, SeatNumber } from '../domain/ids.js';
import { assert } from '../lib/assert.js';
import { rowsUnder } from './rows.js';
import type { SeatHolding } from './seat-holding.js';
import type { StoreTables } from './tables.js';

/** What became of seats, by event; null: available. */
type Changes = Map<EventId, Map<SeatNumber, SeatHolding | null>>;

type Change = readonly [SeatNumber, SeatHolding | null];

export class SeatRows {
  readonly #table: StoreTables['seats'];
  /** Since the last sweep began. */
  #fresh: Changes = new Map();
  #freshCount = 0;
  /** Being written by the sweep, or written. */
  #leaving: Changes = new Map();
  /** What the sweep has still to write, last first. */
  #queue: (readonly [EventId, SeatNumber])[] = [];

  constructor(table: StoreTables['seats']) {
    this.#table = table;
  }

  /** How many changes no sweep has taken up. */
  get freshCount(): number {
    return this.#freshCount;
  }

  /** How many rows the sweep has still to write. */
  get leavingCount(): number {
    return this.#queue.length;
  }

  get(eventId: EventId, seat: SeatNumber): SeatHolding | undefined {
    let change = this.#fresh.get(eventId)?.get(seat);
    if (change === undefined) change = this.#leaving.get(eventId)?.get(seat);
    return change === undefined ? this.#table.get([eventId, seat]) : (change ?? undefined);
  }

  set(eventId: EventId, seat: SeatNumber, holding: SeatHolding | null): void {
    let changes = this.#fresh.get(eventId);
    if (changes === undefined) {
      changes = new Map();
      this.#fresh.set(eventId, changes);
    }
    changes.set(seat, holding);
    this.#freshCount += 1;
  }

  /** The event's seats that are not available, ascending. */
  *of(eventId: EventId): Iterable<readonly [SeatNumber, SeatHolding]> {
    const rows = this.#table.range(rowsUnder([eventId]));
    const changes = this.#changesOf(eventId);
    let next = 0;
    for (const { key, value } of rows) {
      const seat = key[1];
      for (; (changes[next]?.[0] ?? seat) < seat; next += 1) yield* held(changes[next]);
      if (changes[next]?.[0] === seat) {
        yield* held(changes[next]);
        next += 1;
      } else {
        yield [seat, value];
      }
    }
    for (; next < changes.length; next += 1) yield* held(changes[next]);
  }

  /** Takes up all fresh changes for writing. The last sweep has to be over. */
  startSweep(): void {
    assert(this.#queue.length === 0, 'one sweep at a time');
    this.#leaving = this.#fresh;
    this.#fresh = new Map();
    this.#freshCount = 0;
    for (const eventId of [...this.#leaving.keys()].sort()) {
      for (const [seat] of sorted(this.#leaving.get(eventId))) this.#queue.push([eventId, seat]);
    }
    this.#queue.reverse();
  }

  /**
   * Writes the next rows of the sweep, `rowsMax` at most, and says how many. Inside a transaction.
   */
  sweep(rowsMax: number): number {
    for (let count = 0; count < rowsMax; count += 1) {
      const key = this.#queue.pop();
      if (key === undefined) {
        this.#leaving.clear();
        return count;
      }
      const holding = this.#leaving.get(key[0])?.get(key[1]);
      if (holding) this.#table.put(key, holding);
      else this.#table.remove(key);
    }
    return rowsMax;
  }

  #changesOf(eventId: EventId): readonly Change[] {
    const leaving = this.#leaving.get(eventId) ?? [];
    return sorted(new Map([...leaving, ...(this.#fresh.get(eventId) ?? [])]));
  }
}

/** The seat, if the change has left it to somebody. */
function held(change: Change | undefined): readonly (readonly [SeatNumber, SeatHolding])[] {
  return change === undefined || change[1] === null ? [] : [[change[0], change[1]]];
}

function sorted(changes: ReadonlyMap<SeatNumber, SeatHolding | null> | undefined): Change[] {
  return [...(changes ?? [])].sort(([left], [right]) => left - right);
}
