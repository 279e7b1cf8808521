/** Opening what is on disk: checked first, so that damage is told in words. */
import type { Clock } from '../lib/clock.js';
import { ServerFault } from '../lib/server-fault.js';
import { type DataDirLock, lockDataDir, makeDataDir } from './data-dir.js';
import { renewIncarnation } from './incarnation.js';
import { corrupt, type DataFile, inspectDataFile } from './lmdb-file.js';
import { LmdbRows } from './lmdb-rows.js';
import { LmdbSnapshotRows } from './lmdb-snapshot-rows.js';
import { MemoryRows } from './memory-rows.js';
import { placeDataFile } from './new-data-file.js';
import { findBrokenPage } from './page-walk.js';
import { Store } from './store.js';
import { goBackToSynced } from './synced-state.js';

export interface OpenOptions {
  /** Made where it is not there; not used for `memory`. */
  readonly dataDir: string;
  readonly durability: 'sync' | 'async' | 'memory';
  readonly clock: Clock;
}

/**
 * Opens the store of a server, and takes the lock of its directory; closing the store gives it
 * back.
 *
 * @throws ServerFault `data_dir_locked`, `storage_corrupt`, `config_invalid`
 */
export async function openStore({ dataDir, durability, clock }: OpenOptions): Promise<Store> {
  if (durability === 'memory') return new Store(new MemoryRows(), clock);
  makeDataDir(dataDir);
  const lock = await lockDataDir(dataDir);
  let rows: LmdbRows;
  try {
    await goBackToSynced(dataDir, () => {
      assertReadable(inspectDataFile(dataDir));
      return renewIncarnation(dataDir);
    });
    const file = inspectDataFile(dataDir);
    if (file === undefined) await placeDataFile(dataDir, makeEmpty);
    else assertReadable(file);
    rows = new LmdbRows({ dataDir, durability, lock });
  } catch (error) {
    await lock.release();
    throw error;
  }
  try {
    return new Store(rows, clock);
  } catch (error) {
    await rows.close();
    throw error;
  }
}

/** LMDB makes its file and describes it in two steps. */
function makeEmpty(dataDir: string): Promise<void> {
  return new LmdbRows({ dataDir, durability: 'sync' }).close();
}

/**
 * Opens a store for reading, as it stands now. Works while a server runs on it.
 *
 * @throws ServerFault `config_invalid` where there is none, `storage_corrupt`
 */
export async function openSnapshot(dataDir: string): Promise<LmdbSnapshotRows> {
  assertThere(dataDir);
  await unlessServed(dataDir, () => assertReadable(inspectDataFile(dataDir)));
  return new LmdbSnapshotRows(dataDir);
}

/** @throws ServerFault `config_invalid` where there is no store, `storage_corrupt` */
export function assertThere(dataDir: string): void {
  if (inspectDataFile(dataDir) === undefined) {
    throw new ServerFault(`there is no store in ${dataDir}`, {
      code: 'config_invalid',
      hint: 'Set HOLDFAST_DATA_DIR to the data directory of a server.',
    });
  }
}

/**
 * Runs `look` while no server writes what it looks at. A server that runs has looked itself when it
 * started: then it is not run, and the answer is undefined.
 */
export async function unlessServed<T>(dataDir: string, look: () => T): Promise<T | undefined> {
  let lock: DataDirLock;
  try {
    lock = await lockDataDir(dataDir);
  } catch {
    return undefined;
  }
  try {
    return look();
  } finally {
    await lock.release();
  }
}

/** LMDB may open the file without the process dying of it. */
function assertReadable(file: DataFile | undefined): void {
  const broken = file === undefined ? undefined : findBrokenPage(file);
  if (file === undefined || broken === undefined) return;
  const what = file.bytes < file.bytesPromised ? 'is cut short' : 'is damaged';
  throw corrupt(file.path, `${what}: ${broken}`);
}
