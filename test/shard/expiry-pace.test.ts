import { describe, expect, it } from 'vitest';
import { ExpiryPace } from '../../src/shard/expiry-pace.js';

/** How many go next after commits that took so long, one after the other, milliseconds. */
function countsAfter(pace: ExpiryPace, ...took: readonly number[]): number[] {
  return took.map((ms) => {
    pace.begin(1_000, pace.count);
    pace.written(1_000 + ms);
    return pace.count;
  });
}

describe('the pace at which ends of holds are written down', () => {
  it('begins low, doubles while the disk is quick, and no further than allowed', () => {
    const pace = new ExpiryPace(100);
    expect(pace.count).toBe(16);
    expect(countsAfter(pace, 1, 3, 0, 2)).toEqual([32, 64, 100, 100]);
  });

  it('halves when the disk is slow, but not below what a slow disk needs', () => {
    const pace = new ExpiryPace(500);
    countsAfter(pace, 0, 0, 0);
    expect(countsAfter(pace, 9, 9, 9)).toEqual([64, 36, 36]);
    expect(countsAfter(pace, 50, 200)).toEqual([200, 500]);
  });

  it('learns nothing from fewer than were allowed', () => {
    const pace = new ExpiryPace(500);
    for (const ms of [0, 200]) {
      pace.begin(1_000, 15);
      pace.written(1_000 + ms);
      expect(pace.count).toBe(16);
    }
  });

  it('stays where the disk is neither', () => {
    expect(countsAfter(new ExpiryPace(500), 4, 8)).toEqual([16, 16]);
  });

  it('is never above its bound, nor at nothing', () => {
    const pace = new ExpiryPace(1);
    expect(pace.count).toBe(1);
    expect(countsAfter(pace, 0, 100, 100)).toEqual([1, 1, 1]);
  });

  it('is under way from the beginning to the disk', () => {
    const pace = new ExpiryPace(10);
    expect(pace.isUnderWay).toBe(false);
    pace.begin(0, 1);
    expect(pace.isUnderWay).toBe(true);
    pace.written(5);
    expect(pace.isUnderWay).toBe(false);
  });
});
