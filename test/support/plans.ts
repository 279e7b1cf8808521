/** Plans and houses for tests, small enough to read. */
import { readFileSync } from 'node:fs';
import type { SeatNumber } from '../../src/domain/ids.js';
import type { PlanResult } from '../../src/domain/plan-fault.js';
import { type PlanRequest, planFromRequest } from '../../src/domain/plan-request.js';
import type { PlanSpec } from '../../src/domain/plan-spec.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';

/** The plan, in a test that does not expect faults. */
export function specOf(result: PlanResult): PlanSpec {
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.plan;
}

/** The plan of a request without faults. */
export function planOf(request: PlanRequest): VenuePlan {
  return new VenuePlan(specOf(planFromRequest(request)));
}

/**
 * A house as it is drawn, a row a string: `.` free, `x` taken, `c` chosen (free before). Rows are
 * called A, B, C… of one section.
 */
export interface DrawnHouse {
  readonly plan: VenuePlan;
  readonly isFree: (seat: SeatNumber) => boolean;
  readonly chosen: readonly SeatNumber[];
}

export function draw(...rows: readonly string[]): DrawnHouse {
  const names = rows.map((row, index) => ({
    name: String.fromCharCode(65 + index),
    seats: row.length,
  }));
  const all = rows.join('');
  return {
    plan: planOf({ sections: [{ name: 'Stalls', rows: names }] }),
    isFree: (seat) => all[seat - 1] !== 'x',
    chosen: [...all].flatMap((mark, index) => (mark === 'c' ? [index + 1] : [])),
  };
}

/** The sample of pretix's format, freshly parsed: a test may spoil it. */
export function playhousePlan() {
  const file = new URL('../../src/demo/playhouse-plan.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}
