/** The control of `recorded.test.ts`: the same clients, the same server, and something in between that breaks its promises. */
import { describe, expect, it } from 'vitest';
import { testSeed } from '../support/test-parameters.js';
import { check } from './check.js';
import { counterexample } from './counterexample.js';
import { LIES, startLyingProxy } from './lying-proxy.js';
import { type RecordOptions, record } from './record.js';

const OPERATIONS = 800;

const options: Omit<RecordOptions, 'seed' | 'between'> = {
  shards: 2,
  gateways: 1,
  users: 16,
  lives: 1,
  operationsALife: OPERATIONS,
};

describe('a server that breaks its promises', () => {
  it.each(Object.entries(LIES))('is found out: %s', { timeout: 60_000 }, async (_, lie) => {
    const { history } = await record({
      ...options,
      seed: testSeed(),
      between: (url) => startLyingProxy(url, lie()),
    });
    const { violation } = check(history);
    expect(violation === undefined ? '' : counterexample(history, violation)).toMatch(/no order/);
  });

  it('is not found where there is none: what is in between tells the truth', {
    timeout: 60_000,
  }, async () => {
    const { history, surprises } = await record({
      ...options,
      seed: testSeed(),
      between: (url) => startLyingProxy(url, (request, forward) => forward(request)),
    });
    expect(surprises).toEqual([]);
    expect(check(history).isLinearizable).toBe(true);
  });
});
