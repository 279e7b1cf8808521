/** Every viewer's connection is lost at once, and all come back at once: with what they had, and with nothing. */
import { EVENT_ID, holdfastFeed, startRawPublish } from '../contenders/feed/feed-contenders.mjs';
import { ChangeDriver, SEATS_PER_GROUP_MAX } from '../feed/change-driver.mjs';
import { cursorIn, firstFrame } from '../feed/first-frame.mjs';
import { ViewerCrowd } from '../feed/viewer-crowd.mjs';
import { figure } from '../report/figure.mjs';
import { summaryOf } from '../report/summary.mjs';
import { feedJob, serverOf } from './feed.mjs';

/** @typedef {import('../feed/viewer.mjs').Address} Address */
/** @typedef {import('../options.mjs').Sizes} Sizes */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */

/**
 * @typedef {object} Return of all viewers
 * @property {number} ms from the first connection until each has the state of all seats
 * @property {number} bytes that a viewer got
 * @property {number} cpuMicros of the server, a viewer
 */

/**
 * @typedef {object} Arrival of one viewer, at a server that has nothing else to do
 * @property {number} ms from before its connection to its snapshot
 * @property {number} bytes of the snapshot, without the transport's
 */

/** @typedef {{resumed: Return, anew: Return, alone: Arrival}} Returns */

const GATHER_MS = 50;
const ARRIVALS = 20;

/** @type {import('./scenario.mjs').Scenario} */
export const feedReconnect = {
  name: 'feed-reconnect',
  measures:
    'All viewers lose their connections and come back at once, with the cursor they had and without; then one alone. Limit: uWebSockets.js that has the same bytes ready.',
  notMeasured: [
    'Changes during the return: there are some before it, and none while all come back.',
  ],
  async run(context) {
    const { sizes } = context;
    /** @type {Returns[]} */
    const own = [];
    /** @type {Returns[]} */
    const raw = [];
    for (let round = 0; round < sizes.rounds; round += 1) {
      process.stderr.write('feed-reconnect\n');
      const { returns, shown } = await holdfastReturns(context);
      own.push(returns);
      raw.push(await rawReturns(sizes, shown));
    }
    return { figures: figuresOf({ own, raw }, sizes), statuses: {} };
  },
};

/** @param {ScenarioContext} context */
async function holdfastReturns(context) {
  const { sizes } = context;
  const job = feedJob(sizes, { seats: sizes['feed-reconnect-seats'], gatherMs: GATHER_MS });
  const standing = await holdfastFeed(serverOf(context)).start(job);
  const crowd = crowdOf(sizes);
  try {
    const { address, process: server } = standing;
    await crowd.joinAtOnce(address);
    const driver = new ChangeDriver({ url: server.url, eventId: EVENT_ID, ...job });
    const cursor = cursorIn(await firstFrame(address));
    await crowd.drop();
    await driver.change(Math.ceil(sizes['feed-missed-changes'] / SEATS_PER_GROUP_MAX));
    await driver.stop();
    const resuming = { ...address, path: `${address.path}?cursor=${cursor}` };
    const shown = { missed: await firstFrame(resuming), snapshot: await firstFrame(address) };
    const settle = () => crowd.settle(address);
    await crowd.joinAtOnce(resuming); // for the first time code is slow
    await crowd.drop();
    const resumed = await returnOf(crowd, resuming, server, sizes);
    await settle();
    await crowd.drop();
    const anew = await returnOf(crowd, address, server, sizes);
    await settle();
    await crowd.drop();
    const returns = { resumed, anew, alone: await arrivalOf(address) };
    await standing.stop();
    return { returns, shown };
  } finally {
    crowd.end();
    standing.abandon();
  }
}

/** @param {Sizes} sizes @param {{missed: string, snapshot: string}} shown @returns {Promise<Returns>} */
async function rawReturns(sizes, { missed, snapshot }) {
  const server = await startRawPublish(snapshot);
  const crowd = crowdOf(sizes);
  try {
    const address = /** @type {Address} */ ({ url: server.url, path: '/', protocol: 'plain' });
    await crowd.joinAtOnce(address);
    await crowd.drop();
    await server.ask({ do: 'show', text: missed });
    await crowd.joinAtOnce(address);
    await crowd.drop();
    const resumed = await returnOf(crowd, address, server, sizes);
    await crowd.drop();
    await server.ask({ do: 'show', text: snapshot });
    const anew = await returnOf(crowd, address, server, sizes);
    await crowd.drop();
    const returns = { resumed, anew, alone: await arrivalOf(address) };
    await server.stop();
    return returns;
  } finally {
    crowd.end();
    server.kill();
  }
}

/** @param {Sizes} sizes */
function crowdOf(sizes) {
  return new ViewerCrowd({
    viewers: sizes['feed-reconnect-viewers'],
    seatsPerGroup: SEATS_PER_GROUP_MAX,
  });
}

/**
 * @param {ViewerCrowd} crowd nobody of it is connected
 * @param {Address} address
 * @param {import('../processes/child-server.mjs').ChildServer} server
 * @param {Sizes} sizes
 * @returns {Promise<Return>}
 */
async function returnOf(crowd, address, server, { 'feed-reconnect-viewers': viewers }) {
  const cpuMsBefore = await server.exactCpuMs();
  const startedAt = performance.now();
  await crowd.joinAtOnce(address);
  const ms = performance.now() - startedAt;
  const { bytes } = await crowd.counts();
  const cpuMicros = (((await server.exactCpuMs()) - cpuMsBefore) / viewers) * 1000;
  return { ms, bytes: bytes / viewers, cpuMicros };
}

/** The median of some, one after the other. @param {Address} address @returns {Promise<Arrival>} */
async function arrivalOf(address) {
  /** @type {number[]} */
  const all = [];
  let bytes = 0;
  for (let count = 0; count < ARRIVALS; count += 1) {
    const startedAt = performance.now();
    const text = await firstFrame(address);
    all.push(performance.now() - startedAt);
    bytes = text.length;
  }
  return { ms: summaryOf(all).median, bytes };
}

/** @type {ReadonlyArray<{measure: string, unit: string, of: (returns: Returns) => number}>} */
const MEASURES = [
  { measure: 'with cursors: until all are current', unit: 'ms', of: ({ resumed }) => resumed.ms },
  { measure: 'with cursors: of a viewer', unit: 'bytes', of: ({ resumed }) => resumed.bytes },
  {
    measure: 'with cursors: CPU of the server',
    unit: 'µs/viewer',
    of: ({ resumed }) => resumed.cpuMicros,
  },
  { measure: 'without: until all are current', unit: 'ms', of: ({ anew }) => anew.ms },
  { measure: 'without: of a viewer', unit: 'bytes', of: ({ anew }) => anew.bytes },
  { measure: 'without: CPU of the server', unit: 'µs/viewer', of: ({ anew }) => anew.cpuMicros },
  { measure: 'one alone: until its snapshot', unit: 'ms', of: ({ alone }) => alone.ms },
  { measure: 'one alone: its snapshot', unit: 'bytes', of: ({ alone }) => alone.bytes },
];

/** @param {{own: readonly Returns[], raw: readonly Returns[]}} rounds @param {Sizes} sizes */
function figuresOf({ own, raw }, sizes) {
  const viewers = sizes['feed-reconnect-viewers'].toLocaleString('en-US');
  const seats = sizes['feed-reconnect-seats'].toLocaleString('en-US');
  const missed = sizes['feed-missed-changes'].toLocaleString('en-US');
  const scenario = `feed-reconnect, ${viewers} viewers, ${seats} seats, ${missed} changes missed`;
  return MEASURES.map(({ measure, unit, of }) =>
    figure({ scenario, measure, unit, holdfast: own.map(of), limit: raw.map(of) }),
  );
}
