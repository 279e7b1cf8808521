/**
 * What can be told of LMDB's data file before it is opened. LMDB maps the file and believes it: of
 * one that was cut short it reads beyond the end, and the system kills the process (SIGBUS) before
 * anyone can say why.
 *
 * The layout is that of the LMDB that lmdb-js 3.5 brings, data version 2, on a machine of 64 bits
 * with the low byte first (`mdb.c`: `MDB_page_header`, `MDB_meta`): pages 0 and 1 are two
 * generations of the description of all others.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ServerFault } from '../lib/server-fault.js';
import { describedTree, type TreeDescription } from './tree-description.js';

/**
 * Of every file we make; set, not taken from the system, so that a backup can move to another
 * machine.
 */
export const PAGE_BYTES = 4096;

export interface DataFile {
  readonly path: string;
  readonly bytes: number;
  /**
   * How long its pages make it. A little more than `bytes` may be no damage: LMDB does not write
   * pages at the end that the last transaction took and gave back. Only following all pages tells
   * those from what was cut off (`page-walk.ts`).
   */
  readonly bytesPromised: number;
  /** From these two all pages are found. */
  readonly freeTree: TreeDescription;
  readonly mainTree: TreeDescription;
}

const META_COUNT = 2;
/** A thousand years of a million a second. LMDB dies of a count that has no next. */
const TRANSACTION_MAX = 2n ** 55n;
const P_META = 0x08;
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** Offsets within a page. */
const AT = {
  flags: 18,
  magic: 24,
  version: 28,
  pageBytes: 48,
  freeTree: 48,
  mainTree: 96,
  lastPage: 144,
  transaction: 152,
} as const;

export function dataFilePath(dataDir: string): string {
  return join(dataDir, 'data.mdb');
}

/**
 * Looks at the data file; undefined: there is none.
 *
 * @throws ServerFault `storage_corrupt` where it is no LMDB file of ours
 */
export function inspectDataFile(dataDir: string): DataFile | undefined {
  const path = dataFilePath(dataDir);
  const file = openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const { size: bytes } = fstatSync(file);
    if (bytes === 0) throw corrupt(path, 'is empty');
    const head = Buffer.alloc(META_COUNT * PAGE_BYTES);
    if (readSync(file, head, 0, head.length, 0) < head.length) throw corrupt(path, 'is cut short');
    return { path, bytes, ...described(path, head) };
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw corrupt(path, 'cannot be read', 'See who may read the data directory.', error);
  }
}

/** What the newer of the two descriptions says: LMDB goes by it. */
function described(path: string, head: Buffer): Omit<DataFile, 'path' | 'bytes'> {
  const pages = Array.from({ length: META_COUNT }, (_, index) =>
    head.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES),
  );
  for (const page of pages) assertMetaPage(path, page);
  const newest = pages.reduce((left, right) => (ageOf(right) > ageOf(left) ? right : left));
  return {
    bytesPromised: (Number(newest.readBigUInt64LE(AT.lastPage)) + 1) * PAGE_BYTES,
    freeTree: describedTree(newest, AT.freeTree),
    mainTree: describedTree(newest, AT.mainTree),
  };
}

function ageOf(page: Buffer): bigint {
  return page.readBigUInt64LE(AT.transaction);
}

function assertMetaPage(path: string, page: Buffer): void {
  const isOurs =
    (page.readUInt16LE(AT.flags) & P_META) !== 0 &&
    page.readUInt32LE(AT.magic) === MAGIC &&
    (page.readUInt32LE(AT.version) & 0xffff) === DATA_VERSION;
  if (!isOurs) throw corrupt(path, 'is not an LMDB file of this version');
  const pageBytes = page.readUInt32LE(AT.pageBytes);
  if (pageBytes !== PAGE_BYTES) throw corrupt(path, `has pages of ${pageBytes} bytes`);
  if (ageOf(page) > TRANSACTION_MAX)
    throw corrupt(path, `counts ${ageOf(page)} transactions, which cannot be`);
}

const RESTORE_HINT = 'Restore a backup into a new data directory; keep this one to look into.';

/** The data file `path` is not to be opened. */
export function corrupt(
  path: string,
  what: string,
  hint = RESTORE_HINT,
  cause?: unknown,
): ServerFault {
  return new ServerFault(`${path} ${what}`, { code: 'storage_corrupt', hint, cause });
}
