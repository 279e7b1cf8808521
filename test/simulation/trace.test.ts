/** One seed, one trace. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runCourse } from './course.js';
import { planOf } from './plan.js';

const SEEDS = [31, 32, 33, 34];

describe('a seed', () => {
  it('is one course of events, however often it is played', async () => {
    for (const seed of SEEDS) {
      const [first, again] = [await runCourse(planOf(seed)), await runCourse(planOf(seed))];
      expect(again.lines).toEqual(first.lines);
      expect(again.hash).toBe(first.hash);
    }
  }, 60_000);

  it('is another course than the next seed', async () => {
    const hashes = new Set<string>();
    for (const seed of SEEDS) hashes.add((await runCourse(planOf(seed))).hash);
    expect(hashes.size).toBe(SEEDS.length);
  }, 60_000);

  it('is the same course in another process, compiled by another compiler', async () => {
    const args = [
      '--from',
      String(SEEDS[0]),
      '--seeds',
      String(SEEDS.length),
      '--jobs',
      '1',
      '--hashes',
    ];
    const { stdout, status } = spawnSync(
      process.execPath,
      ['test/simulation/simulate.mjs', ...args],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    const told = stdout.split('\n').filter((line) => /^\d+ [0-9a-f]{64}$/.test(line));
    const played: string[] = [];
    for (const seed of SEEDS) played.push(`${seed} ${(await runCourse(planOf(seed))).hash}`);
    expect(told).toEqual(played);
  }, 60_000);
});
