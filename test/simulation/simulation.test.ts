import { describe, expect, it } from 'vitest';
import { runCourse } from './course.js';

const first = Number(process.env.SEED ?? 1);
const count = process.env.SEED === undefined ? Number(process.env.SEEDS ?? 100) : 1;

describe('the simulated world', () => {
  it(`keeps every promise and every invariant, seeds ${first} to ${first + count - 1}`, async () => {
    let accepted = 0;
    for (let seed = first; seed < first + count; seed += 1) {
      accepted += (await runCourse({ seed, steps: 3_000 })).accepted;
    }
    expect(accepted).toBeGreaterThan(count * 20);
  }, 600_000);
});
