/**
 * The simulation as the judge of a mutation: course after course, until one fails. What failed is not made small, as
 * nobody is to look into it.
 */
import { it } from 'vitest';
import { runCourse } from '../../simulation/course.js';
import { planOf } from '../../simulation/plan.js';
import { countParameter } from '../../support/test-parameters.js';

const COURSES = countParameter('COURSES', 60);

it('every course keeps every promise and every invariant', { timeout: 600_000 }, async () => {
  for (let seed = 1; seed <= COURSES; seed += 1) {
    const { failure } = await runCourse(planOf(seed));
    if (failure !== undefined) throw new Error(`seed ${seed}: ${failure.message}`);
  }
});
