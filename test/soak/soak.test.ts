/** Nothing grows that should not, and after all of it every promise is kept. `npm run soak` goes on for longer. */
import { describe, expect, it } from 'vitest';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { MEASURES } from './samples.js';
import { growthOf } from './slope.js';
import { type SoakResult, soak } from './soak.js';

const SECONDS = countParameter('SOAK_SECONDS', 10);
const CONTROL_SECONDS = countParameter('SOAK_CONTROL_SECONDS', 6);
/** Sixty of them a run, but not more often than twice a second: each is a full collection. */
const SAMPLES = 60;
const SAMPLE_MS_MIN = 500;

function sampleMs(seconds: number): number {
  return Math.max(SAMPLE_MS_MIN, (seconds * 1_000) / SAMPLES);
}

it(`${SECONDS} s of mixed load leave nothing behind`, {
  timeout: SECONDS * 1_000 * 2 + 60_000,
}, async () => {
  const forMs = SECONDS * 1_000;
  const result = await soak({ seed: testSeed(), forMs, sampleMs: sampleMs(SECONDS) });
  print(result);
  expect(result.faults).toEqual([]);
  expect(leaks(result)).toEqual([]);
});

describe('a server that leaks', () => {
  it.each([
    { leak: 'heap', measure: 'heapBytes' },
    { leak: 'descriptors', measure: 'descriptors' },
    { leak: 'timers', measure: 'timers' },
  ] as const)('is found out: $leak', { timeout: 90_000 }, async ({ leak, measure }) => {
    const forMs = CONTROL_SECONDS * 1_000;
    const seed = testSeed();
    const result = await soak({ seed, forMs, sampleMs: sampleMs(CONTROL_SECONDS), leak });
    expect(leaks(result)).toContain(measure);
  });
});

describe('a line through readings', () => {
  const readings = Array.from({ length: 30 }, (_, index) => ({
    operations: index * 100,
    value: 5_000 + 2 * index * 100 + (index % 2) * 40,
  }));

  it('has their slope, whatever they were at first', () => {
    const rough = readings.map((each, index) => (index < 9 ? { ...each, value: 1e9 } : each));
    const { perThousand, total } = growthOf(rough, { base: 0, anOperation: 0 });
    expect(perThousand).toBeCloseTo(2_000, -2);
    expect(total).toBeCloseTo(2 * 1_900, -2);
  });

  it('is a leak where it rises by more than is allowed, and only there', () => {
    expect(growthOf(readings, { base: 100, anOperation: 1.9 }).isLeak).toBe(true);
    expect(growthOf(readings, { base: 100, anOperation: 2.1 }).isLeak).toBe(false);
  });
});

function leaks({ growth }: SoakResult): string[] {
  return MEASURES.filter((measure) => growth[measure].isLeak);
}

function print({ operations, events, sampleCount, growth }: SoakResult): void {
  const lines = MEASURES.map((measure) => {
    const { perThousand, total, allowed, isLeak } = growth[measure];
    const [slope, grown, bound] = [perThousand, total, allowed].map((each) => each.toFixed(1));
    return `  ${measure}: ${slope} per 1,000 operations, ${grown} in all, ${bound} allowed${isLeak ? ': A LEAK' : ''}`;
  });
  const head = `soaked ${operations} operations, ${events} events, ${sampleCount} samples`;
  process.stdout.write(`${[head, ...lines].join('\n')}\n`);
}
