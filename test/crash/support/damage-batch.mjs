/**
 * Damages copies of a sound store, one after the other, and says what comes of each, in a process of its own: LMDB may end
 * it (SIGBUS, SIGSEGV).
 *
 * Its arguments: the directory of the build, that of the sound store, a directory to work in, a list of damages as JSON (see
 * `damage.ts`). It writes a line before and a line after each: `begin <index>` and a JSON object.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [build, soundDir, workDir, listed] = process.argv.slice(2);
const { openStore } = await import(`${build}/store/open-store.js`);
const { LmdbSnapshotRows } = await import(`${build}/store/lmdb-snapshot-rows.js`);
const { openTables } = await import(`${build}/store/tables.js`);
const { verify } = await import(`${build}/store/verify.js`);
const { ServerFault } = await import(`${build}/lib/server-fault.js`);

const clock = { now: () => 1_800_000_000_000, elapsed: () => 0 };
const sound = await everyRow(soundDir);

for (const [index, damage] of JSON.parse(listed)) {
  writeSync(1, `begin ${index}\n`);
  const dataDir = join(workDir, `case-${index}`);
  mkdirSync(dataDir);
  spoil(dataDir, damage);
  const verified = await attempt(async () => {
    const { breaches } = await verify(dataDir);
    return breaches.length === 0 ? 'sound' : { told: breaches[0] };
  });
  const served = await attempt(() => serve(dataDir));
  writeSync(1, `${JSON.stringify({ index, verified, served })}\n`);
  rmSync(dataDir, { recursive: true, force: true });
}

/** @returns {Promise<unknown>} what `work` returns, the words of a fault, or those of a surprise */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServerFault) return { told: error.message };
    return { surprise: String(error?.stack ?? error) };
  }
}

function spoil(dataDir, { kind, at, bytes, bit, from }) {
  const path = join(dataDir, 'data.mdb');
  if (kind === 'cut') {
    copyFileSync(join(soundDir, 'data.mdb'), path);
    truncateSync(path, at);
    return;
  }
  const file = readFileSync(join(soundDir, 'data.mdb'));
  if (kind === 'bit') file[at] ^= 1 << bit;
  if (kind === 'zeroes') file.fill(0, at, Math.min(at + bytes, file.length));
  if (kind === 'ones') file.fill(0xff, at, Math.min(at + bytes, file.length));
  if (kind === 'elsewhere') file.copyWithin(at, from, from + bytes);
  writeFileSync(path, file);
}

/**
 * What a server does that starts on it: opens it, rebuilds, looks up every row that there should be, walks every table, writes.
 * `hidden`: rows that it does not find; `wrong`: rows that it finds and that are not what was stored.
 */
async function serve(dataDir) {
  const store = await openStore({ dataDir, durability: 'sync', clock });
  try {
    const snapshots = [...store.snapshot()].length;
    const { hidden, wrong, told } = compare(dataDir);
    store.remember(
      { key: 'later', fingerprint: 'f', requestId: 'r' },
      { status: 200, body: '', headers: {} },
    );
    const again = compare(dataDir);
    return { snapshots, hidden, wrong: wrong + again.wrong, told };
  } finally {
    await store.close();
  }
}

/** Each row by its key, and each table from end to end. */
function compare(dataDir) {
  const rows = new LmdbSnapshotRows(dataDir);
  const result = { hidden: 0, wrong: 0, told: undefined };
  try {
    for (const table of Object.values(openTables(rows))) {
      const expected = sound.get(table.name);
      for (const [name, text] of expected) {
        tryRow(result, () => {
          const value = table.get(JSON.parse(name));
          if (value === undefined) result.hidden += 1;
          else if (textOf(value) !== text) result.wrong += 1;
        });
      }
      tryRow(result, () => {
        for (const { key, value } of table.range({})) {
          const text = expected.get(JSON.stringify(key));
          if (text !== undefined && text !== textOf(value)) result.wrong += 1;
        }
      });
    }
  } finally {
    void rows.close();
  }
  return result;
}

function tryRow(result, look) {
  try {
    look();
  } catch (error) {
    if (!(error instanceof ServerFault)) throw error;
    result.told ??= error.message;
  }
}

/** By table, by key. */
async function everyRow(dataDir) {
  const rows = new LmdbSnapshotRows(dataDir);
  const all = new Map();
  for (const table of Object.values(openTables(rows))) {
    const found = new Map();
    for (const { key, value } of table.range({})) {
      found.set(JSON.stringify(key), textOf(value));
    }
    all.set(table.name, found);
  }
  await rows.close();
  return all;
}

/** A value in words; of a block of seats, those that are held. */
function textOf(value) {
  return JSON.stringify(value?.held === undefined ? value : [...value.held()]);
}
