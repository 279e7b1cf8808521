/**
 * What the store needs of whatever keeps its bytes: named tables of rows in the order of their
 * keys, and transactions over all of them. LMDB and memory implement it; nothing above knows which
 * it has. Everything is synchronous.
 *
 * 1. What a transaction wrote is there when it has returned, whole; when it throws, nothing of it
 *    is.
 * 2. Every implementation has the same order of keys: part by part, numbers before strings, numbers
 *    by value, strings by code point, and a key before all longer ones that start with it.
 */

/** 1..n parts: printable strings, finite numbers. At most 1,978 bytes in UTF-8. */
export type RowKey = readonly (string | number)[];

export interface Row {
  readonly key: RowKey;
  readonly value: Buffer;
}

/**
 * Rows with `start <= key < end`; either left out: no bound. To be read to its end, or left, before
 * the next write.
 */
export interface RowRange {
  readonly start?: RowKey;
  readonly end?: RowKey;
  /** The same rows, last first. */
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** One table. Reads inside a transaction see what it has written. */
export interface RowTable {
  /** The value is lent: good until the next row is read or written, of whatever table. */
  get(key: RowKey): Buffer | undefined;
  /** The values belong to the caller. */
  range(range: RowRange): Iterable<Row>;
  /** Only inside a transaction, as the next. The value is copied. */
  put(key: RowKey, value: Buffer): void;
  /** Whether there was such a row. */
  remove(key: RowKey): boolean;
}

export interface Rows {
  /**
   * To be asked for before a transaction, not in one.
   *
   * @throws ServerFault `storage_corrupt` where the rows were opened for reading and have no such
   *   table.
   */
  table(name: string): RowTable;
  /**
   * Runs `change` and commits what it wrote (1). Not to be nested. Throws what `change` or the disk
   * throws.
   */
  transaction(change: () => void): void;
  /** Puts on disk what is not there yet; nothing to do where every transaction does so itself. */
  flush(): void;
  close(): Promise<void>;
}

/** Sorts after every string that a key may hold. */
const LAST = '\u{10ffff}';

/** Every row whose key starts with the parts of `prefix`, and has more. */
export function rowsUnder(prefix: RowKey): { readonly start: RowKey; readonly end: RowKey } {
  return { start: prefix, end: [...prefix, LAST] };
}
