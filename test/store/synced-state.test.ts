/**
 * Power cuts: of what was written since the last sync, any part may be on disk, a sector at a time.
 */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { inspectDataFile } from '../../src/store/lmdb-file.js';
import { LmdbRows } from '../../src/store/lmdb-rows.js';
import { findBrokenPage } from '../../src/store/page-walk.js';
import { goBackToSynced } from '../../src/store/synced-state.js';
import { temporaryDir } from '../support/temporary-dir.js';

const SECTOR = 512;
const CUTS = 15;
const nothing = async () => undefined;

function openRows(dataDir: string): LmdbRows {
  const rows = new LmdbRows({ dataDir, durability: 'async' });
  onTestFinished(() => rows.close());
  rows.table('seats');
  return rows;
}

/** Many commits: rows that come, change and go, so that pages are freed and used again. */
function work(rows: LmdbRows, from: number, rounds: number): void {
  const table = rows.table('seats');
  for (let round = from; round < from + rounds; round += 1) {
    rows.transaction(() => {
      for (let index = 0; index < 30; index += 1) {
        table.put(['hall', (round * 37 + index * 11) % 500], Buffer.alloc(100, `${round} `));
      }
      for (let index = 0; index < 10; index += 1)
        table.remove(['hall', (round * 53 + index) % 500]);
    });
  }
}

function contents(rows: LmdbRows): string[] {
  return Array.from(rows.table('seats').range({}), ({ key, value }) => `${key} ${value}`);
}

/** Each sector as it was at the sync, or as it is now, by the luck of `seed`. */
function torn(synced: Buffer, latest: Buffer, seed: number): Buffer {
  const mixed = Buffer.alloc(Math.max(synced.length, latest.length));
  let luck = seed * 2_654_435_761 + 1;
  for (let at = 0; at < mixed.length; at += SECTOR) {
    luck = (Math.imul(luck, 1_664_525) + 1_013_904_223) >>> 0;
    const from = (luck >>> 16) % 2 === 0 ? synced : latest;
    from.copy(mixed, at, at, Math.min(at + SECTOR, from.length));
  }
  return mixed;
}

test('after a power cut the store is what it was at the last sync', async () => {
  const dataDir = temporaryDir();
  const rows = openRows(dataDir);
  let broken = 0;
  for (let era = 0; era < 3; era += 1) {
    work(rows, era * 1000, 40);
    rows.flush();
    const synced = readFileSync(`${dataDir}/data.mdb`);
    const before = contents(rows);
    work(rows, era * 1000 + 500, 1 + 15 * era);
    const latest = readFileSync(`${dataDir}/data.mdb`);
    for (let seed = 0; seed < CUTS; seed += 1) {
      const copy = temporaryDir();
      writeFileSync(`${copy}/data.mdb`, torn(synced, latest, seed));
      copyFileSync(`${dataDir}/synced.json`, `${copy}/synced.json`);
      if (isBroken(copy)) broken += 1;
      expect(await goBackToSynced(copy, nothing, 'another boot')).toBe(true);
      expect(isBroken(copy)).toBe(false);
      const after = new LmdbRows({ dataDir: copy, durability: 'sync' });
      expect(contents(after)).toEqual(before);
      await after.close();
    }
  }
  // Or the test would show nothing: without going back, most of them could not be read.
  expect(broken).toBeGreaterThan(CUTS / 2);
});

function isBroken(dataDir: string): boolean {
  const file = inspectDataFile(dataDir);
  return file === undefined || findBrokenPage(file) !== undefined;
}

test('after a power cut before its first sync a store is empty', async () => {
  const dataDir = temporaryDir();
  const rows = openRows(dataDir);
  work(rows, 0, 5);
  const copy = temporaryDir();
  copyFileSync(`${dataDir}/data.mdb`, `${copy}/data.mdb`);
  copyFileSync(`${dataDir}/synced.json`, `${copy}/synced.json`);
  expect(await goBackToSynced(copy, nothing, 'another boot')).toBe(true);
  expect(isBroken(copy)).toBe(false);
  const after = new LmdbRows({ dataDir: copy, durability: 'sync' });
  expect(contents(after)).toEqual([]);
  work(after, 0, 5);
  expect(contents(after)).toEqual(contents(rows));
  await after.close();
});

test('a process that died takes nothing with it', async () => {
  const dataDir = temporaryDir();
  const rows = openRows(dataDir);
  work(rows, 0, 5);
  rows.flush();
  work(rows, 5, 5);
  const copy = temporaryDir();
  copyFileSync(`${dataDir}/data.mdb`, `${copy}/data.mdb`);
  copyFileSync(`${dataDir}/synced.json`, `${copy}/synced.json`);
  expect(await goBackToSynced(copy, nothing)).toBe(false);
  const after = new LmdbRows({ dataDir: copy, durability: 'sync' });
  expect(contents(after)).toEqual(contents(rows));
  await after.close();
});

test('once a server has started, nothing is ever taken back', async () => {
  const dataDir = temporaryDir();
  work(openRows(dataDir), 0, 5);
  const copy = temporaryDir();
  copyFileSync(`${dataDir}/data.mdb`, `${copy}/data.mdb`);
  copyFileSync(`${dataDir}/synced.json`, `${copy}/synced.json`);
  expect(await goBackToSynced(copy, nothing)).toBe(false);
  expect(await goBackToSynced(copy, nothing, 'another boot')).toBe(false);
});

test('what is to follow going back is not forgotten where it is cut short', async () => {
  const dataDir = temporaryDir();
  const rows = openRows(dataDir);
  work(rows, 0, 5);
  rows.flush();
  const before = contents(rows);
  work(rows, 5, 5);
  const copy = temporaryDir();
  copyFileSync(`${dataDir}/data.mdb`, `${copy}/data.mdb`);
  copyFileSync(`${dataDir}/synced.json`, `${copy}/synced.json`);
  const cutShort = async () => {
    const after = new LmdbRows({ dataDir: copy, durability: 'sync' });
    after.table('seats');
    work(after, 10, 1);
    await after.close();
    throw new Error('the power went again');
  };
  await expect(goBackToSynced(copy, cutShort, 'another boot')).rejects.toThrow('again');
  expect(await goBackToSynced(copy, nothing, 'another boot')).toBe(true);
  expect(isBroken(copy)).toBe(false);
  const after = new LmdbRows({ dataDir: copy, durability: 'sync' });
  expect(contents(after)).toEqual(before);
  await after.close();
});

test('nothing is kept aside once the rows are closed, nor ever for sync', async () => {
  const dataDir = temporaryDir();
  const rows = new LmdbRows({ dataDir, durability: 'async' });
  work(rows, 0, 1);
  expect(existsSync(`${dataDir}/synced.json`)).toBe(true);
  await rows.close();
  expect(existsSync(`${dataDir}/synced.json`)).toBe(false);
  const again = new LmdbRows({ dataDir, durability: 'sync' });
  work(again, 1, 1);
  again.flush();
  expect(existsSync(`${dataDir}/synced.json`)).toBe(false);
  await again.close();
});

test('reading sees the latest, whatever is kept', () => {
  const rows = openRows(temporaryDir());
  const table = rows.table('seats');
  for (let round = 0; round < 5; round += 1) {
    rows.transaction(() => table.put(['a'], Buffer.from(`${round}`)));
    rows.flush();
    expect(table.get(['a'])?.toString()).toBe(`${round}`);
    rows.transaction(() => table.put(['a'], Buffer.from(`${round}+`)));
    expect(table.get(['a'])?.toString()).toBe(`${round}+`);
    expect([...table.range({})].map(({ value }) => value.toString())).toEqual([`${round}+`]);
  }
});
