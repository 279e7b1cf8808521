/** The real server, under load and `kill -9`: is there an order of everything that explains what its clients saw? */
import { expect, it } from 'vitest';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { check } from './check.js';
import { counterexample } from './counterexample.js';
import { record } from './record.js';

const OPERATIONS = countParameter('LINEARIZABILITY_RECORDED', 2_400);
const LIVES = 3;

it.each([
  { shards: 2, gateways: 1 },
  { shards: 3, gateways: 2 },
])(
  'what clients saw of it has an order: $shards shards, $gateways gateways, killed twice',
  { timeout: 60_000 + OPERATIONS * 20 },
  async ({ shards, gateways }) => {
    const operationsALife = Math.ceil(OPERATIONS / LIVES);
    const { history, lostCount, surprises } = await record({
      seed: testSeed(),
      shards,
      gateways,
      users: 24,
      lives: LIVES,
      operationsALife,
    });
    expect(surprises).toEqual([]);
    const begin = performance.now();
    const { violation } = check(history);
    const seconds = (performance.now() - begin) / 1_000;
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
