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
const WEIGH_MS = 250;
const MEGABYTE = 2 ** 20;

/** @type {import('./scenario.mjs').Scenario} */
export const feedStalled = {
  name: 'feed-stalled',
  measures:
    'One viewer in ten reads nothing for a while, under the same changes; limit: the same viewers in the same server, before that.',
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
  const job = feedJob(sizes, { seats: sizes['feed-seats'], gatherMs: GATHER_MS });
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
  const bytesMost = await mostMemory(standing, stallMs);
  const to = nowMicros();
  const changes = await standing.stopChanges();
  await crowd.goOn();
  await crowd.settle(standing.address);
  const recoveredMs = (nowMicros() - to) / 1000;
  const { sightings } = await crowd.sample();
  return {
    calmP99: visibilityOf(changes, sightings, { from, to: stalledAt }).p99,
    stalledP99: visibilityOf(changes, sightings, { from: stalledAt, to }).p99,
    growthBytes: Math.max(0, bytesMost - bytesBefore),
    fellBehind: await dropsOf(standing.process.url),
    recoveredMs,
  };
}

/** @param {Sizes} sizes */
function stalledOf(sizes) {
  return Math.round(sizes['feed-stalled-viewers'] * STALLED_SHARE);
}

/** @param {FeedStanding} standing @param {number} ms */
async function mostMemory(standing, ms) {
  const until = performance.now() + ms;
  let most = 0;
  while (performance.now() < until) {
    most = Math.max(most, standing.process.memoryBytes().anonymous);
    await pause(WEIGH_MS);
  }
  return most;
}

/** @param {string} url */
async function dropsOf(url) {
  const response = await fetch(`${url}/metrics`);
  const drops = /^holdfast_feed_drops_total\S* (\d+)$/m.exec(await response.text())?.[1];
  if (drops === undefined) throw new Error('the server does not say how many fell behind');
  return Number(drops);
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
      measure: 'memory of the server, no file’s, most over that before',
      unit: 'MiB',
      holdfast: rounds.map(({ growthBytes }) => growthBytes / MEGABYTE),
      aim: {
        of: 'value',
        bound: 'atMost',
        value: (stalledOf(sizes) * SOCKET_BYTES_MAX) / MEGABYTE,
      },
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
