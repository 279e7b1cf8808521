/** Some viewers stop reading: what the others notice of it, and what it takes of the server's memory. */
import { setTimeout as pause } from 'node:timers/promises';
import { holdfastFeed } from '../contenders/feed/feed-contenders.mjs';
import { nowMicros } from '../feed/clock.mjs';
import { ViewerCrowd } from '../feed/viewer-crowd.mjs';
import { visibilityOf } from '../feed/visibility.mjs';
import { figure } from '../report/figure.mjs';
import { feedJob, serverOf } from './feed.mjs';

/** @typedef {import('../contenders/feed/feed-contender.mjs').FeedStanding} FeedStanding */
/** @typedef {import('../options.mjs').Sizes} Sizes */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */

/**
 * @typedef {object} Stall
 * @property {number} calmP99 milliseconds from change to visible, before the stall
 * @property {number} stalledP99 of those who read, during it
 * @property {number} waitingBytes for viewers in the server, the most during the stall
 * @property {number} growthBytes of the server's memory that is no file's: the most during the stall, over that before it
 * @property {number} fellBehind viewers, by the server's own count
 * @property {number} recoveredMs from the stall's end until everybody is current; changes end with the stall
 */

const STALLED_SHARE = 0.1;
const GATHER_MS = 50;
/** The bound that the server sets to one socket's buffer (`socketBytesMax` in src/limits.ts). */
const SOCKET_BYTES_MAX = 2 ** 20;
const P99_RATIO_MAX = 2;
const CALM_SECONDS_MAX = 5;
const WARM_UP_MS = 500;
const WEIGH_MS = 500;
const KILOBYTE = 2 ** 10;
const MEGABYTE = 2 ** 20;

/** @type {import('./scenario.mjs').Scenario} */
export const feedStalled = {
  name: 'feed-stalled',
  measures:
    'One viewer in ten reads nothing for a while; limit: the same viewers in the same server, before that. More seats change than in `feed`: at its rate the kernel’s buffers hold the frames of a minute, and the server notices nothing.',
  notMeasured: [
    'What the kernel keeps for sockets that nobody reads: it is bounded by the system’s own limits.',
  ],
  async run(context) {
    const { sizes } = context;
    process.stderr.write('feed-stalled\n');
    /** @type {Stall[]} */
    const rounds = [];
    for (let round = 0; round < sizes.rounds; round += 1) rounds.push(await stallOf(context));
    return { figures: figuresOf(rounds, sizes), statuses: {} };
  },
};

/** @param {ScenarioContext} context @returns {Promise<Stall>} */
async function stallOf(context) {
  const { sizes } = context;
  const job = {
    ...feedJob(sizes, { seats: sizes['feed-seats'], gatherMs: GATHER_MS }),
    changesPerSecond: sizes['feed-stalled-changes'],
  };
  const standing = await holdfastFeed(serverOf(context)).start(job);
  const crowd = new ViewerCrowd({ ...job, viewers: sizes['feed-stalled-viewers'] });
  try {
    await crowd.join(standing.address);
    const stall = await measured(standing, crowd, sizes);
    await crowd.drop();
    await standing.stop();
    return stall;
  } finally {
    crowd.end();
    standing.abandon();
  }
}

/** @param {FeedStanding} standing @param {ViewerCrowd} crowd @param {Sizes} sizes @returns {Promise<Stall>} */
async function measured(standing, crowd, sizes) {
  const stallMs = sizes['feed-stall-seconds'] * 1000;
  await standing.startChanges();
  await pause(WARM_UP_MS);
  const from = nowMicros();
  await pause(Math.min(CALM_SECONDS_MAX * 1000, stallMs));
  const stalledAt = nowMicros();
  const bytesBefore = standing.process.memoryBytes().anonymous;
  await crowd.stall(stalledOf(sizes));
  const most = await mostDuring(standing, stallMs);
  const to = nowMicros();
  const changes = await standing.stopChanges();
  await crowd.goOn();
  await crowd.settle(standing.address);
  const recoveredMs = (nowMicros() - to) / 1000;
  const { sightings } = await crowd.sample();
  return {
    calmP99: visibilityOf(changes, sightings, { from, to: stalledAt }).p99,
    stalledP99: visibilityOf(changes, sightings, { from: stalledAt, to }).p99,
    waitingBytes: most.waitingBytes,
    growthBytes: Math.max(0, most.memoryBytes - bytesBefore),
    fellBehind: await feedMetric(standing.process.url, 'drops_total'),
    recoveredMs,
  };
}

/** @param {Sizes} sizes */
function stalledOf(sizes) {
  return Math.round(sizes['feed-stalled-viewers'] * STALLED_SHARE);
}

/** @param {FeedStanding} standing @param {number} ms */
async function mostDuring({ process: server }, ms) {
  const until = performance.now() + ms;
  let memoryBytes = 0;
  let waitingBytes = 0;
  while (performance.now() < until) {
    memoryBytes = Math.max(memoryBytes, server.memoryBytes().anonymous);
    waitingBytes = Math.max(waitingBytes, await feedMetric(server.url, 'buffered_bytes'));
    await pause(WEIGH_MS);
  }
  return { memoryBytes, waitingBytes };
}

/** @param {string} url @param {string} name */
async function feedMetric(url, name) {
  const response = await fetch(`${url}/metrics`);
  const line = new RegExp(`^holdfast_feed_${name}\\S* (\\d+)$`, 'm');
  const value = line.exec(await response.text())?.[1];
  if (value === undefined) throw new Error(`the server does not tell its ${name}`);
  return Number(value);
}

/** @param {readonly Stall[]} rounds @param {Sizes} sizes */
function figuresOf(rounds, sizes) {
  const viewers = sizes['feed-stalled-viewers'].toLocaleString('en-US');
  const scenario = `feed-stalled, ${stalledOf(sizes)} of ${viewers} viewers, ${sizes['feed-stall-seconds']} s`;
  return [
    figure({
      scenario,
      measure: 'change to visible p99 of the others; limit: before the stall',
      unit: 'ms',
      holdfast: rounds.map(({ stalledP99 }) => stalledP99),
      limit: rounds.map(({ calmP99 }) => calmP99),
      aim: { of: 'ratio', bound: 'atMost', value: P99_RATIO_MAX },
    }),
    figure({
      scenario,
      measure: 'waiting in the server for a stalled viewer, at most',
      unit: 'KiB',
      holdfast: rounds.map(({ waitingBytes }) => waitingBytes / stalledOf(sizes) / KILOBYTE),
      aim: { of: 'value', bound: 'atMost', value: SOCKET_BYTES_MAX / KILOBYTE },
    }),
    figure({
      scenario,
      measure: 'memory of the server, no file’s, most over that before',
      unit: 'MiB',
      holdfast: rounds.map(({ growthBytes }) => growthBytes / MEGABYTE),
    }),
    figure({
      scenario,
      measure: 'viewers who fell behind',
      unit: 'viewers',
      holdfast: rounds.map(({ fellBehind }) => fellBehind),
    }),
    figure({
      scenario,
      measure: 'until all are current again',
      unit: 'ms',
      holdfast: rounds.map(({ recoveredMs }) => recoveredMs),
    }),
  ];
}
