import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { ServerFault } from '../../src/lib/server-fault.js';
import { inspectDataFile } from '../../src/store/lmdb-file.js';
import { type OpenOptions, openSnapshot, openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { verify } from '../../src/store/verify.js';
import { clockOf } from '../support/clock-of.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { hallOf, wholeEvents } from './support/hall.js';
import { HALL, Ledger } from './support/ledger.js';
import { promisePagesMore } from './support/short-file.js';

const PAGE = 4096;
const clock = clockOf(() => 0);

function open(dataDir: string, durability: OpenOptions['durability'] = 'sync'): Promise<Store> {
  return openStore({ dataDir, durability, clock });
}

async function faultOf(work: Promise<unknown>): Promise<ServerFault> {
  const outcome = await work.then(
    () => new Error('it went well'),
    (error: unknown) => error,
  );
  if (outcome instanceof ServerFault) return outcome;
  throw outcome;
}

/** The directory of a store with some data, closed. */
async function closedStore(): Promise<string> {
  const dataDir = temporaryDir();
  const ledger = new Ledger();
  ledger.store = await open(dataDir, 'async');
  ledger.commit([ledger.created()]);
  for (let seat = 1; seat <= 100; seat += 1) ledger.commit([ledger.reserved([seat])]);
  await ledger.store.close();
  return dataDir;
}

test('a store is made where there is none, its directory too', async () => {
  const dataDir = `${temporaryDir()}/new/data`;
  const store = await open(dataDir);
  expect(store.sequence).toBe(0);
  await store.close();
  const again = await open(dataDir, 'async');
  expect(again.sequence).toBe(0);
  await again.close();
});

test('a store in memory touches no file', async () => {
  const dataDir = `${temporaryDir()}/none`;
  const store = await open(dataDir, 'memory');
  await store.close();
  expect(() => statSync(dataDir)).toThrow('ENOENT');
});

test('one server a directory; the next when the first has closed', async () => {
  const dataDir = temporaryDir();
  const store = await open(dataDir);
  const fault = await faultOf(open(dataDir, 'async'));
  expect(fault.code).toBe('data_dir_locked');
  await store.close();
  await (await open(dataDir)).close();
});

test('a file that was cut short is refused, not read', async () => {
  const dataDir = await closedStore();
  const path = `${dataDir}/data.mdb`;
  const whole = statSync(path).size;
  for (const size of [whole - 2 * PAGE, whole - 1, 2 * PAGE, PAGE, 1000, 1]) {
    const copy = temporaryDir();
    copyFileSync(path, `${copy}/data.mdb`);
    truncateSync(`${copy}/data.mdb`, size);
    const fault = await faultOf(open(copy));
    expect(fault).toMatchObject({
      code: 'storage_corrupt',
      hint: expect.stringContaining('backup'),
    });
    expect(fault.message).toMatch(/data\.mdb is cut short/);
    expect(statSync(`${copy}/data.mdb`).size).toBe(size);
    expect((await faultOf(openSnapshot(copy))).code).toBe('storage_corrupt');
    // Whoever was refused has let go of the lock.
    expect((await faultOf(open(copy))).code).toBe('storage_corrupt');
  }
});

test('a file that lacks only pages which nothing is on is sound', async () => {
  const dataDir = await closedStore();
  promisePagesMore(`${dataDir}/data.mdb`, 2);
  const file = inspectDataFile(dataDir);
  expect(file?.bytesPromised).toBe((file?.bytes ?? 0) + 2 * PAGE);
  const rows = await openSnapshot(dataDir);
  expect([...rows.table('reservations').range({})]).toHaveLength(100);
  await rows.close();
  const ledger = new Ledger();
  ledger.store = await open(dataDir);
  expect(hallOf(ledger).reserved).toHaveLength(100);
  for (let round = 0; round < 50; round += 1) {
    ledger.store.countConflicts(new Map([[HALL, 1]]));
    ledger.store.flush();
  }
  await ledger.store.close();
  expect((await verify(dataDir)).breaches).toEqual([]);
});

test.each<[string, (page: Buffer) => void, RegExp]>([
  ['of another kind', (page) => page.fill('SQLite format 3\0'), /is not an LMDB file/],
  ['of zeroes', (page) => page.fill(0), /is not an LMDB file/],
  ['without the magic number', (page) => page.writeUInt32LE(1, 24), /is not an LMDB file/],
  ['of another version', (page) => page.writeUInt32LE(1, 28), /is not an LMDB file/],
  ['of another page size', (page) => page.writeUInt32LE(16_384, 48), /has pages of 16384 bytes/],
  [
    'of more transactions than can be',
    (page) => page.fill(0xff, 152, 160),
    /transactions, which cannot be/,
  ],
])('a file with a first page %s is refused', async (_, spoil, message) => {
  const dataDir = await closedStore();
  for (const at of [0, PAGE]) {
    const copy = temporaryDir();
    const bytes = readFileSync(`${dataDir}/data.mdb`);
    spoil(bytes.subarray(at, at + PAGE));
    writeFileSync(`${copy}/data.mdb`, bytes);
    const fault = await faultOf(open(copy));
    expect(fault.code).toBe('storage_corrupt');
    expect(fault.message).toMatch(message);
  }
});

test('after a power cut a store goes back to what was synced, whatever it is opened for', async () => {
  for (const durability of ['sync', 'async'] as const) {
    const dataDir = temporaryDir();
    const ledger = new Ledger();
    ledger.store = await open(dataDir, 'async');
    ledger.commit([ledger.created()]);
    ledger.store.flush();
    ledger.commit([ledger.reserved([1])]);
    const copy = temporaryDir();
    copyFileSync(`${dataDir}/data.mdb`, `${copy}/data.mdb`);
    const synced = JSON.parse(readFileSync(`${dataDir}/synced.json`, 'utf8'));
    writeFileSync(`${copy}/synced.json`, JSON.stringify({ ...synced, boot: 'another boot' }));
    await ledger.store.close();
    const after = await open(copy, durability);
    expect(after.sequence).toBe(1);
    await after.close();
    const living = await open(dataDir);
    expect(living.sequence).toBe(2);
    await living.close();
  }
});

test('what was left of making a store is made anew', async () => {
  const dataDir = temporaryDir();
  mkdirSync(`${dataDir}/making`);
  writeFileSync(`${dataDir}/making/data.mdb`, '');
  const store = await open(dataDir);
  await store.close();
  expect(existsSync(`${dataDir}/making`)).toBe(false);
});

test('an empty file is not taken for a new store', async () => {
  const dataDir = temporaryDir();
  writeFileSync(`${dataDir}/data.mdb`, '');
  const fault = await faultOf(open(dataDir));
  expect(fault).toMatchObject({ code: 'storage_corrupt', hint: expect.stringContaining('backup') });
});

test('a flipped bit anywhere in a row is told, not served', async () => {
  const dataDir = await closedStore();
  const bytes = readFileSync(`${dataDir}/data.mdb`);
  for (let at = bytes.indexOf('"r",'); at !== -1; at = bytes.indexOf('"r",', at + 1)) {
    bytes[at + 1] = (bytes[at + 1] ?? 0) ^ 1;
  }
  writeFileSync(`${dataDir}/data.mdb`, bytes);
  const store = await open(dataDir);
  onTestFinished(() => store.close());
  const [hall] = wholeEvents(store);
  const ask = { eventId: hall?.event.id, after: 1, limit: 10 } as const;
  expect(() => store.query('eventLog', ask as never)).toThrow(/table facts is damaged/);
});

test('there is no snapshot where there is no store', async () => {
  const fault = await faultOf(openSnapshot(temporaryDir()));
  expect(fault.code).toBe('config_invalid');
});

test('a directory that cannot be used is said to be', async () => {
  const base = temporaryDir();
  writeFileSync(`${base}/file`, '');
  expect((await faultOf(open(`${base}/file/data`))).code).toBe('config_invalid');
  mkdirSync(`${base}/locked`);
  const uid = execFileSync('id', ['-u'], { encoding: 'utf8' }).trim();
  if (uid === '0') return; // root may write anywhere
  execFileSync('chmod', ['0500', `${base}/locked`]);
  expect((await faultOf(open(`${base}/locked`))).code).toBe('config_invalid');
});
