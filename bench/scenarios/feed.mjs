/** Seats that change under the eyes of thousands: how soon each sees it, and what that costs the server. */
import {
  holdfastFeed,
  rawPublish,
  socketIoFeed,
  wsFeed,
} from '../contenders/feed/feed-contenders.mjs';
import { SEATS_PER_GROUP_MAX } from '../feed/change-driver.mjs';
import { feedHeat } from '../feed/feed-heat.mjs';
import { feedFigures } from '../report/feed-figures.mjs';

/** @typedef {import('../contenders/feed/feed-contender.mjs').FeedContender} FeedContender */
/** @typedef {import('../contenders/feed/feed-contender.mjs').FeedJob} FeedJob */
/** @typedef {import('../contenders/feed/feed-contender.mjs').Recording} Recording */
/** @typedef {import('../feed/feed-heat.mjs').FeedHeat} FeedHeat */
/** @typedef {import('../options.mjs').Sizes} Sizes */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */

/**
 * @typedef {object} FeedVariant
 * @property {number} viewers
 * @property {number} gatherMs
 * @property {Record<string, FeedHeat[]>} heats by contender, one a round; of `ws` and Socket.IO perhaps none
 */

const WARM_UP_SECONDS = 0.5;
/** As long as so many others. */
const UNWATCHED_HEATS = 3;

/** @type {import('./scenario.mjs').Scenario} */
export const feed = {
  name: 'feed',
  measures:
    'Viewers of one event whose seats change, in groups of 100 that are reserved and cancelled by HTTP; durable. Limit: uWebSockets.js publishing the same frames, recorded, as far apart; beside it `ws` and Socket.IO with the changes in memory. Where two cores, shared with the viewers, cannot write a frame for every viewer in every coalescing time, there are fewer and larger ones: see the frames of a viewer.',
  notMeasured: [
    'Single seats at that rate: 5,000 requests a second would leave the viewers little of two cores. A feed’s work depends on seats and frames.',
    'Viewers who read every frame as it comes: but for the sampled ones (up to 32) they read every 400 ms, and leave the rest to the kernel.',
    'A network: delays and losses, and TLS.',
  ],
  async run(context) {
    const { sizes } = context;
    const variants = sizes['feed-viewers'].flatMap((viewers) =>
      sizes['feed-gather-ms'].map((gatherMs) => variantOf(viewers, gatherMs)),
    );
    /** Of the server without viewers, which does the same commands. @type {FeedHeat[]} */
    const unwatched = [];
    for (let round = 0; round < sizes.rounds; round += 1) {
      unwatched.push(await unwatchedHeat(context));
      for (const variant of variants) await runRound(variant, context, round);
    }
    const figures = variants.flatMap((variant) => feedFigures(variant, unwatched));
    return { figures, statuses: {} };
  },
};

/** @param {number} viewers @param {number} gatherMs @returns {FeedVariant} */
function variantOf(viewers, gatherMs) {
  return { viewers, gatherMs, heats: {} };
}

/** @param {FeedVariant} variant @param {ScenarioContext} context @param {number} round */
async function runRound({ viewers, gatherMs, heats }, context, round) {
  const recording = () => heats.Holdfast?.at(-1)?.recording ?? [];
  const hasPeers = context.sizes['feed-peers-gather-ms'].includes(gatherMs);
  const contenders = [
    holdfastFeed(serverOf(context)),
    rawPublish(recording),
    ...(hasPeers ? [wsFeed, socketIoFeed] : []),
  ];
  process.stderr.write(`feed, ${viewers} viewers, ${gatherMs} ms\n`);
  // The recording that the limit plays is of the same round, or of the round before.
  for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
    const heat = await heatOf(contender, context, viewers, gatherMs);
    const { p50, p99 } = heat.visibility;
    process.stderr.write(`  ${contender.name}: visible ${p50} ms, p99 ${p99} ms\n`);
    heats[contender.name] = [...(heats[contender.name] ?? []), heat];
  }
}

/**
 * Longer than the others: all of the round's have it taken off.
 *
 * @param {ScenarioContext} context
 */
function unwatchedHeat(context) {
  const { sizes } = context;
  const longer = { ...sizes, 'feed-seconds': sizes['feed-seconds'] * UNWATCHED_HEATS };
  return heatOf(holdfastFeed(serverOf(context)), { ...context, sizes: longer }, 0, 0);
}

/** @param {ScenarioContext} context */
export function serverOf({ server: script, dataRoot }) {
  return { script, dataRoot };
}

/**
 * @param {FeedContender} contender
 * @param {ScenarioContext} context
 * @param {number} viewers
 * @param {number} gatherMs
 */
function heatOf(contender, { sizes }, viewers, gatherMs) {
  const job = feedJob(sizes, { seats: sizes['feed-seats'], gatherMs });
  const seconds = sizes['feed-seconds'];
  return feedHeat(contender, { job, viewers, warmUpSeconds: WARM_UP_SECONDS, seconds });
}

/** @param {Sizes} sizes @param {{seats: number, gatherMs: number}} options @returns {FeedJob} */
export function feedJob(sizes, { seats, gatherMs }) {
  const changesPerSecond = sizes['feed-changes'];
  return { seats, gatherMs, changesPerSecond, seatsPerGroup: SEATS_PER_GROUP_MAX };
}
