/**
 * Everything that is remembered: one table each, what its keys are and how its values are spelled.
 *
 * A change to any spelling is a new `FORMAT_VERSION`.
 */
import type { KeptAnswer } from '../desk/ports.js';
import type { CommandOutcome } from '../domain/commands.js';
import type { EventRecord } from '../domain/event.js';
import type { Fact } from '../domain/facts.js';
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import type { ReservationRecord } from '../domain/reservation.js';
import type { EpochMs } from '../lib/clock.js';
import { ServerFault } from '../lib/server-fault.js';
import { factRowForm } from './fact-form.js';
import { jsonForm, RecordTable } from './record-table.js';
import { reservationForm } from './reservation-form.js';
import type { Rows } from './rows.js';
import { type SeatBlock, seatBlockForm } from './seat-block.js';

/**
 * All facts of one event in one commit, in order (`fact-form.ts`). Of an event's record the
 * plan is left out.
 */
export type FactRow = readonly (readonly [sequence: number, fact: Fact])[];

/** What an idempotency key was answered with: the outcome of a command, or a finished answer. */
export interface KeptEntry {
  readonly fingerprint: string;
  readonly requestId: string;
  readonly at: EpochMs;
  readonly outcome?: CommandOutcome;
  readonly answer?: KeptAnswer;
}

/** What became of an event's reservations, and its sales, since it was made. */
export interface EventTotals {
  readonly reservations: Readonly<
    Record<'reserved' | 'confirmed' | 'cancelled' | 'expired' | 'refunded', number>
  >;
  readonly conflicts: number;
  /**
   * One line a category with a sale ever: its name, seats booked and not refunded, their price in
   * minor units.
   */
  readonly sales: readonly (readonly [category: string | null, seats: number, amount: number])[];
}

/** Seats booked less seats refunded within a minute, and the same in money. */
export type MinuteSales = readonly [seats: number, amount: number];

/** The last sequence given out. */
export const SEQUENCE_KEY = ['sequence'] as const;
/** See `incarnation.ts`. */
export const INCARNATION_KEY = ['incarnation'] as const;
/** The sequence up to which `seats` and `byUser` have everything: see `lagging-indexes.ts`. */
export const INDEXED_KEY = ['indexed'] as const;

/** Begins with the `hash32` of the user: a number is sorted by far sooner than a text. */
export type UserRowKey = readonly [hash: number, UserId, ReservationId];

export interface StoreTables {
  readonly meta: RecordTable<readonly [string], number>;
  readonly events: RecordTable<readonly [EventId], EventRecord>;
  readonly reservations: RecordTable<readonly [ReservationId], ReservationRecord>;
  /** Blocks with a seat that is not available, by their first seats. */
  readonly seats: RecordTable<readonly [EventId, SeatNumber], SeatBlock>;
  /** The sequence is that of the row's first fact. */
  readonly facts: RecordTable<readonly [EventId, sequence: number], FactRow>;
  /**
   * The value is the reservation's event. Ids start with the time: a user's rows are in order of
   * creation.
   */
  readonly byUser: RecordTable<UserRowKey, EventId>;
  readonly idempotency: RecordTable<readonly [key: string], KeptEntry>;
  /** When each key was kept, oldest first; a key that was kept again is here twice. */
  readonly idempotencyAges: RecordTable<readonly [EpochMs, key: string], null>;
  readonly totals: RecordTable<readonly [EventId], EventTotals>;
  /** By the minute's first millisecond. */
  readonly minutes: RecordTable<readonly [EventId, EpochMs], MinuteSales>;
}

/** To be called once for each Rows, before its first transaction. */
export function openTables(rows: Rows): StoreTables {
  return {
    meta: openMeta(rows),
    events: new RecordTable(rows, 'events', jsonForm()),
    reservations: new RecordTable(rows, 'reservations', reservationForm),
    seats: new RecordTable(rows, 'seats', seatBlockForm),
    facts: new RecordTable(rows, 'facts', factRowForm),
    byUser: new RecordTable(rows, 'byUser', jsonForm()),
    idempotency: new RecordTable(rows, 'idempotency', jsonForm()),
    idempotencyAges: new RecordTable(rows, 'idempotencyAges', jsonForm()),
    totals: new RecordTable(rows, 'totals', jsonForm()),
    minutes: new RecordTable(rows, 'minutes', jsonForm()),
  };
}

/** Numbers of the store as a whole. */
export function openMeta(rows: Rows): StoreTables['meta'] {
  return new RecordTable(rows, 'meta', jsonForm());
}

/** Reads every row of every table once, and yields what is wrong with each that cannot be read. */
export function* unreadableRows(
  tables: StoreTables,
  onRow: (table: string) => void = () => undefined,
): Iterable<ServerFault> {
  for (const table of Object.values(tables)) {
    for (const row of table.rows({})) {
      onRow(table.name);
      const fault = faultOf(() => table.read(row));
      if (fault !== undefined) yield fault;
    }
  }
}

function faultOf(read: () => unknown): ServerFault | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof ServerFault) return error;
    throw error;
  }
}
