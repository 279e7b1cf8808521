/** What the heats of a feed say: how soon, how many frames, at what cost; each beside the limit, and beside the others. */
import { figure } from './figure.mjs';

/** @typedef {import('../feed/feed-heat.mjs').FeedHeat} FeedHeat */
/** @typedef {import('../scenarios/feed.mjs').FeedVariant} FeedVariant */
/** @typedef {import('./figure.mjs').Aim} Aim */
/** @typedef {import('./figure.mjs').Figure} Figure */

/** Beside what is gathered. */
const VISIBLE_MS_MAX = 50;
/** Of the limit's. */
const EFFICIENCY_MIN = 0.9;

/** @type {ReadonlyArray<{measure: string, unit: string, of: (heat: FeedHeat, viewers: number) => number}>} */
const MEASURES = [
  {
    measure: 'frames of a viewer',
    unit: 'frames/s',
    of: ({ frames, seconds }, viewers) => frames / seconds / viewers,
  },
  { measure: 'seat changes', unit: 'changes/s', of: ({ changes, seconds }) => changes / seconds },
  { measure: 'CPU of the server', unit: 'ms/s', of: ({ cpuMs, seconds }) => cpuMs / seconds },
  {
    measure: 'CPU of the server',
    unit: 'µs/frame',
    of: ({ cpuMs, frames }) => (cpuMs / frames) * 1000,
  },
  {
    measure: 'CPU of the viewers',
    unit: 'ms/s',
    of: ({ loadCpuMs, seconds }) => loadCpuMs / seconds,
  },
  {
    measure: 'bytes of a viewer',
    unit: 'bytes/s',
    of: ({ bytes, seconds }, viewers) => bytes / seconds / viewers,
  },
  {
    measure: 'memory of a viewer, no file’s',
    unit: 'bytes',
    of: ({ memoryBytes }, viewers) => memoryBytes / viewers,
  },
];

/** Beside `ws` and Socket.IO. */
const PEER_MEASURES = MEASURES.filter(({ unit }) =>
  ['frames/s', 'µs/frame', 'bytes'].includes(unit),
);

/**
 * @param {FeedVariant} variant
 * @param {readonly FeedHeat[]} unwatched the server without viewers, one a round
 * @returns {Figure[]}
 */
export function feedFigures({ viewers, gatherMs, heats }, unwatched) {
  const scenario = `feed, ${viewers.toLocaleString('en-US')} viewers, ${gatherMs} ms`;
  const { Holdfast: own = [], 'raw publish': raw = [], ...peers } = heats;
  const visible = { scenario, unit: 'ms', holdfast: own.map(({ visibility }) => visibility.p99) };
  /** @type {Aim} */
  const aim = { of: 'value', bound: 'atMost', value: gatherMs + VISIBLE_MS_MAX };
  return [
    figure({
      ...visible,
      measure: 'change to visible p50',
      holdfast: own.map(({ visibility }) => visibility.p50),
    }),
    figure({ ...visible, measure: 'change to visible p99', aim }),
    figure({
      ...visible,
      measure: 'request to visible p99',
      holdfast: own.map(({ visibility }) => visibility.askedP99),
    }),
    figure({
      ...visible,
      measure: 'change to visible p99; limit: publish to visible',
      limit: raw.map(({ visibility }) => visibility.p99),
    }),
    figure({
      scenario,
      measure: 'CPU of the feed alone',
      unit: 'µs/frame',
      holdfast: own.map((heat, round) => feedMicros(heat, unwatched[round])),
      limit: raw.map((heat) => feedMicros(heat)),
      aim: { of: 'ratio', bound: 'atMost', value: 1 / EFFICIENCY_MIN },
    }),
    ...beside({ scenario, viewers, own, other: raw }),
    ...Object.entries(peers).flatMap(([name, other]) => [
      figure({
        ...visible,
        measure: `change to visible p99; limit: ${name}`,
        limit: other.map(({ visibility }) => visibility.p99),
      }),
      ...beside({ scenario, viewers, own, other, name }),
    ]),
  ];
}

/**
 * @param {object} sides
 * @param {string} sides.scenario
 * @param {number} sides.viewers
 * @param {readonly FeedHeat[]} sides.own
 * @param {readonly FeedHeat[]} sides.other
 * @param {string} [sides.name] of the other, where it is not the limit
 */
function beside({ scenario, viewers, own, other, name }) {
  const measures = name === undefined ? MEASURES : PEER_MEASURES;
  return measures.map(({ measure, unit, of }) =>
    figure({
      scenario,
      measure: name === undefined ? measure : `${measure}; limit: ${name}`,
      unit,
      holdfast: own.map((heat) => of(heat, viewers)),
      limit: other.map((heat) => of(heat, viewers)),
    }),
  );
}

/**
 * Without what the same commands take of a server that nobody watches. Frames are what the feed is for: per frame, since a
 * heat that was short of CPU sends fewer.
 *
 * @param {FeedHeat} heat
 * @param {FeedHeat} [unwatched]
 */
function feedMicros({ cpuMs, changes, frames }, unwatched) {
  const commandsMs = unwatched === undefined ? 0 : (unwatched.cpuMs / unwatched.changes) * changes;
  return ((cpuMs - commandsMs) / frames) * 1000;
}
