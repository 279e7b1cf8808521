/** The parts of a store, each with its own tables, over one Rows. */
import { eventId } from '../domain/ids.js';
import type { Clock } from '../lib/clock.js';
import { FactLog } from './fact-log.js';
import { IdempotencyTable } from './idempotency-table.js';
import { LaggingIndexes, type LagLimits } from './lagging-indexes.js';
import { ReservationTable } from './reservation-table.js';
import type { Rows } from './rows.js';
import { SalesStats } from './sales-stats.js';
import { openTables, SEQUENCE_KEY, type StoreTables } from './tables.js';

export interface StoreParts {
  readonly tables: StoreTables;
  readonly factLog: FactLog;
  readonly indexes: LaggingIndexes;
  readonly reservations: ReservationTable;
  readonly stats: SalesStats;
  readonly idempotency: IdempotencyTable;
}

/**
 * Opens the tables, and catches up with what the indexes lacked when the last store over these rows
 * ended.
 */
export function openParts(rows: Rows, clock: Clock, limits: LagLimits): StoreParts {
  const tables = openTables(rows);
  const indexes = new LaggingIndexes(tables, limits);
  const factLog = new FactLog(tables);
  if (indexes.lagsBehind(tables.meta.get(SEQUENCE_KEY) ?? 0)) {
    const events = Array.from(tables.events.rows({}), ({ key }) => eventId(String(key[0])));
    indexes.catchUp(factLog, events);
  }
  return {
    tables,
    factLog,
    indexes,
    reservations: new ReservationTable(tables.reservations, indexes),
    stats: new SalesStats(tables),
    idempotency: new IdempotencyTable(tables, clock),
  };
}
