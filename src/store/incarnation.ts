/**
 * Which incarnation of a store it is. Facts are numbered on from the last one on disk. Where facts are taken back, by an
 * older backup that is restored or by a power cut under `async`, the same numbers are given to others, and a number alone no
 * longer says what a client has seen. So a store has a number of its own beside them, made anew with every such loss.
 *
 * A data directory that is copied by other means than `backup` and `restore` stays the incarnation that it was.
 */
import { randomInt } from 'node:crypto';
import { LmdbRows } from './lmdb-rows.js';
import { INCARNATION_KEY, openMeta } from './tables.js';

const INCARNATIONS = 2 ** 32;

/** 32 random bits. */
export function newIncarnation(): number {
  return randomInt(INCARNATIONS);
}

/** Makes the store in `dataDir`, which nobody has open, another one, in one commit; that is on disk when it resolves. */
export async function renewIncarnation(dataDir: string): Promise<void> {
  const rows = new LmdbRows({ dataDir, durability: 'sync' });
  try {
    const meta = openMeta(rows);
    rows.transaction(() => meta.put(INCARNATION_KEY, newIncarnation()));
  } finally {
    await rows.close();
  }
}
