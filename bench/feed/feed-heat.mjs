/** One heat: a contender started, viewers let in, seats changed for some seconds, and what came of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { nowMicros } from './clock.mjs';
import { ViewerCrowd } from './viewer-crowd.mjs';
import { visibilityOf } from './visibility.mjs';

/** @typedef {import('../contenders/feed/feed-contender.mjs').FeedContender} FeedContender */
/** @typedef {import('../contenders/feed/feed-contender.mjs').FeedJob} FeedJob */
/** @typedef {import('../contenders/feed/feed-contender.mjs').FeedStanding} FeedStanding */
/** @typedef {import('../contenders/feed/feed-contender.mjs').Recording} Recording */
/** @typedef {import('./visibility.mjs').Visibility} Visibility */

/**
 * @typedef {object} FeedHeat
 * @property {number} changes in seats, of the measured seconds
 * @property {number} seconds
 * @property {number} frames that all viewers got
 * @property {number} bytes with the WebSocket's own
 * @property {number} cpuMs of the server
 * @property {number} loadCpuMs of the viewers
 * @property {number} memoryBytes that the server took for the viewers: no file's, before anything changed
 * @property {Visibility} visibility
 * @property {Recording} recording what one viewer was sent
 */

/**
 * @typedef {object} HeatPlan
 * @property {FeedJob} job
 * @property {number} viewers
 * @property {number} warmUpSeconds
 * @property {number} seconds
 */

/** What changes in the last moment is given so long to be seen. */
const GRACE_MS = 500;

/**
 * @param {FeedContender} contender
 * @param {HeatPlan} plan
 * @returns {Promise<FeedHeat>}
 */
export async function feedHeat(contender, plan) {
  const crowd = new ViewerCrowd({ ...plan.job, viewers: plan.viewers });
  /** @type {FeedStanding | undefined} */
  let standing;
  try {
    standing = await contender.start(plan.job);
    const memoryBefore = standing.process.memoryBytes().anonymous;
    await crowd.join(standing.address);
    const memoryBytes = standing.process.memoryBytes().anonymous - memoryBefore;
    const heat = await measured(standing, crowd, plan);
    if (standing.isTruth) await crowd.settle(standing.address);
    const { recorded } = await crowd.sample();
    await crowd.drop();
    await standing.stop();
    return { ...heat, memoryBytes, recording: recorded };
  } finally {
    crowd.end();
    standing?.abandon();
  }
}

/**
 * @param {FeedStanding} standing
 * @param {ViewerCrowd} crowd
 * @param {HeatPlan} plan
 */
async function measured(standing, crowd, { job, warmUpSeconds, seconds }) {
  await standing.startChanges();
  await pause(warmUpSeconds * 1000);
  const before = await reading(standing, crowd);
  await pause(seconds * 1000);
  const after = await reading(standing, crowd);
  await pause(GRACE_MS);
  const changes = await standing.stopChanges();
  const { sightings } = await crowd.sample();
  const span = { from: before.at, to: after.at };
  const counted = changes.filter(
    ({ madeAtMicros }) => madeAtMicros >= span.from && madeAtMicros < span.to,
  );
  return {
    changes: counted.length * job.seatsPerGroup,
    seconds: (after.at - before.at) / 1e6,
    frames: after.frames - before.frames,
    bytes: after.bytes - before.bytes,
    cpuMs: after.cpuMs - before.cpuMs,
    loadCpuMs: after.loadCpuMs - before.loadCpuMs,
    visibility: visibilityOf(changes, sightings, span),
  };
}

/** @param {FeedStanding} standing @param {ViewerCrowd} crowd */
async function reading({ process: server }, crowd) {
  const at = nowMicros();
  const [cpuMs, { frames, bytes, cpuMs: loadCpuMs }] = await Promise.all([
    server.exactCpuMs(),
    crowd.counts(),
  ]);
  return { at, cpuMs, frames, bytes, loadCpuMs };
}
