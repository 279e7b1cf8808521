/** A short run of the fuzzer, and that it finds out servers that are known to be broken. */
import { describe, expect, test } from 'vitest';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { fuzz } from './fuzz/fuzz.js';
import { reportText } from './fuzz/report.js';

const INPUTS = countParameter('FUZZ_INPUTS', 8_000);
const CONTROL_INPUTS = 2_000;
const FUZZ_MS_MAX = 90_000;

test(
  'whatever a client sends, nothing breaks, nothing leaks, and honest clients are served',
  async () => {
    const options = { seed: testSeed(), inputs: INPUTS, visitors: 32 };
    const report = await fuzz(options);
    expect(report.wrong, reportText(options, report)).toEqual([]);
    // Of a visit whose connection the server closed the rest is not sent.
    expect(report.tally.inputs).toBeGreaterThan(0.98 * INPUTS);
    expect(report.honestRounds).toBeGreaterThan(0);
  },
  FUZZ_MS_MAX,
);

describe('control: a server that', () => {
  test.each([
    ['answers 500', 'fault', /INPUT=\d+ .*: 500/],
    ['dies', 'crash', /INPUT=\d+ ends the server/],
    ['leaks memory', 'leak', /the heap has grown by \d+ bytes/],
    ['leaks descriptors', 'descriptors', /\d+ descriptors are left open/],
  ] as const)(
    '%s is found out',
    async (_, broken, finding) => {
      const options = { seed: testSeed(), inputs: CONTROL_INPUTS, visitors: 32, broken };
      const report = await fuzz(options);
      expect(report.wrong.join('\n')).toMatch(finding);
    },
    FUZZ_MS_MAX,
  );
});
