/** When a store is another one than before, though it was made from it: whenever facts may have been taken back. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { backup, restore } from '../../src/store/backup.js';
import { openStore } from '../../src/store/open-store.js';
import { verify } from '../../src/store/verify.js';
import { clockOf } from '../support/clock-of.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { Ledger } from './support/ledger.js';

const clock = clockOf(() => 0);

async function openHall(dataDir: string, durability: 'sync' | 'async'): Promise<Ledger> {
  const ledger = new Ledger();
  const store = await openStore({ dataDir, durability, clock });
  ledger.store = store;
  ledger.commit([ledger.created()], [ledger.reserved([1])]);
  store.flush();
  return ledger;
}

/** Of the store in `dataDir`, as a server finds it. */
async function foundIn(dataDir: string): Promise<{ incarnation: number; sequence: number }> {
  const store = await openStore({ dataDir, durability: 'sync', clock });
  const { incarnation, sequence } = store;
  await store.close();
  return { incarnation, sequence };
}

/** The directory as it is on disk while the store is open: what a sudden end leaves. */
function leftBehind(dataDir: string, durability: 'sync' | 'async'): string {
  const copy = temporaryDir();
  copyFileSync(`${dataDir}/data.mdb`, `${copy}/data.mdb`);
  if (durability === 'async') copyFileSync(`${dataDir}/synced.json`, `${copy}/synced.json`);
  return copy;
}

/** As if the machine had been started again since. */
function startMachineAgain(dataDir: string): void {
  const path = `${dataDir}/synced.json`;
  const synced: object = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...synced, boot: 'another' }));
}

test.each(['sync', 'async'] as const)(
  '%s: the death of the process changes nothing',
  async (how) => {
    const dataDir = temporaryDir();
    const { store } = await openHall(dataDir, how);
    const { incarnation } = store;
    expect(incarnation).toBeGreaterThanOrEqual(0);
    expect(incarnation).toBeLessThan(2 ** 32);
    expect(await foundIn(leftBehind(dataDir, how))).toEqual({ incarnation, sequence: 2 });
    await store.close();
    for (const _ of [1, 2]) expect(await foundIn(dataDir)).toEqual({ incarnation, sequence: 2 });
  },
);

test('a power cut under async makes it another one, for good', async () => {
  const dataDir = temporaryDir();
  const ledger = await openHall(dataDir, 'async');
  ledger.commit([ledger.reserved([2])]); // not synced
  const left = leftBehind(dataDir, 'async');
  startMachineAgain(left);
  const found = await foundIn(left);
  expect(found.sequence).toBe(2);
  expect(found.incarnation).not.toBe(ledger.store.incarnation);
  expect(await foundIn(left)).toEqual(found);
  expect((await verify(left)).breaches).toEqual([]);
  await ledger.store.close();
});

test('a backup that is restored is another one, each time', async () => {
  const [dataDir, copy] = [temporaryDir(), `${temporaryDir()}/backup`];
  const { store } = await openHall(dataDir, 'sync');
  await backup(dataDir, copy);
  const bytes = readFileSync(`${copy}/data.mdb`);
  const found = [];
  for (const into of [temporaryDir(), temporaryDir()]) {
    await restore(copy, into);
    const { incarnation, sequence } = await foundIn(into);
    expect(sequence).toBe(2);
    expect(await foundIn(into)).toEqual({ incarnation, sequence });
    expect((await verify(into)).breaches).toEqual([]);
    found.push(incarnation);
  }
  expect(new Set([store.incarnation, ...found]).size).toBe(3);
  expect(readFileSync(`${copy}/data.mdb`).equals(bytes)).toBe(true);
  await store.close();
});

test('what another store left in the directory does no harm to one that is restored there', async () => {
  const [dataDir, copy, into] = [temporaryDir(), `${temporaryDir()}/backup`, temporaryDir()];
  const ledger = await openHall(dataDir, 'async');
  for (let seat = 2; seat < 60; seat += 1) ledger.commit([ledger.reserved([seat])]);
  await backup(dataDir, copy);
  copyFileSync(`${dataDir}/synced.json`, `${into}/synced.json`);
  startMachineAgain(into);
  await restore(copy, into);
  expect(await foundIn(into)).toMatchObject({ sequence: 60 });
  await ledger.store.close();
});

test('a store that forgets is another one each time', async () => {
  const found = new Set<number>();
  for (let life = 0; life < 3; life += 1) {
    const store = await openStore({ dataDir: temporaryDir(), durability: 'memory', clock });
    found.add(store.incarnation);
  }
  expect(found.size).toBe(3);
});
