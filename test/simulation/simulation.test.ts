import { describe, expect, it } from 'vitest';
import { countParameter } from '../support/test-parameters.js';
import { runCourse } from './course.js';
import { addCounts, missing } from './coverage.js';
import { planOf } from './plan.js';
import { REGRESSION_SEEDS } from './regression-seeds.js';
import { describeFailure } from './report.js';
import { shrink } from './shrink.js';

const SHRINK_TRIES_MAX = 150;
/** Of fewer seeds it may be luck that something has not happened. */
const SEEDS_TO_MEET_ALL = 200;

// The same seeds in every run: what fails here fails again. `npm run simulate` goes further.
const first = countParameter('SEED', 1);
const count = countParameter('SEEDS', process.env.SEED === undefined ? 200 : 1);
const seeds = Array.from({ length: count }, (_, index) => first + index);

async function play(seed: number): Promise<ReadonlyMap<string, number>> {
  const plan = planOf(seed);
  const { failure, counts } = await runCourse(plan);
  if (failure === undefined) return counts;
  throw new Error(
    describeFailure(seed, await shrink({ plan, run: runCourse, triesMax: SHRINK_TRIES_MAX })),
  );
}

describe('the simulated world', () => {
  it.each(Object.entries(REGRESSION_SEEDS))(
    'keeps to what it has learnt from seed %s: %s',
    async (seed) => {
      await play(Number(seed));
    },
  );

  it(`keeps every promise and every invariant, seeds ${first} to ${first + count - 1}`, async () => {
    const counts = new Map<string, number>();
    for (const seed of seeds) addCounts(counts, await play(seed));
    if (count >= SEEDS_TO_MEET_ALL) expect(missing(counts)).toEqual([]);
    expect(counts.get('answer accepted')).toBeGreaterThan(count * 20);
  }, 600_000);
});
