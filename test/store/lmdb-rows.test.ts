import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LmdbRows } from '../../src/store/lmdb-rows.js';
import { LmdbSnapshotRows } from '../../src/store/lmdb-snapshot-rows.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { Ledger } from './support/ledger.js';

const DURABILITIES = ['sync', 'async'] as const;
/** Of a number in a key. */
const NUMBER_BYTES = 9;

function openRows(dataDir: string, durability: 'sync' | 'async' = 'sync'): LmdbRows {
  const rows = new LmdbRows({ dataDir, durability });
  onTestFinished(() => rows.close());
  return rows;
}

/**
 * No file of this process may grow beyond `bytes` while `work` runs: what a full disk does, and as
 * sudden.
 */
function withFullDisk(bytes: number, work: () => void): void {
  const ignore = () => undefined;
  process.on('SIGXFSZ', ignore);
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:unlimited`]);
  try {
    work();
  } finally {
    execFileSync('prlimit', ['--pid', `${process.pid}`, '--fsize=unlimited:unlimited']);
    process.off('SIGXFSZ', ignore);
  }
}

test.each(DURABILITIES)(
  'a commit that the disk refuses throws, and nothing of it is there (%s)',
  (durability) => {
    const dataDir = temporaryDir();
    const rows = openRows(dataDir, durability);
    const table = rows.table('seats');
    rows.transaction(() => table.put(['a'], Buffer.from('first')));
    const { size } = statSync(`${dataDir}/data.mdb`);
    withFullDisk(size + 8192, () => {
      const fill = () =>
        rows.transaction(() => {
          for (let index = 0; index < 500; index += 1) table.put(['b', index], Buffer.alloc(1000));
        });
      expect(fill).toThrow();
    });
    expect(table.get(['b', 0])).toBeUndefined();
    rows.transaction(() => table.put(['c'], Buffer.from('later')));
    expect(Array.from(table.range({}), ({ key }) => key)).toEqual([['a'], ['c']]);
  },
);

test('a store over a disk that refuses says storage_failed, with the cause', () => {
  const dataDir = temporaryDir();
  const ledger = new Ledger(openRows(dataDir));
  ledger.commit([ledger.created()]);
  const { size } = statSync(`${dataDir}/data.mdb`);
  withFullDisk(size, () => {
    const many = Array.from({ length: 100 }, (_, index) => [ledger.reserved([index + 1])]);
    expect(() => ledger.commit(...many)).toThrow(
      expect.objectContaining({
        code: 'storage_failed',
        hint: expect.stringContaining('disk'),
        cause: expect.any(Error),
      }),
    );
  });
});

test('a snapshot stays as it was when it was first read', async () => {
  const dataDir = temporaryDir();
  const rows = openRows(dataDir);
  const table = rows.table('seats');
  rows.transaction(() => {
    for (let index = 0; index < 100; index += 1) table.put(['a', index], Buffer.from('first'));
  });
  const snapshot = new LmdbSnapshotRows(dataDir);
  const seen = snapshot.table('seats');
  expect(seen.get(['a', 1])?.toString()).toBe('first');
  for (let round = 0; round < 20; round += 1) {
    rows.transaction(() => {
      for (let index = 0; index < 100; index += 1) table.put(['a', index], Buffer.from(`${round}`));
      table.put(['b', round], Buffer.from('new'));
    });
    // LMDB lets go of what it reads from when the turn is over.
    await new Promise((resolve) => setTimeout(resolve));
  }
  expect(seen.get(['a', 99])?.toString()).toBe('first');
  expect(seen.get(['b', 0])).toBeUndefined();
  expect([...seen.range({})].map(({ value }) => value.toString())).toEqual(
    Array(100).fill('first'),
  );
  await snapshot.close();
  expect(table.get(['a', 99])?.toString()).toBe('19');
});

test('a snapshot of what is no store of ours is refused', async () => {
  const dataDir = temporaryDir();
  openRows(dataDir).table('something');
  const snapshot = new LmdbSnapshotRows(dataDir);
  expect(() => snapshot.table('seats')).toThrow(/has no table seats/);
  await snapshot.close();
});

test('reading while a range is open sees what the range does not', () => {
  const rows = openRows(temporaryDir());
  const table = rows.table('seats');
  rows.transaction(() => {
    for (let index = 0; index < 5; index += 1) table.put(['a', index], Buffer.from('first'));
  });
  const open = table.range({})[Symbol.iterator]();
  open.next();
  rows.transaction(() => table.remove(['a', 2]));
  expect(table.get(['a', 2])).toBeUndefined();
  open.return?.();
});

test('a key that no key is written as is told of, and not as a bug', async () => {
  const dataDir = temporaryDir();
  const rows = new LmdbRows({ dataDir, durability: 'sync' });
  const table = rows.table('byUser');
  rows.transaction(() => table.put([0.5, 'marked'], Buffer.of(1)));
  await rows.close();
  const path = join(dataDir, 'data.mdb');
  const sound = readFileSync(path);
  const faults: unknown[] = [];
  for (let back = 1; back <= NUMBER_BYTES; back += 1) {
    const spoilt = Buffer.from(sound);
    spoilt[sound.lastIndexOf('marked') - back] = 0xff;
    writeFileSync(path, spoilt);
    const snapshot = new LmdbSnapshotRows(dataDir);
    try {
      expect([...snapshot.table('byUser').range({})]).toHaveLength(1);
    } catch (error) {
      faults.push(error);
    }
    await snapshot.close();
  }
  expect(faults).not.toEqual([]);
  for (const fault of faults) expect(fault).toMatchObject({ code: 'storage_corrupt' });
});
