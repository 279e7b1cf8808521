/**
 * Rows in one LMDB environment. One thread writes; other processes may read at the same time.
 *
 * `overlappingSync` is off: with it a value can be read before it is on disk, and stays readable after a failed sync.
 *
 * 1. `sync`: when `transaction` returns, everything it wrote is on disk; LMDB calls fdatasync before it returns (I3).
 * 2. `async`: everything written is with the system, and survives the process; `flush` brings it to the disk.
 */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { type Database, open, type RootDatabase, TransactionFlags } from 'lmdb';
import { assert } from '../lib/assert.js';
import { ServerFault } from '../lib/server-fault.js';
import type { DataDirLock } from './data-dir.js';
import { dataFilePath, PAGE_BYTES } from './lmdb-file.js';
import type { Row, RowKey, RowRange, Rows, RowTable } from './rows.js';

export interface LmdbOptions {
  readonly dataDir: string;
  readonly durability: 'sync' | 'async';
  /** Released when the rows are closed. */
  readonly lock?: DataDirLock;
}

/** Address space only: the file grows as it is filled, and LMDB remaps itself beyond this. */
const MAP_BYTES = 64 * 2 ** 30;
const TABLES_MAX = 32;

const SYNC_FLAGS = TransactionFlags.ABORTABLE | TransactionFlags.SYNCHRONOUS_COMMIT;
const ASYNC_FLAGS = SYNC_FLAGS | TransactionFlags.NO_SYNC_FLUSH;

export class LmdbRows implements Rows {
  readonly #env: RootDatabase<Buffer, Key>;
  readonly #tables = new Map<string, RowTable>();
  readonly #flags: TransactionFlags;
  /** A handle of our own on the data file, to sync it by; undefined where transactions do so. */
  readonly #file: number | undefined;
  readonly #lock: DataDirLock | undefined;
  #writing = false;

  /** Opens what is in `dataDir`, or makes it. The file is to be checked before: see `open-store.ts`. */
  constructor(options: LmdbOptions) {
    this.#env = open({ ...ENVIRONMENT, path: options.dataDir });
    this.#lock = options.lock;
    this.#flags = options.durability === 'sync' ? SYNC_FLAGS : ASYNC_FLAGS;
    this.#file = options.durability === 'sync' ? undefined : openSync(dataFilePath(options.dataDir), 'r+');
  }

  table(name: string): RowTable {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    assert(!this.#writing, 'a table is opened before the transaction: aborted, LMDB would forget it');
    const made = new LmdbTable(openTable(this.#env, name), () => this.#writing);
    this.#tables.set(name, made);
    return made;
  }

  transaction(change: () => void): void {
    assert(!this.#writing, 'transactions are not nested');
    this.#writing = true;
    try {
      // The callback returns nothing: LMDB would wait for a promise, and a put returns one.
      this.#env.transactionSync(() => {
        change();
      }, this.#flags);
    } finally {
      this.#writing = false;
    }
  }

  flush(): void {
    if (this.#file !== undefined) fdatasyncSync(this.#file);
  }

  async close(): Promise<void> {
    this.flush();
    if (this.#file !== undefined) closeSync(this.#file);
    await this.#env.close();
    await this.#lock?.release();
  }
}

type ReadTransaction = ReturnType<Database['useReadTransaction']>;

/**
 * The rows of a store as they stand at the first read, whatever a server goes on to write meanwhile. For reading only.
 */
export class LmdbSnapshotRows implements Rows {
  readonly #env: RootDatabase<Buffer, Key>;
  #transaction: ReadTransaction | undefined;

  constructor(dataDir: string) {
    this.#env = open({ ...ENVIRONMENT, path: dataDir, readOnly: true });
  }

  table(name: string): RowTable {
    assert(this.#transaction === undefined, 'tables are opened before the first read: it goes stale');
    return new LmdbTable(
      openTable(this.#env, name),
      () => false,
      () => this.#snapshot(),
    );
  }

  transaction(): void {
    assert(false, 'a snapshot is not written to');
  }

  flush(): void {}

  async close(): Promise<void> {
    this.#transaction?.done();
    await this.#env.close();
  }

  /** Copies the store's file into `targetDir`, which must exist, consistent as of now. */
  copyTo(targetDir: string): Promise<void> {
    return this.#env.backup(targetDir, false);
  }

  #snapshot(): ReadTransaction {
    this.#transaction ??= this.#env.useReadTransaction();
    return this.#transaction;
  }
}

type Key = (string | number)[];

const ENVIRONMENT = {
  noSubdir: false,
  encoding: 'binary',
  overlappingSync: false,
  mapSize: MAP_BYTES,
  pageSize: PAGE_BYTES,
  maxDbs: TABLES_MAX,
} as const;

function openTable(env: RootDatabase<Buffer, Key>, name: string): Database<Buffer, Key> {
  const database: Database<Buffer, Key> | undefined = env.openDB({ name, encoding: 'binary' });
  if (database !== undefined) return database; // read-only, LMDB gives undefined for a table that is not there
  throw new ServerFault(`the store has no table ${name}`, {
    code: 'storage_corrupt',
    hint: 'This is not the data directory of a Holdfast server, or it was made by another version.',
  });
}

const IF_ABSENT = { noOverwrite: true };

class LmdbTable implements RowTable {
  readonly #database: Database<Buffer, Key>;
  readonly #isWriting: () => boolean;
  readonly #snapshot: (() => ReadTransaction) | undefined;

  /** @param snapshot what to read from, where that is not the latest */
  constructor(
    database: Database<Buffer, Key>,
    isWriting: () => boolean,
    snapshot?: () => ReadTransaction,
  ) {
    this.#database = database;
    this.#isWriting = isWriting;
    this.#snapshot = snapshot;
  }

  get(key: RowKey): Buffer | undefined {
    return this.#snapshot === undefined
      ? this.#database.get(mutable(key))
      : this.#database.get(mutable(key), { transaction: this.#snapshot() });
  }

  *range(range: RowRange): Iterable<Row> {
    const from = this.#snapshot === undefined ? {} : { transaction: this.#snapshot() };
    for (const { key, value } of this.#database.getRange({ ...from, ...lmdbRange(range) })) {
      // LMDB writes a key of one part as that part, and reads it so.
      yield { key: Array.isArray(key) ? key : [key], value };
    }
  }

  put(key: RowKey, value: Buffer): void {
    assert(this.#isWriting(), 'rows are written inside a transaction');
    this.#database.putSync(mutable(key), value);
  }

  putIfAbsent(key: RowKey, value: Buffer): boolean {
    assert(this.#isWriting(), 'rows are written inside a transaction');
    // Inside a transaction `putSync` says whether it wrote, which its type leaves out.
    return (this.#database.putSync(mutable(key), value, IF_ABSENT) as unknown) === true;
  }

  remove(key: RowKey): boolean {
    assert(this.#isWriting(), 'rows are written inside a transaction');
    return this.#database.removeSync(mutable(key));
  }
}

/** LMDB's type asks for an array it may change; it does not. */
function mutable(key: RowKey): Key {
  return key as Key;
}

/** LMDB walks from `start` to `end`, whichever way it goes: backwards the two bounds change places and manners. */
function lmdbRange({ start, end, reverse, limit }: RowRange): object {
  const bounds = reverse === true ? { start: end, end: start } : { start, end };
  const manners = reverse === true ? { reverse, exclusiveStart: true, inclusiveEnd: true } : {};
  return {
    ...(bounds.start === undefined ? {} : { start: bounds.start }),
    ...(bounds.end === undefined ? {} : { end: bounds.end }),
    ...(limit === undefined ? {} : { limit }),
    ...manners,
  };
}
