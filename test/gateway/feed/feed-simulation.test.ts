import { expect, it } from 'vitest';
import { countParameter, testSeed } from '../../support/test-parameters.js';
import { type FeedCourseResult, runFeedCourse } from './support/feed-course.js';

it('what a viewer has at a cursor is the seat list at that cursor, whatever happens (I8)', async () => {
  const first = testSeed();
  const results: FeedCourseResult[] = [];
  for (let seed = first; seed < first + countParameter('FEED_SEEDS', 30); seed += 1) {
    results.push(await runFeedCourse(seed, 2_500));
  }
  const sum = (of: keyof FeedCourseResult): number =>
    results.reduce((total, result) => total + result[of], 0);
  // A course in which nothing happened would prove nothing.
  expect(sum('deltas')).toBeGreaterThan(results.length * 50);
  for (const what of ['snapshots', 'resumes', 'drops', 'resyncs'] as const) {
    expect([what, sum(what) > results.length]).toEqual([what, true]);
  }
}, 300_000);
