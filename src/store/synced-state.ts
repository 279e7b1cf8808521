/**
 * What `async` goes back to after a power cut. LMDB keeps two descriptions of its pages and
 * overwrites the older with every commit. Written without a sync, both may be on disk while pages
 * that they speak of are not, and the store is lost. So the description that was last synced is put
 * aside, and a reader keeps its pages from being used again (`lmdb-rows.ts`). A server that starts
 * after another boot than the one it was put aside in writes it back.
 *
 * The death of the process alone takes nothing: what was written is with the system.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { assert } from '../lib/assert.js';
import { dataFilePath, PAGE_BYTES } from './lmdb-file.js';
import { syncToDisk } from './sync-to-disk.js';

/**
 * Where a description stands in pages 0 and 1: what LMDB itself rewrites with a commit
 * (`mdb_env_write_meta`).
 */
const DESCRIPTION = { at: 40, bytes: 128, transactionAt: 112 } as const;
const PARITIES = [0, 1] as const;

interface Synced {
  readonly boot: string;
  readonly description: string;
}

/** Puts aside the description that stands in the data file, which has just been synced. */
export function keepSynced(dataDir: string, boot = thisBoot()): void {
  const description = newestDescription(dataDir).toString('base64');
  const path = syncedPath(dataDir);
  writeFileSync(`${path}.new`, JSON.stringify({ boot, description } satisfies Synced));
  syncToDisk(`${path}.new`);
  renameSync(`${path}.new`, path);
  syncToDisk(dataDir);
}

/**
 * Before LMDB opens the file: after another boot, goes back to what was put aside, if anything was.
 * Then forgets it, so that nothing that is committed from here on is ever taken back.
 *
 * @param wentBack what is to be on disk before it is forgotten; done again where that is cut short.
 *   One commit at most: LMDB leaves the pages of the state before a commit alone.
 * @returns whether it went back
 */
export async function goBackToSynced(
  dataDir: string,
  wentBack: () => Promise<void>,
  boot = thisBoot(),
): Promise<boolean> {
  const kept = readSynced(dataDir);
  if (kept === undefined) return false;
  const isTorn = kept.boot !== boot;
  if (isTorn) writeDescription(dataDir, Buffer.from(kept.description, 'base64'));
  syncToDisk(dataFilePath(dataDir));
  if (isTorn) await wentBack();
  forgetSynced(dataDir);
  return isTorn;
}

/** The data file is synced, and goes on so. */
export function forgetSynced(dataDir: string): void {
  rmSync(syncedPath(dataDir), { force: true });
  syncToDisk(dataDir);
}

function syncedPath(dataDir: string): string {
  return join(dataDir, 'synced.json');
}

function readSynced(dataDir: string): Synced | undefined {
  try {
    // Written by `keepSynced`.
    return JSON.parse(readFileSync(syncedPath(dataDir), 'utf8')) as Synced;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function newestDescription(dataDir: string): Buffer {
  const file = openSync(dataFilePath(dataDir), 'r');
  const [even, odd] = PARITIES.map((page) => {
    const description = Buffer.alloc(DESCRIPTION.bytes);
    const count = readSync(file, description, 0, description.length, placeOf(page));
    assert(count === description.length, 'the data file has its first two pages');
    return description;
  });
  closeSync(file);
  assert(even !== undefined && odd !== undefined, 'there are two descriptions');
  return transactionOf(even) > transactionOf(odd) ? even : odd;
}

/**
 * In both places, as LMDB does when it goes back: one as it was, the other as if of the transaction
 * before. Of a store without any transaction both are of number 0, as LMDB makes them.
 */
function writeDescription(dataDir: string, description: Buffer): void {
  assert(description.length === DESCRIPTION.bytes, 'a description is of one length');
  const newest = transactionOf(description);
  const file = openSync(dataFilePath(dataDir), 'r+');
  const before = newest > 0n ? newest - 1n : 0n;
  for (const [transaction, page] of [
    [newest, newest % 2n],
    [before, 1n - (newest % 2n)],
  ] as const) {
    description.writeBigUInt64LE(transaction, DESCRIPTION.transactionAt);
    writeSync(file, description, 0, description.length, placeOf(Number(page)));
  }
  fdatasyncSync(file);
  closeSync(file);
}

/** LMDB writes transaction n into page n mod 2. */
function placeOf(page: number): number {
  return page * PAGE_BYTES + DESCRIPTION.at;
}

function transactionOf(description: Buffer): bigint {
  return description.readBigUInt64LE(DESCRIPTION.transactionAt);
}

/**
 * Unlike any other boot of any machine. Where the system does not say, every start counts as one.
 */
function thisBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}
