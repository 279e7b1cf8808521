/**
 * Rows in one LMDB environment. One thread writes; other processes may read at the same time.
 *
 * 1. `sync`: when `transaction` returns, everything it wrote is on disk; LMDB calls fdatasync
 *    before it returns (I3).
 * 2. `async`: everything written is with the system, and survives the process; `flush` brings it to
 *    the disk. What was brought there last survives a power cut: its description is kept aside, its
 *    pages by a reader (`synced-state.ts`).
 */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { open, type RootDatabase, TransactionFlags } from 'lmdb';
import { assert } from '../lib/assert.js';
import type { DataDirLock } from './data-dir.js';
import { dataFilePath } from './lmdb-file.js';
import { ENVIRONMENT, type Key, LmdbTable, openTable, type ReadTransaction } from './lmdb-table.js';
import type { Rows, RowTable } from './rows.js';
import { forgetSynced, keepSynced } from './synced-state.js';

export interface LmdbOptions {
  readonly dataDir: string;
  readonly durability: 'sync' | 'async';
  /** Released when the rows are closed. */
  readonly lock?: DataDirLock;
}

const SYNC_FLAGS = TransactionFlags.ABORTABLE | TransactionFlags.SYNCHRONOUS_COMMIT;
const ASYNC_FLAGS = SYNC_FLAGS | TransactionFlags.NO_SYNC_FLUSH;

export class LmdbRows implements Rows {
  readonly #env: RootDatabase<Buffer, Key>;
  readonly #tables = new Map<string, RowTable>();
  readonly #flags: TransactionFlags;
  /** What `async` syncs by; undefined where transactions do so themselves. */
  readonly #syncing: Syncing | undefined;
  readonly #lock: DataDirLock | undefined;
  #writing = false;

  /**
   * Opens what is in `dataDir`, or makes it. The file is to be checked before: see `open-store.ts`.
   */
  constructor(options: LmdbOptions) {
    this.#env = open({ ...ENVIRONMENT, path: options.dataDir });
    this.#lock = options.lock;
    this.#flags = options.durability === 'sync' ? SYNC_FLAGS : ASYNC_FLAGS;
    this.#syncing =
      options.durability === 'sync' ? undefined : new Syncing(this.#env, options.dataDir);
  }

  table(name: string): RowTable {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    assert(
      !this.#writing,
      'a table is opened before the transaction: aborted, LMDB would forget it',
    );
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
    this.#syncing?.sync();
  }

  async close(): Promise<void> {
    this.#syncing?.end();
    await this.#env.close();
    await this.#lock?.release();
  }
}

/** Brings to disk what transactions have only written. */
class Syncing {
  readonly #env: RootDatabase<Buffer, Key>;
  readonly #dataDir: string;
  /** A handle of our own on the data file: syncing is by file, whoever has written. */
  readonly #file: number;
  /** Keeps the pages that were synced last from being used again. */
  #keeper: ReadTransaction | undefined;

  constructor(env: RootDatabase<Buffer, Key>, dataDir: string) {
    this.#env = env;
    this.#dataDir = dataDir;
    this.#file = openSync(dataFilePath(dataDir), 'r+');
    this.sync();
  }

  sync(): void {
    fdatasyncSync(this.#file);
    keepSynced(this.#dataDir);
    const next = this.#env.useReadTransaction();
    this.#keeper?.done();
    this.#keeper = next;
  }

  end(): void {
    fdatasyncSync(this.#file);
    closeSync(this.#file);
    forgetSynced(this.#dataDir);
    this.#keeper?.done();
  }
}
