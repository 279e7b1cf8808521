/** The real server, under load and `kill -9`: is there an order of everything that explains what its clients saw? */
import { expect, it } from 'vitest';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { check } from './check.js';
import { counterexample } from './counterexample.js';
import { record } from './record.js';
import { SearchGaveUp } from './search.js';

const OPERATIONS = countParameter('LINEARIZABILITY_RECORDED', 2_400);
const LIVES = 3;
const RECORDINGS_MAX = 3;

it.each([
  { shards: 2, gateways: 1 },
  { shards: 3, gateways: 2 },
])(
  'what clients saw of it has an order: $shards shards, $gateways gateways, killed twice',
  { timeout: RECORDINGS_MAX * (60_000 + OPERATIONS * 20) },
  async ({ shards, gateways }) => {
    const operationsALife = Math.ceil(OPERATIONS / LIVES);
    const { history, lostCount, violation, seconds } = await decided(async (seed) => {
      const load = { seed, shards, gateways, users: 24, lives: LIVES, operationsALife };
      const recording = await record(load);
      expect(recording.surprises).toEqual([]);
      return recording;
    });
    process.stdout.write(
      `checked ${history.length} recorded operations in ${seconds.toFixed(1)} s (${shards} shards, ${gateways} gateways, ` +
        `${LIVES - 1} kills, ${lostCount} answers lost)\n`,
    );
    expect(violation === undefined ? '' : counterexample(history, violation)).toBe('');
    expect(history.length).toBeGreaterThanOrEqual(OPERATIONS);
    // A death that nobody was asking at would prove little.
    expect(lostCount).toBeGreaterThan(LIVES);
  },
);

/**
 * Records and checks until the check comes to an end: on a machine that stands still now and then so much is under way at
 * once that no order is found in time, nor the lack of one.
 */
async function decided(recordOnce: (seed: number) => ReturnType<typeof record>) {
  for (let recordings = 1; ; recordings += 1) {
    const recording = await recordOnce(testSeed() + recordings - 1);
    const begin = performance.now();
    try {
      const { violation } = check(recording.history);
      return { ...recording, violation, seconds: (performance.now() - begin) / 1_000 };
    } catch (cause) {
      if (!(cause instanceof SearchGaveUp) || recordings === RECORDINGS_MAX) throw cause;
      process.stdout.write(`undecided, recorded anew: ${cause.message}\n`);
    }
  }
}
