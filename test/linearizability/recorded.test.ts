/** The real server, under load and `kill -9`: is there an order of everything that explains what its clients saw? */
import { expect, it } from 'vitest';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { check } from './check.js';
import { counterexample } from './counterexample.js';
import { record } from './record.js';

const OPERATIONS = countParameter('LINEARIZABILITY_RECORDED', 3_000);
const LIVES = 4;

it.each([
  { shards: 2, gateways: 1 },
  { shards: 3, gateways: 2 },
])(
  'what clients saw of it has an order: $shards shards, $gateways gateways, killed three times',
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
    const { violation } = check(history);
    expect(violation === undefined ? '' : counterexample(history, violation)).toBe('');
    expect(history.length).toBeGreaterThanOrEqual(OPERATIONS);
    // A death that nobody was asking at would prove little.
    expect(lostCount).toBeGreaterThan(LIVES);
  },
);
