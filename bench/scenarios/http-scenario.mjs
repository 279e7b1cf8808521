/** A scenario that is a contest over HTTP, in one variant or several: the contests run, and their figures. */
import { echo } from '../contenders/echo.mjs';
import { holdfast } from '../contenders/holdfast.mjs';
import { contest } from '../contest.mjs';
import { contestFigures } from '../report/contest-figures.mjs';

/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('../contest.mjs').Heat} Heat */
/** @typedef {import('../options.mjs').Sizes} Sizes */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */
/** @typedef {import('./scenario.mjs').ScenarioResult} ScenarioResult */

/** More than any server here answers; what an event cannot serve for that long, further events do. */
const REQUESTS_PER_SECOND_MAX = 150_000;
const EVENTS_MAX = 64;

/**
 * @param {ScenarioContext} context
 * @param {readonly Workload[]} workloads one a variant
 * @param {number} [ratioMin] of the throughput to the limit's, to be reached
 * @returns {Promise<ScenarioResult>}
 */
export async function runContests({ sizes, generator, server, dataRoot }, workloads, ratioMin) {
  const subject = holdfast({ script: server, dataRoot });
  const { rounds, connections, seconds, 'warm-up-seconds': warmUpSeconds } = sizes;
  const options = { rounds, connections, seconds, warmUpSeconds, generator };
  /** @type {ScenarioResult} */
  const result = { figures: [], statuses: {} };
  for (const workload of workloads) {
    process.stderr.write(`${workload.name}\n`);
    const heats = await contest({ subject, limit: echo, workload }, options);
    result.figures.push(...contestFigures(workload.name, heats, ratioMin));
    result.statuses[workload.name] = totalStatuses(heats.subject);
  }
  return result;
}

/**
 * Enough events of this size for every request of a heat to have a seat of its own.
 *
 * @param {Sizes} sizes
 * @param {number} seatsPerEvent
 */
export function eventCountFor(sizes, seatsPerEvent) {
  const requests = REQUESTS_PER_SECOND_MAX * (sizes.seconds + sizes['warm-up-seconds']);
  return Math.min(EVENTS_MAX, Math.ceil(requests / seatsPerEvent));
}

/** @param {readonly Heat[]} heats */
function totalStatuses(heats) {
  /** @type {Record<string, number>} */
  const totals = {};
  for (const [status, count] of heats.flatMap(({ statuses }) => Object.entries(statuses))) {
    totals[status] = (totals[status] ?? 0) + count;
  }
  return totals;
}
