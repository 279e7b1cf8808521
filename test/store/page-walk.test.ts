import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { inspectDataFile } from '../../src/store/lmdb-file.js';
import { LmdbRows } from '../../src/store/lmdb-rows.js';
import { findBrokenPage } from '../../src/store/page-walk.js';
import { verify } from '../../src/store/verify.js';
import { temporaryDir } from '../support/temporary-dir.js';

const PAGE = 4096;
const LEAF = 2;
const BRANCH = 1;
let bytes: Buffer;

/** Trees of three levels, values over several pages, and free pages. */
beforeAll(async () => {
  const dataDir = temporaryDir();
  const rows = new LmdbRows({ dataDir, durability: 'async' });
  const [seats, events] = [rows.table('seats'), rows.table('events')];
  for (let round = 0; round < 10; round += 1) {
    rows.transaction(() => {
      for (let index = 0; index < 1500; index += 1) {
        seats.put([`hall-${round}`, index], Buffer.alloc(40 + round));
      }
      events.put([`hall-${round}`], Buffer.alloc(10_000 * round));
      if (round > 3) events.remove([`hall-${round - 3}`]);
    });
  }
  rows.transaction(() => events.put(['last'], Buffer.alloc(100_000)));
  await rows.close();
  bytes = readFileSync(`${dataDir}/data.mdb`);
});

/** What the walk says of a file of these bytes. */
function walk(spoiled: Buffer): string | undefined {
  const dataDir = temporaryDir();
  writeFileSync(`${dataDir}/data.mdb`, spoiled);
  const file = inspectDataFile(dataDir);
  if (file === undefined) throw new Error('the file was just written');
  return findBrokenPage(file);
}

/** A copy with something done to it. */
function spoiled(change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

/** The pages of a kind that the tables are made of; a few of them may be free. */
function pagesOf(kind: number): number[] {
  const pages = Array.from({ length: bytes.length / PAGE - 2 }, (_, index) => index + 2);
  return pages.filter((page) => bytes.readUInt16LE(page * PAGE + 18) === kind);
}

test('a whole file is whole', () => {
  expect(walk(bytes)).toBeUndefined();
});

test('a page of zeroes, or of another number, is found unless it is free', () => {
  const damages: [string, (page: Buffer) => void][] = [
    ['zeroes', (page) => page.fill(0)],
    ['number', (page) => page.writeBigUInt64LE(1n)],
  ];
  for (const [, damage] of damages) {
    const leaves = pagesOf(LEAF).filter((_, index) => index % 20 === 0);
    const found = leaves.filter((page) => {
      const copy = spoiled((whole) => damage(whole.subarray(page * PAGE, (page + 1) * PAGE)));
      return walk(copy) === `page ${page} is not what its parent takes it for`;
    });
    expect(found.length).toBeGreaterThan(leaves.length * 0.5);
    for (const page of pagesOf(BRANCH).slice(-1)) {
      const copy = spoiled((whole) => damage(whole.subarray(page * PAGE, (page + 1) * PAGE)));
      expect(walk(copy)).toMatch(/is not what its parent takes it for/);
    }
  }
});

test('a file cut anywhere is found, unless only free pages are gone', () => {
  const pages = bytes.length / PAGE;
  const cuts = Array.from({ length: 20 }, (_, index) => 2 + Math.floor((index * (pages - 2)) / 20));
  for (const cut of cuts) expect(walk(bytes.subarray(0, cut * PAGE))).toMatch(/is not in the file/);
});

test('a value of many pages is on as many as it needs', () => {
  const [first] = pagesOf(4).slice(-1);
  if (first === undefined) throw new Error('there is a value of many pages');
  const count = bytes.readUInt32LE(first * PAGE + 20);
  expect(count).toBeGreaterThan(20);
  const copy = spoiled((whole) => whole.writeBigUInt64LE(500n, placeOf(first, count) + 16));
  expect(walk(copy)).toBe('a value of 100000 bytes is on 500 pages');
});

/** Where a leaf says that a value is on `count` pages from `first`. */
function placeOf(first: number, count: number): number {
  const wanted = Buffer.alloc(8);
  wanted.writeBigUInt64LE(BigInt(first));
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) {
    if (at % PAGE > 24 && bytes.readBigUInt64LE(at + 16) === BigInt(count)) return at;
  }
  throw new Error('no leaf says so');
}

test('a page with two parents is found', () => {
  const [parent] = pagesOf(BRANCH).slice(-1);
  if (parent === undefined) throw new Error('there is a branch');
  const nodeAt = (index: number) =>
    parent * PAGE + 24 + bytes.readUInt16LE(parent * PAGE + 24 + 2 * index);
  const copy = spoiled((whole) => whole.writeUInt32LE(whole.readUInt32LE(nodeAt(0)), nodeAt(1)));
  expect(walk(copy)).toMatch(/^page \d+ is used twice$/);
});

test('a node beyond the end of its page is found', () => {
  const page = pagesOf(LEAF).find((each) => {
    const copy = spoiled((whole) => whole.writeUInt16LE(5000, each * PAGE + 24));
    return walk(copy) === `page ${each} has a node beyond its end`;
  });
  expect(page).toBeDefined();
});

test('rows that a page no longer counts, and keys out of order, are found', () => {
  const found = new Set<string>();
  for (const page of everyTenth(pagesOf(LEAF))) {
    const lower = page * PAGE + 20;
    const fewer = spoiled((whole) => whole.writeUInt16LE(whole.readUInt16LE(lower) - 2, lower));
    const pointers = page * PAGE + 24;
    const swapped = spoiled((whole) =>
      whole
        .subarray(pointers, pointers + 4)
        .swap32()
        .swap16(),
    );
    for (const copy of [fewer, swapped]) found.add(walk(copy)?.replaceAll(/\d+/g, '#') ?? 'free');
  }
  expect([...found]).toEqual(
    expect.arrayContaining([
      'a tree has # rows, and is described with #',
      'page # has a key out of order',
    ]),
  );
});

test('a page that is listed as free and is in use is found', () => {
  const used = pagesOf(BRANCH).at(-1) ?? 0;
  // The list of a page's last row ends where the page does.
  const freeLists = pagesOf(LEAF).filter((page) => isFreeList(page));
  const lists = freeLists.map((page) => page * PAGE + PAGE - 8);
  const found = lists.map((at) =>
    walk(spoiled((whole) => whole.writeBigInt64LE(BigInt(used), at))),
  );
  expect(found).toContain(`page ${used} is free and in use`);
});

function everyTenth<T>(list: readonly T[]): T[] {
  return list.filter((_, index) => index % 10 === 0);
}

/** Its first row has a number of 8 bytes for a key. */
function isFreeList(page: number): boolean {
  const node = page * PAGE + 24 + bytes.readUInt16LE(page * PAGE + 24);
  return bytes.readUInt16LE(node + 6) === 8 && bytes.readUInt32LE(node + 12) === 0;
}

test('verifying a store with a broken page tells of it, and lives', async () => {
  const dataDir = temporaryDir();
  const [page] = pagesOf(BRANCH).slice(-1);
  writeFileSync(
    `${dataDir}/data.mdb`,
    spoiled((whole) => whole.fill(0, (page ?? 0) * PAGE, ((page ?? 0) + 1) * PAGE)),
  );
  const { breaches } = await verify(dataDir);
  expect(breaches).toEqual([`page ${page} is not what its parent takes it for`]);
  expect(statSync(`${dataDir}/data.mdb`).size).toBe(bytes.length);
});
