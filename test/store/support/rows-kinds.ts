import { onTestFinished } from 'vitest';
import { LmdbRows } from '../../../src/store/lmdb-rows.js';
import { MemoryRows } from '../../../src/store/memory-rows.js';
import type { Rows } from '../../../src/store/rows.js';
import { temporaryDir } from '../../support/temporary-dir.js';

/** Every kind of rows, each made new and empty, and closed when the test is over. */
export const ROWS_KINDS: readonly (readonly [string, () => Rows])[] = [
  ['memory', () => new MemoryRows()],
  ['LMDB, sync', () => newLmdb('sync')],
  ['LMDB, async', () => newLmdb('async')],
];

function newLmdb(durability: 'sync' | 'async'): Rows {
  const dataDir = temporaryDir();
  const rows = new LmdbRows({ dataDir, durability });
  onTestFinished(() => rows.close());
  return rows;
}
