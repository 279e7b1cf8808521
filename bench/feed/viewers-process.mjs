/**
 * Some of the viewers, in a process of its own: either many that count what they get, or a few that read every frame and
 * know when they saw what. Does what its parent asks (viewer-crowd.mjs), one thing at a time.
 */
import { SeatSample } from './seat-sample.mjs';
import { Viewer } from './viewer.mjs';

/** @typedef {import('./viewer.mjs').Address} Address */

/**
 * @typedef {object} Joining
 * @property {'join'} do
 * @property {Address} address
 * @property {number} count
 * @property {number} [seatsPerGroup] they are sampled
 */

/** @typedef {Joining | {do: 'counts' | 'drop' | 'goOn' | 'sample'} | {do: 'stall', count: number} | {do: 'current', cursor: string}} Request */

/** How often a viewer that is not sampled reads. */
const READ_MS = 400;
const TICK_MS = 10;
/** Handshakes under way: as many as a listening socket surely queues. */
const JOINING_MAX = 200;
/** Holds type, event and cursor. */
const KEPT_MAX = 160;

/** @type {Viewer[]} */
let viewers = [];
/** @type {SeatSample[]} */
let samples = [];
/** @type {string[]} */
const losses = [];
let nextToLook = 0;

setInterval(() => {
  const count = Math.ceil((viewers.length * TICK_MS) / READ_MS);
  for (let index = 0; index < count; index += 1) {
    viewers[nextToLook % viewers.length]?.look();
    nextToLook += 1;
  }
}, TICK_MS);

process.on('message', async (request) => {
  const answer = await answerTo(/** @type {Request} */ (request));
  process.send?.(losses.length === 0 ? answer : { losses });
});
process.on('disconnect', () => process.exit(0));

/** @param {Request} request */
async function answerTo(request) {
  switch (request.do) {
    case 'join':
      return await join(request);
    case 'counts':
      return counts();
    case 'sample':
      return {
        sightings: samples.map(({ sightings }) => sightings),
        recorded: samples[0]?.recorded ?? [],
      };
    case 'stall':
      for (const viewer of viewers.slice(0, request.count)) viewer.stall();
      return {};
    case 'goOn':
      for (const viewer of viewers.filter(({ isStalled }) => isStalled)) viewer.goOn();
      return {};
    case 'current':
      return { count: viewers.filter(({ cursor }) => cursor === request.cursor).length };
    case 'drop':
      for (const viewer of viewers) viewer.drop();
      viewers = [];
      samples = [];
      return {};
  }
}

/** Resolves when every one of them is current. @param {Joining} joining */
async function join({ address, count, seatsPerGroup }) {
  let left = count;
  const joinInTurn = async () => {
    while (left > 0 && losses.length === 0) {
      left -= 1;
      const viewer =
        seatsPerGroup === undefined ? counting(address) : sampled(address, seatsPerGroup);
      viewers.push(viewer);
      await viewer.current();
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, JOINING_MAX) }, joinInTurn));
  return { cursor: viewers.at(-1)?.cursor };
}

/** @param {Address} address */
function counting(address) {
  return new Viewer(address, { isEager: false, keptMax: KEPT_MAX, ended: lost });
}

/** The first of them records what it is sent. @param {Address} address @param {number} seatsPerGroup */
function sampled(address, seatsPerGroup) {
  const sample = new SeatSample({ seatsPerGroup, isRecording: samples.length === 0 });
  samples.push(sample);
  const framed = (/** @type {string} */ text) => sample.framed(text);
  return new Viewer(address, { isEager: true, keptMax: Infinity, framed, ended: lost });
}

/** @param {string} what */
function lost(what) {
  losses.push(what);
  // Whoever waits for it would wait for ever.
  if (losses.length === 1) process.send?.({ losses });
}

/** Since the processes' start, of those viewers who are still there. */
function counts() {
  const { user, system } = process.cpuUsage();
  return {
    frames: viewers.reduce((sum, { frames }) => sum + frames, 0),
    bytes: viewers.reduce((sum, { bytes }) => sum + bytes, 0),
    cpuMs: (user + system) / 1000,
  };
}
