/** Backups taken while a crowd buys, restored elsewhere, and served there: each is one moment of the source, whole. */
import { describe, expect, it } from 'vitest';
import { backup, restore } from '../../src/store/backup.js';
import { verify } from '../../src/store/verify.js';
import type { FactBody } from '../support/api-bodies.js';
import { ApiClient } from '../support/api-client.js';
import { figureLine } from '../support/figure-line.js';
import { runHoldfast, startServer, type TestServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { countParameter } from '../support/test-parameters.js';
import { GALA, Gala } from './support/gala.js';

const BACKUPS = countParameter('BACKUPS', 5);
/** Acknowledged between two of them, at least. */
const LOAD = 100;

interface Restored {
  readonly dataDir: string;
  /** Of the backup, and of what was restored, before a server ran on it. */
  readonly hashes: readonly (string | undefined)[];
}

describe('a backup under load', () => {
  it(`is one moment of the store, wherever it is restored, ${BACKUPS} times`, {
    timeout: 60_000 + BACKUPS * 10_000,
  }, async () => {
    const gala = new Gala({ totalSeats: 20_000 });
    await gala.start();
    const crowd = gala.crowd({ onAnswer: () => reached() });
    let reached: () => void = () => undefined;
    const running = crowd.run(gala.users);
    const taken: Restored[] = [];
    for (let each = 0; each < BACKUPS; each += 1) {
      const enough = crowd.acknowledged + LOAD;
      await new Promise<void>((resolve) => {
        reached = () => crowd.acknowledged >= enough && resolve();
      });
      // One of them as a user does it.
      taken.push(await restored(gala.dataDir, each === 0));
    }
    crowd.stop();
    await running;
    expect(crowd.surprises).toEqual([]);
    expect(await gala.faults()).toEqual([]);
    const source = await gala.client.log(GALA);

    const lengths: number[] = [];
    for (const { dataDir, hashes } of taken) {
      expect(hashes[0]).toMatch(/^[0-9a-f]{32}$/);
      expect(new Set(hashes).size).toBe(1);
      const facts = await servedFacts(dataDir);
      expect(facts).toEqual(source.slice(0, facts.length));
      lengths.push(facts.length);
      // Nothing was done to it: it is still what was backed up.
      expect((await verify(dataDir)).stateHash).toBe(hashes[0]);
    }
    // Each of another moment, or nothing was going on.
    expect(lengths).toEqual([...new Set(lengths)].sort((one, other) => one - other));
    expect(lengths.at(-1)).toBeLessThan(source.length);
    figureLine('backup', { backups: BACKUPS, facts: lengths.join(' '), 'equal hashes': BACKUPS });
  });
});

async function restored(dataDir: string, byHand: boolean): Promise<Restored> {
  const [copy, target] = [`${temporaryDir()}/backup`, `${temporaryDir()}/data`];
  if (byHand) {
    await succeed(['backup', copy], dataDir);
    await succeed(['restore', copy], target);
  } else {
    await backup(dataDir, copy);
    await restore(copy, target);
  }
  const reports = [await verify(copy), await verify(target)];
  return { dataDir: target, hashes: reports.map(({ stateHash }) => stateHash) };
}

async function succeed(args: readonly string[], dataDir: string): Promise<void> {
  expect(await runHoldfast(args, { HOLDFAST_DATA_DIR: dataDir })).toMatchObject({ code: 0 });
}

/** By a server with another number of shards, which ends in order. */
async function servedFacts(dataDir: string): Promise<readonly FactBody[]> {
  const server: TestServer = await startServer({ dataDir, env: { HOLDFAST_SHARDS: '3' } });
  const client = new ApiClient(server.url);
  const facts = await client.log(GALA);
  await client.close();
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  return facts;
}
