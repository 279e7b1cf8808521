/** Worlds that are known to be broken: each has to be caught, and what the server can bear has to be borne. */
import { describe, expect, it } from 'vitest';
import { BREAKAGES, type Breakage, HARMLESS } from './breakages.js';
import { type CourseResult, runCourse } from './course.js';
import { type Plan, planOf } from './plan.js';
import { shrink } from './shrink.js';

/** Most are caught in the first course; the rarest needs a loss after which the same number is given out again. */
const SEEDS_MAX = 120;

async function firstFailure(breakage: Breakage): Promise<Plan | undefined> {
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const plan = planOf(seed);
    if ((await runCourse(plan, breakage)).failure !== undefined) return plan;
  }
  return undefined;
}

describe('the simulation catches', () => {
  it.each(Object.entries(BREAKAGES))(
    '%s',
    async (_, breakage) => {
      expect(await firstFailure(breakage)).toBeDefined();
    },
    120_000,
  );
});

/** Without steps of the clock and stalls: between the two copies of a command a hold would have come to its end. */
function evenly(plan: Plan): Plan {
  return { ...plan, entries: plan.entries.filter(({ what }) => !/clock|stalls/.test(what)) };
}

describe('the server bears', () => {
  it.each(Object.entries(HARMLESS))(
    '%s',
    async (_, breakage) => {
      for (let seed = 1; seed <= 10; seed += 1)
        expect((await runCourse(evenly(planOf(seed)), breakage)).failure).toBeUndefined();
    },
    60_000,
  );
});

describe('a course that fails', () => {
  it('is made small, and still fails', async () => {
    const breakage = BREAKAGES['a staged turn that comes twice'];
    if (breakage === undefined) throw new Error('there is no such breakage');
    const plan = await firstFailure(breakage);
    if (plan === undefined) throw new Error('it was not caught');
    const ran: CourseResult[] = [];
    const run = async (smaller: Plan) => {
      const result = await runCourse(smaller, breakage);
      ran.push(result);
      return result;
    };
    const shrunk = await shrink({ plan, run, triesMax: 120 });
    expect(shrunk.result.failure).toBeInstanceOf(Error);
    expect(shrunk.plan.entries.length).toBeLessThan(plan.entries.length / 4);
    expect(shrunk.plan.steps).toBeLessThan(plan.steps);
    expect(ran.length).toBeLessThanOrEqual(120);
    const again = await runCourse(shrunk.plan, breakage);
    expect([again.hash, again.failure?.message]).toEqual([
      shrunk.result.hash,
      shrunk.result.failure?.message,
    ]);
  }, 60_000);
});
