/** A disk that takes half a second for every sync: answers come later, and nothing else changes. */
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/store/verify.js';
import { brokenBuild } from '../support/broken-build.js';
import { figureLine } from '../support/figure-line.js';
import { countParameter } from '../support/test-parameters.js';
import { ANSWERS_TOO_EARLY } from './support/breakages.js';
import { Faults } from './support/faults.js';
import { Gala } from './support/gala.js';

const SYNC_MS = countParameter('SLOW_SYNC_MS', 500);
/** Longer than anybody here waits for an answer. */
const FOR_EVER_MS = 600_000;
const WISHES = countParameter('SLOW_SYNC_WISHES', 2);

describe('a disk that is slow', () => {
  it(`makes answers late and nothing else: ${SYNC_MS} ms a sync`, {
    timeout: 120_000,
  }, async () => {
    const faults = new Faults();
    const gala = new Gala({ env: faults.env });
    await gala.start();
    const quick = await answerMs(gala, '1');
    faults.slowSyncs(SYNC_MS);
    const syncsBefore = faults.syncs;
    const crowd = gala.crowd();
    await crowd.run(gala.users, WISHES);
    const slow = await answerMs(gala, '2');
    const syncs = faults.syncs - syncsBefore;

    expect(crowd.surprises).toEqual([]);
    expect(crowd.counts.postponed).toBe(0);
    expect(syncs).toBeGreaterThan(0);
    // An answer that came before its sync could have ended would be one that did not wait for it.
    expect(slow).toBeGreaterThanOrEqual(SYNC_MS);
    expect(await gala.faults()).toEqual([]);
    expect(await gala.server.stop()).toEqual({ code: 0, signal: null });
    expect((await verify(gala.dataDir)).breaches).toEqual([]);
    figureLine('slow syncs', {
      'ms a sync': SYNC_MS,
      syncs,
      acknowledged: crowd.acknowledged,
      'ms an answer': `${Math.round(slow)} (before ${Math.round(quick)})`,
      lost: 0,
    });
  });

  it('control: an answer that does not wait for its sync is seen to come first', {
    timeout: 60_000,
  }, async () => {
    const faults = new Faults();
    const gala = new Gala({ env: faults.env, build: brokenBuild(ANSWERS_TOO_EARLY) });
    await gala.start();
    faults.slowSyncs(FOR_EVER_MS);
    const syncs = faults.syncs;
    await answerMs(gala, '1');
    expect(faults.syncs).toBe(syncs);
    figureLine('slow syncs', { control: 'answers before the commit', 'answered after a sync': 0 });
  });
});

/** From asking for a seat to having it. */
async function answerMs({ client }: Gala, seatId: string): Promise<number> {
  const path = '/v1/events/default/reservations';
  const startedAt = performance.now();
  const { status } = await client.post(path, { userId: `late-${seatId}`, seatIds: [seatId] });
  expect(status).toBe(201);
  return performance.now() - startedAt;
}
