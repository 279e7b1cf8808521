/** Copies of a store: taken from one while a server runs on it, put back where there is none. */
import { copyFileSync, mkdirSync, readdirSync, truncateSync } from 'node:fs';
import { ServerFault } from '../lib/server-fault.js';
import { lockDataDir, makeDataDir } from './data-dir.js';
import { renewIncarnation } from './incarnation.js';
import { corrupt, type DataFile, dataFilePath, inspectDataFile } from './lmdb-file.js';
import { placeDataFile } from './new-data-file.js';
import { openSnapshot } from './open-store.js';
import { syncToDisk } from './sync-to-disk.js';
import { forgetSynced } from './synced-state.js';

/**
 * Copies the store in `dataDir`, as it stands at one moment, into `targetDir`, which must be new or
 * empty. Works from another process while the server runs and writes.
 *
 * @returns the copy's size, bytes
 * @throws ServerFault `config_invalid`, `storage_corrupt`
 */
export async function backup(dataDir: string, targetDir: string): Promise<number> {
  mkdirSync(targetDir, { recursive: true });
  if (readdirSync(targetDir).length > 0)
    throw invalid(`${targetDir} is not empty`, 'Name a new directory.');
  const rows = await openSnapshot(dataDir);
  try {
    await rows.copyTo(targetDir);
  } finally {
    await rows.close();
  }
  const { path, bytesPromised } = present(targetDir);
  // No server has it yet: there is no doubt about what its last pages are.
  truncateSync(path, bytesPromised);
  syncToDisk(path);
  syncToDisk(targetDir);
  return bytesPromised;
}

/**
 * Makes the backup in `backupDir` the store of `dataDir`, which must have none. It is another
 * incarnation than the one that was copied.
 *
 * @throws ServerFault `config_invalid`, `data_dir_locked`, `storage_corrupt`
 */
export async function restore(backupDir: string, dataDir: string): Promise<void> {
  const { path, bytes, bytesPromised } = present(backupDir);
  if (bytes < bytesPromised)
    throw corrupt(path, `lacks ${bytesPromised - bytes} of ${bytesPromised} bytes`);
  makeDataDir(dataDir);
  const lock = await lockDataDir(dataDir);
  try {
    if (inspectDataFile(dataDir) !== undefined) {
      throw invalid(
        `${dataDir} has a store already`,
        'Move it away, or restore into a new directory.',
      );
    }
    forgetSynced(dataDir); // of a store that was here before
    await placeDataFile(dataDir, async (making) => {
      copyFileSync(path, dataFilePath(making));
      // What was made since the backup is gone, and its numbers will be given out again.
      await renewIncarnation(making);
    });
  } finally {
    await lock.release();
  }
}

function present(dir: string): DataFile {
  const file = inspectDataFile(dir);
  if (file === undefined)
    throw invalid(`there is no store in ${dir}`, 'Name a directory made by holdfast backup.');
  return file;
}

function invalid(message: string, hint: string): ServerFault {
  return new ServerFault(message, { code: 'config_invalid', hint });
}
