import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { backup, restore } from '../../src/store/backup.js';
import { lockDataDir } from '../../src/store/data-dir.js';
import { openStore } from '../../src/store/open-store.js';
import { verify } from '../../src/store/verify.js';
import { clockOf } from '../support/clock-of.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { wholeEvents } from './support/hall.js';
import { Ledger } from './support/ledger.js';
import { promisePagesMore } from './support/short-file.js';

const clock = clockOf(() => 0);

/** A running server's store, with three holds and indexes that lag. */
async function openHall(dataDir: string): Promise<Ledger> {
  const ledger = new Ledger();
  ledger.store = await openStore({ dataDir, durability: 'async', clock });
  ledger.commit([ledger.created()]);
  ledger.commit([ledger.reserved([1, 2])], [ledger.reserved([3])], [ledger.reserved([4])]);
  return ledger;
}

async function heldIn(dataDir: string): Promise<number> {
  const store = await openStore({ dataDir, durability: 'sync', clock });
  const [hall] = wholeEvents(store);
  await store.close();
  return hall?.reserved.length ?? 0;
}

test('a backup of a running store has all that was committed, and nothing after', async () => {
  const [dataDir, target] = [temporaryDir(), `${temporaryDir()}/new/one`];
  const ledger = await openHall(dataDir);
  const bytes = await backup(dataDir, target);
  ledger.commit([ledger.reserved([5])]);
  expect(bytes).toBeGreaterThan(8192);
  const report = await verify(target);
  expect(report).toMatchObject({ breaches: [], counts: { reservations: 3, factsReplayed: 4 } });
  const restored = `${temporaryDir()}/data`;
  await restore(target, restored);
  expect(await heldIn(restored)).toBe(3);
  await ledger.store.close();
  expect(await heldIn(dataDir)).toBe(4);
});

test('a backup while commits come is of one moment', async () => {
  const [dataDir, target] = [temporaryDir(), temporaryDir()];
  const ledger = await openHall(dataDir);
  const turn = () => {
    const held = ledger.reserved([50, 51, 52]);
    ledger.commit([held], [ledger.next('confirmed', held)], [ledger.next('refunded', held)]);
  };
  for (let round = 0; round < 300; round += 1) turn();
  let isDone = false;
  const copying = backup(dataDir, target).finally(() => {
    isDone = true;
  });
  let rounds = 0;
  for (; !isDone; rounds += 1) {
    turn();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await copying;
  const { breaches, counts } = await verify(target);
  expect(breaches).toEqual([]);
  expect(counts.factsReplayed).toBeGreaterThanOrEqual(904);
  expect(counts.factsReplayed).toBeLessThanOrEqual(904 + 3 * rounds);
  await ledger.store.close();
});

test('a backup of a file that lacks free pages has them', async () => {
  const [dataDir, target] = [temporaryDir(), `${temporaryDir()}/backup`];
  const ledger = await openHall(dataDir);
  await ledger.store.close();
  promisePagesMore(`${dataDir}/data.mdb`, 3);
  const bytes = await backup(dataDir, target);
  expect(statSync(`${target}/data.mdb`).size).toBe(bytes);
  const restored = `${temporaryDir()}/data`;
  await restore(target, restored);
  expect(await heldIn(restored)).toBe(3);
});

test('a backup goes into a new or empty directory', async () => {
  const [dataDir, target] = [temporaryDir(), temporaryDir()];
  const ledger = await openHall(dataDir);
  await ledger.store.close();
  writeFileSync(`${target}/notes.txt`, '');
  const refused = { code: 'config_invalid', message: expect.stringContaining('is not empty') };
  await expect(backup(dataDir, target)).rejects.toMatchObject(refused);
  expect(readdirSync(target)).toEqual(['notes.txt']);
  mkdirSync(`${target}/empty`);
  await backup(dataDir, `${target}/empty`);
  await expect(backup(dataDir, `${target}/empty`)).rejects.toMatchObject(refused);
  await expect(backup(temporaryDir(), temporaryDir())).rejects.toMatchObject({
    message: expect.stringContaining('there is no store'),
  });
});

test('nothing is restored over a store, or under a server', async () => {
  const [dataDir, target] = [temporaryDir(), `${temporaryDir()}/backup`];
  const ledger = await openHall(dataDir);
  await backup(dataDir, target);
  await expect(restore(target, dataDir)).rejects.toMatchObject({ code: 'data_dir_locked' });
  await ledger.store.close();
  await expect(restore(target, dataDir)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('has a store already'),
  });
  const empty = temporaryDir();
  const lock = await lockDataDir(empty);
  await expect(restore(target, empty)).rejects.toMatchObject({ code: 'data_dir_locked' });
  await lock.release();
  await restore(target, empty);
  expect(await heldIn(empty)).toBe(3);
});

test('a backup that was cut short is not restored', async () => {
  const [dataDir, target, cut] = [temporaryDir(), `${temporaryDir()}/backup`, temporaryDir()];
  const ledger = await openHall(dataDir);
  await ledger.store.close();
  await backup(dataDir, target);
  copyFileSync(`${target}/data.mdb`, `${cut}/data.mdb`);
  truncateSync(`${cut}/data.mdb`, 12_288);
  const empty = `${temporaryDir()}/data`;
  await expect(restore(cut, empty)).rejects.toMatchObject({ code: 'storage_corrupt' });
  await expect(restore(temporaryDir(), empty)).rejects.toMatchObject({
    message: expect.stringContaining('there is no store'),
  });
  await restore(target, empty);
  expect(readdirSync(empty).sort()).toEqual(['data.mdb']);
  expect((await verify(empty)).counts).toMatchObject({ events: 1, reservations: 3 });
});
