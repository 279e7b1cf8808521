/**
 * One short text for all that a store remembers: two stores with the same hash hold the same events, reservations, facts,
 * answers and sums, in whatever pages and commits they came to be. The tables that only repeat what the facts say
 * (`lagging-indexes.ts`) are left out: `verify` holds them to the facts.
 */
import { createHash, type Hash } from 'node:crypto';
import type { RowKey, RowRange } from './rows.js';
import type { StoreTables } from './tables.js';

/** Hex digits that are shown. */
const DIGITS = 32;

/** SHA-256 over every row in the order of the tables and keys; the facts one by one, as commits do not count. */
export function stateHash(tables: StoreTables): string {
  const hash = createHash('sha256');
  const { events, reservations, idempotency, totals, minutes } = tables;
  for (const table of [events, reservations, idempotency, totals, minutes]) addRows(hash, table);
  for (const { key, value } of tables.facts.range({})) {
    for (const numbered of value) hash.update(JSON.stringify([key[0], ...numbered]));
  }
  return hash.digest('hex').slice(0, DIGITS);
}

/** What it needs of a table, whatever that is of. */
interface ReadTable {
  readonly name: string;
  range(range: RowRange): Iterable<{ readonly key: RowKey; readonly value: unknown }>;
}

function addRows(hash: Hash, table: ReadTable): void {
  hash.update(table.name);
  for (const { key, value } of table.range({})) hash.update(JSON.stringify([key, value]));
}
