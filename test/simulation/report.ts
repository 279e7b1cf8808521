/** What a person is shown of courses: of one that failed, the least that still fails and its trace; of many, the figures. */

import type { CourseResult } from './course.js';
import { missing } from './coverage.js';
import type { Plan } from './plan.js';
import type { Shrunk } from './shrink.js';

const LINES_SHOWN = 80;

export function describePlan(plan: Plan): string {
  const { seed, shardCount, gatewayCount, durability, isTight, seatsPerUserMax, steps, entries } =
    plan;
  const kinds = new Map<string, number>();
  for (const { what } of entries) kinds.set(what, (kinds.get(what) ?? 0) + 1);
  const acts = [...kinds].map(([what, count]) => (count === 1 ? what : `${count} × ${what}`));
  return [
    `seed ${seed}: ${shardCount} shards, ${gatewayCount} gateways, ${durability}`,
    isTight ? 'tight limits' : 'roomy limits',
    seatsPerUserMax === null ? 'no limit per user' : `${seatsPerUserMax} seats per user`,
    `${steps} steps`,
    acts.join(', ') || 'nothing done to it',
  ].join('; ');
}

export function describeFailure(seed: number, shrunk: Shrunk): string {
  const { plan, result, tries } = shrunk;
  const lines = result.lines.slice(-LINES_SHOWN);
  const more = result.lines.length - lines.length;
  return [
    `seed ${seed} failed: ${result.failure?.message}`,
    `the least that still fails, after ${tries} courses: ${describePlan(plan)}`,
    ...(more > 0 ? [`… ${more} lines before`] : []),
    ...lines,
    stackOf(result.failure),
    `again: SEED=${seed} npm run simulate`,
  ].join('\n');
}

/** One course, whole. */
export function describeCourse(plan: Plan, { lines, hash, failure }: CourseResult): string {
  const end = failure === undefined ? 'everything held' : stackOf(failure);
  return [describePlan(plan), ...lines, end, `trace ${hash}`].join('\n');
}

export function describeCounts(counts: ReadonlyMap<string, number>): string {
  const width = Math.max(...[...counts.values()].map((count) => String(count).length), 1);
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const never = missing(counts).map((what) => `never: ${what}`);
  return [
    ...rows.map(([what, count]) => `${String(count).padStart(width)} ${what}`),
    ...never,
  ].join('\n');
}

function stackOf(failure: Error | undefined): string {
  return failure?.stack ?? String(failure);
}
