/**
 * Making the data file of a directory that has none: beside its place, and moved there when it is whole and on disk. So a file in
 * its place that is empty or cut short is damage, and never the work of a process that died while it made it.
 */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataFilePath } from './lmdb-file.js';
import { syncToDisk } from './sync-to-disk.js';

/**
 * Whoever calls has the lock of `dataDir`.
 *
 * @param make makes a data file in the directory that it is given, and leaves it closed; need not sync it.
 */
export async function placeDataFile(
  dataDir: string,
  make: (makingDir: string) => Promise<void>,
): Promise<void> {
  const making = join(dataDir, 'making');
  rmSync(making, { recursive: true, force: true }); // of one that was cut short
  mkdirSync(making);
  await make(making);
  syncToDisk(dataFilePath(making));
  renameSync(dataFilePath(making), dataFilePath(dataDir));
  rmSync(making, { recursive: true });
  syncToDisk(dataDir);
}
