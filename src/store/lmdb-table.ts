/** One table of an LMDB environment, and how environments are opened. */
import type { Database, RootDatabase } from 'lmdb';
import { assert } from '../lib/assert.js';
import { ServerFault } from '../lib/server-fault.js';
import { damaged } from './damage.js';
import { PAGE_BYTES } from './lmdb-file.js';
import type { Row, RowKey, RowRange, RowTable } from './rows.js';

/** What LMDB's types ask for: an array that it may change, which it does not. */
export type Key = (string | number)[];

/** Keeps what is read through it as it was. */
export type ReadTransaction = ReturnType<Database['useReadTransaction']>;

/** Address space only: the file grows as it is filled, and LMDB remaps itself beyond this. */
const MAP_BYTES = 64 * 2 ** 30;
const TABLES_MAX = 32;

/**
 * The options of every environment. `overlappingSync` is off: with it a value can be read before it
 * is on disk, and stays readable after a failed sync.
 */
export const ENVIRONMENT = {
  noSubdir: false,
  encoding: 'binary',
  overlappingSync: false,
  mapSize: MAP_BYTES,
  pageSize: PAGE_BYTES,
  maxDbs: TABLES_MAX,
} as const;

/**
 * @throws ServerFault `storage_corrupt` where the environment is read-only and has no such table
 */
export function openTable(env: RootDatabase<Buffer, Key>, name: string): Database<Buffer, Key> {
  const database: Database<Buffer, Key> | undefined = env.openDB({ name, encoding: 'binary' });
  // Read-only, LMDB gives undefined for a table that is not there.
  if (database !== undefined) return database;
  throw new ServerFault(`the store has no table ${name}`, {
    code: 'storage_corrupt',
    hint: 'This is not the data directory of a Holdfast server, or it was made by another version.',
  });
}

export class LmdbTable implements RowTable {
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
    if (this.#snapshot !== undefined)
      return this.#database.get(mutable(key), { transaction: this.#snapshot() });
    const value = this.#database.getBinaryFast(mutable(key));
    // It says where the value ends and goes on beyond that.
    return value?.subarray(0, value.length);
  }

  /** @throws ServerFault `storage_corrupt` at a key that is none */
  *range(range: RowRange): Iterable<Row> {
    const from = this.#snapshot === undefined ? {} : { transaction: this.#snapshot() };
    try {
      for (const { key, value } of this.#database.getRange({ ...from, ...lmdbRange(range) })) {
        // LMDB writes a key of one part as that part, and reads it so.
        yield { key: Array.isArray(key) ? key : [key], value };
      }
    } catch (error) {
      // Of bytes that its own writer cannot have written the reader of keys makes a number out of range.
      if (!(error instanceof RangeError)) throw error;
      throw damaged(`a key in the store is damaged: ${error.message}`, error);
    }
  }

  put(key: RowKey, value: Buffer): void {
    assert(this.#isWriting(), 'rows are written inside a transaction');
    this.#database.putSync(mutable(key), value);
  }

  remove(key: RowKey): boolean {
    assert(this.#isWriting(), 'rows are written inside a transaction');
    return this.#database.removeSync(mutable(key));
  }
}

function mutable(key: RowKey): Key {
  return key as Key;
}

/**
 * LMDB walks from `start` to `end`, whichever way it goes: backwards the two bounds change places
 * and manners.
 */
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
