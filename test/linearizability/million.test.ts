/** How fast the checker is: a long made history, and what it takes to find an order of it. `npm run linearizability` makes it longer. */
import { expect, it } from 'vitest';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { check } from './check.js';
import { makeHistory } from './made-history.js';

const OPERATIONS = countParameter('LINEARIZABILITY_OPERATIONS', 20_000);
/** Two hundred operations a seat: a hall that is sold out many times over. */
const OPERATIONS_A_SEAT = 200;

it(`${OPERATIONS} made operations are checked`, { timeout: 60_000 + OPERATIONS }, () => {
  const seats = Math.max(10, Math.ceil(OPERATIONS / OPERATIONS_A_SEAT));
  const history = makeHistory({
    seed: testSeed(),
    operations: OPERATIONS,
    clients: 64,
    seats,
    holdMs: 2_000,
    operationsALife: 20_000,
  });
  const begin = performance.now();
  const cpuBegin = process.cpuUsage();
  const { isLinearizable, seatsTogetherMax } = check(history);
  const seconds = (performance.now() - begin) / 1_000;
  const { user, system } = process.cpuUsage(cpuBegin);
  expect(isLinearizable).toBe(true);
  const lost = history.filter(({ isUnknown }) => isUnknown).length;
  process.stdout.write(
    `checked ${history.length} made operations in ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor, ${seats} seats, ${lost} answers lost, ` +
      `at most ${seatsTogetherMax} seats together)\n`,
  );
});
