/** A scenario that is a contest over HTTP, in one variant or several: the contests run, and their figures. */
import { echo } from '../contenders/echo.mjs';
import { holdfast } from '../contenders/holdfast.mjs';
import { peerContender } from '../contenders/peer.mjs';
import { contest } from '../contest.mjs';
import { contestFigures } from '../report/contest-figures.mjs';

/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('../contest.mjs').Heat} Heat */
/** @typedef {import('../options.mjs').Sizes} Sizes */
/** @typedef {import('../report/contest-figures.mjs').ThroughputAims} ThroughputAims */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */
/** @typedef {import('./scenario.mjs').ScenarioResult} ScenarioResult */

/** More than any server here that keeps seats; what an event cannot serve for that long, further events do. */
const REQUESTS_PER_SECOND_MAX = 80_000;
const EVENTS_MAX = 64;

/**
 * @typedef {object} Variant
 * @property {Workload} workload
 * @property {boolean} [hasPeers] default: false
 * @property {ThroughputAims} [aims]
 */

/**
 * @param {ScenarioContext} context
 * @param {readonly Variant[]} variants
 * @returns {Promise<ScenarioResult>}
 */
export async function runContests(context, variants) {
  /** @type {ScenarioResult} */
  const result = { figures: [], statuses: {} };
  for (const { workload, hasPeers = false, aims = {} } of variants) {
    process.stderr.write(`${workload.name}\n`);
    const contenders = contendersOf(context, hasPeers);
    const [subject = [], limit = [], ...others] = await contest(
      contenders,
      workload,
      contestOptions(context),
    );
    const peers = others.map((heats, index) => ({
      name: contenders[index + 2]?.name ?? '',
      heats,
    }));
    result.figures.push(...contestFigures(workload.name, { subject, limit, peers }, aims));
    result.statuses[workload.name] = totalStatuses(subject);
  }
  return result;
}

/** Holdfast, its limit, and the peers that are to be had. @param {ScenarioContext} context @param {boolean} hasPeers */
export function contendersOf({ server, dataRoot, peers }, hasPeers) {
  const others = hasPeers ? peers.map((peer) => peerContender(peer, dataRoot)) : [];
  return [holdfast({ script: server, dataRoot }), echo, ...others];
}

/** @param {ScenarioContext} context @returns {import('../contest.mjs').ContestOptions} */
export function contestOptions({ sizes, generator }) {
  const { rounds, connections, seconds, 'warm-up-seconds': warmUpSeconds } = sizes;
  return { rounds, connections, seconds, warmUpSeconds, generator };
}

/**
 * Enough events of this size for every request of a heat to have seats of its own.
 *
 * @param {Sizes} sizes
 * @param {number} seatsPerEvent
 * @param {number} [seatsPerRequest]
 */
export function eventCountFor(sizes, seatsPerEvent, seatsPerRequest = 1) {
  const requests = REQUESTS_PER_SECOND_MAX * (sizes.seconds + sizes['warm-up-seconds']);
  return Math.min(EVENTS_MAX, Math.ceil((requests * seatsPerRequest) / seatsPerEvent));
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
