/**
 * The rows of a store as they stand at the first read, whatever a server goes on to write
 * meanwhile. For reading only. While they are open, that server cannot reuse the pages it frees.
 */
import { open, type RootDatabase } from 'lmdb';
import { assert } from '../lib/assert.js';
import { ENVIRONMENT, type Key, LmdbTable, openTable, type ReadTransaction } from './lmdb-table.js';
import type { Rows, RowTable } from './rows.js';

export class LmdbSnapshotRows implements Rows {
  readonly #env: RootDatabase<Buffer, Key>;
  #transaction: ReadTransaction | undefined;

  constructor(dataDir: string) {
    this.#env = open({ ...ENVIRONMENT, path: dataDir, readOnly: true });
  }

  table(name: string): RowTable {
    assert(
      this.#transaction === undefined,
      'tables are opened before the first read: it goes stale',
    );
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
