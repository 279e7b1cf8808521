/** What whoever runs the tests may set: how long they go on, and the seed of their luck. */
import { onTestFailed } from 'vitest';

/** A count of rounds, clients, …: `KILL_ROUNDS=100 npm test` */
export function countParameter(name: string, byDefault: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return byDefault;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`${name} is ${text}`);
  return count;
}

/** The running test's seed: `TEST_SEED`, or another one each time, and it is printed when the test fails. */
export function testSeed(): number {
  const text = process.env.TEST_SEED;
  const seed = text === undefined || text === '' ? Date.now() % 1_000_000_007 : Number(text);
  onTestFailed(() => {
    process.stderr.write(`TEST_SEED=${seed}\n`);
  });
  return seed;
}
