/**
 * The deadline of a whole house: very many holds end at the same millisecond. None may be early; how late their seats are seen to be free, how late their ends are
 * written down, and how long others wait meanwhile is measured.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLoadProcess } from '../load/node-load.mjs';
import { freshDataDir, HoldfastServer, removeDir } from '../processes/holdfast-server.mjs';
import { figure } from '../report/figure.mjs';
import { percentile } from '../report/percentile.mjs';
import { StormWatch, seenBy } from '../storm/storm-watch.mjs';

/** @typedef {import('../options.mjs').Sizes} Sizes */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */
/** @typedef {import('../storm/storm-watch.mjs').StormReport} StormReport */
/** @typedef {StormReport & {cpuMs: number}} Heat */
/** @typedef {{seats: number, seatsPerHold: number, holds: number}} Storm */

const STORMY_STORE = fileURLToPath(new URL('../storm/stormy-store.mjs', import.meta.url));
const STORM = 'storm';
const CALM = 'calm';
const CALM_SEATS = 1_000_000;
/** From the first hold to the deadline: the store is to be written and the server started meanwhile. Where that takes longer, more. */
const HOLD_MS = 4_000;
const HOLD_MS_EACH = 0.05;
const TRIES = 4;
/** The watch begins before the deadline. */
const AHEAD_MS = 1_000;
const LATE_MS_MAX = 50;
const SHARES = { p50: 0.5, p99: 0.99, max: 1 };

/** @type {import('./scenario.mjs').Scenario} */
export const expiryStorm = {
  name: 'expiry-storm',
  measures:
    'Every seat of an event is held until one deadline: how late the seats are seen to be free in the seat map, how late the ends are on disk, and what others wait who reserve seats of another event from the deadline until all is written. A hold that ends early, twice or never fails the bench.',
  notMeasured: [
    'Seats that are seen free by looking at one of them: the map is looked at, every few milliseconds.',
    'The time from a hold’s end being on disk to its being counted in the event’s figures, which is in the lateness.',
  ],
  async run(context) {
    const figures = [];
    for (const seats of context.sizes['storm-seats']) {
      figures.push(...(await measured(context, stormOf(context.sizes, seats))));
    }
    return { figures, statuses: {} };
  },
};

/** @param {Sizes} sizes @param {number} seats @returns {Storm} */
function stormOf({ 'storm-holds': holdsMax }, seats) {
  const seatsPerHold = Math.ceil(seats / holdsMax);
  return { seats, seatsPerHold, holds: Math.ceil(seats / seatsPerHold) };
}

/** @param {ScenarioContext} context @param {Storm} storm */
async function measured(context, storm) {
  const { seats, holds, seatsPerHold } = storm;
  const number = (/** @type {number} */ count) => count.toLocaleString('en-US');
  const each = `${seatsPerHold} ${seatsPerHold === 1 ? 'seat' : 'seats'}`;
  const scenario = `expiry-storm, ${number(holds)} holds of ${each} each`;
  process.stderr.write(`${scenario}\n`);
  /** @type {Heat[]} */
  const heats = [];
  for (let round = 0; round < context.sizes.rounds; round += 1) {
    heats.push(await heatOf(context, storm));
  }
  /** @type {import('../report/figure.mjs').Aim} */
  const aim = { of: 'value', bound: 'atMost', value: LATE_MS_MAX };
  const entries = /** @type {Array<[keyof typeof SHARES, number]>} */ (Object.entries(SHARES));
  const late = (
    /** @type {string} */ what,
    /** @type {(heat: Heat, share: number) => number} */ of,
    /** @type {boolean} */ isAimed,
  ) =>
    entries.map(([name, share]) =>
      figure({
        scenario,
        measure: `${what}, ${name}`,
        unit: 'ms',
        holdfast: heats.map((heat) => of(heat, share)),
        ...(isAimed && name === 'p99' ? { aim } : {}),
      }),
    );
  return [
    ...late('seen free late', ({ free }, share) => seenBy(free, seats, share), true),
    ...late('written late', ({ written }, share) => seenBy(written, holds, share), false),
    ...late('others wait', ({ others }, share) => percentile(others, share), true),
    figure({
      scenario,
      measure: 'ends written',
      unit: 'holds/s',
      holdfast: heats.map(({ written }) => (holds / seenBy(written, holds, 1)) * 1000),
    }),
    figure({
      scenario,
      measure: 'CPU of the server',
      unit: 'µs/hold',
      holdfast: heats.map(({ cpuMs }) => (cpuMs / holds) * 1000),
    }),
  ];
}

/** @param {ScenarioContext} context @param {Storm} storm @returns {Promise<Heat>} */
async function heatOf(context, storm) {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const dataDir = freshDataDir(context.dataRoot);
    try {
      const heat = await stormIn(dataDir, context, { ...storm, holdMs: holdMs(storm) * attempt });
      if (heat !== undefined) return heat;
    } finally {
      removeDir(dataDir);
    }
  }
  throw new Error('no start was faster than the holds');
}

/** @param {Storm} storm */
function holdMs({ holds }) {
  return Math.round(HOLD_MS + HOLD_MS_EACH * holds);
}

/**
 * @param {string} dataDir
 * @param {ScenarioContext} context
 * @param {Storm & {holdMs: number}} storm
 * @returns {Promise<Heat | undefined>} undefined: the server was ready too late
 */
async function stormIn(dataDir, { sizes, server: script, dataRoot }, storm) {
  const { seats, holds } = storm;
  const plan = { ...storm, dist: dirname(script), dataDir, eventId: STORM };
  const { deadline } = await runLoadProcess(STORMY_STORE, plan);
  const server = await HoldfastServer.start({ script, dataRoot, dataDir });
  try {
    await server.createEvent({ id: CALM, totalSeats: CALM_SEATS });
    if (Date.now() + AHEAD_MS > deadline) return undefined;
    const watch = new StormWatch({
      url: server.process.url,
      eventId: STORM,
      seats,
      holds,
      deadline,
      calmId: CALM,
      othersPerSecond: sizes['storm-others'],
    });
    const cpuMsBefore = server.process.cpuMs();
    const report = await watch.watch();
    const cpuMs = server.process.cpuMs() - cpuMsBefore;
    await watch.checkLog();
    process.stderr.write(`  all written after ${seenBy(report.written, holds, 1)} ms\n`);
    await server.stop();
    return { ...report, cpuMs };
  } finally {
    server.abandon();
  }
}
