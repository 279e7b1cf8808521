/** From the start of the process to its ready line: with a large house that is partly sold, and with nothing on disk. */
import { startEcho } from '../contenders/echo.mjs';
import { freshDataDir, HoldfastServer, removeDir } from '../processes/holdfast-server.mjs';
import { figure } from '../report/figure.mjs';
import { fill } from './fill.mjs';

/** @typedef {import('../options.mjs').Sizes} Sizes */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */

const READY_MS_MAX = 5_000;

/** @type {import('./scenario.mjs').Scenario} */
export const startUp = {
  name: 'start-up',
  measures: 'Start of the process to its ready line; the limit is the echo’s own start.',
  notMeasured: [
    'Files that are not in the page cache: a start after a reboot reads them from disk.',
  ],
  async run(context) {
    process.stderr.write('start-up\n');
    const dataDir = freshDataDir(context.dataRoot);
    try {
      await furnish(context, dataDir);
      return { figures: figuresOf(await measured(context, dataDir), context.sizes), statuses: {} };
    } finally {
      removeDir(dataDir);
    }
  },
};

/** How many reservations are reserved, and as many booked. @param {Sizes} sizes */
function reservationsOf({ 'start-up-taken': taken, 'seats-per-reservation': seats }) {
  return Math.max(1, Math.floor(taken / seats / 2));
}

/**
 * @param {ScenarioContext} context
 * @param {string} dataDir
 */
async function furnish({ sizes, server: script, dataRoot }, dataDir) {
  const { 'start-up-seats': totalSeats, 'seats-per-reservation': seatsPerReservation } = sizes;
  const reservations = reservationsOf(sizes);
  const wish = { eventPrefix: 'bench-', eventSeats: totalSeats, seatsPerReservation, reservations };
  const server = await HoldfastServer.start({ script, dataRoot, dataDir });
  try {
    await server.createEvent({ id: 'bench-0', totalSeats });
    await fill(server, wish);
    await fill(server, { ...wish, first: reservations, confirms: true });
    await server.stop();
  } finally {
    server.abandon();
  }
}

/** @typedef {{ms: number, cpuMs: number}} Start */

/**
 * @typedef {object} Starts one a round
 * @property {Start[]} sold
 * @property {Start[]} empty
 * @property {Start[]} echo
 */

/**
 * @param {ScenarioContext} context
 * @param {string} dataDir
 */
async function measured({ sizes, server: script, dataRoot }, dataDir) {
  const taken = reservationsOf(sizes) * sizes['seats-per-reservation'];
  /** @type {Starts} */
  const starts = { sold: [], empty: [], echo: [] };
  for (let round = 0; round < sizes.rounds; round += 1) {
    starts.sold.push(
      await startOf(await HoldfastServer.start({ script, dataRoot, dataDir }), taken),
    );
    starts.empty.push(await startOf(await HoldfastServer.start({ script, dataRoot }), 0));
    const echo = await startEcho();
    starts.echo.push({ ms: echo.readyMs, cpuMs: echo.readyCpuMs });
    await echo.stop();
  }
  return starts;
}

/**
 * Stops the server, when it has shown that all that was taken is back, in the state it was in.
 *
 * @param {HoldfastServer} server
 * @param {number} expected seats reserved, and as many booked
 * @returns {Promise<Start>}
 */
async function startOf(server, expected) {
  try {
    const { reserved, booked } = await server.seatsTaken('bench-');
    if (reserved !== expected || booked !== expected) {
      const found = `${reserved} seats are reserved and ${booked} booked`;
      throw new Error(`${found} after a restart; ${expected} of each were`);
    }
    await server.stop();
    return { ms: server.process.readyMs, cpuMs: server.process.readyCpuMs };
  } finally {
    server.abandon();
  }
}

/**
 * @param {Starts} starts
 * @param {Sizes} sizes
 */
function figuresOf({ sold, empty, echo }, sizes) {
  const seats = sizes['start-up-seats'].toLocaleString('en-US');
  const taken = sizes['start-up-taken'].toLocaleString('en-US');
  const house = `${seats} seats, ${taken} taken, ${sizes['seats-per-reservation']} a reservation`;
  /** @type {import('../report/figure.mjs').Aim} */
  const aim = { of: 'value', bound: 'atMost', value: READY_MS_MAX };
  return [
    readyFigure(`start-up, ${house}`, sold, echo, aim),
    cpuFigure(`start-up, ${house}`, sold, echo),
    readyFigure('start-up, nothing on disk', empty, echo),
    cpuFigure('start-up, nothing on disk', empty, echo),
  ];
}

/**
 * @param {string} scenario
 * @param {readonly Start[]} starts
 * @param {readonly Start[]} limit
 * @param {import('../report/figure.mjs').Aim} [aim]
 */
function readyFigure(scenario, starts, limit, aim) {
  return figure({
    scenario,
    measure: 'ready',
    unit: 'ms',
    holdfast: starts.map(({ ms }) => ms),
    limit: limit.map(({ ms }) => ms),
    ...(aim === undefined ? {} : { aim }),
  });
}

/**
 * @param {string} scenario
 * @param {readonly Start[]} starts
 * @param {readonly Start[]} limit
 */
function cpuFigure(scenario, starts, limit) {
  return figure({
    scenario,
    measure: 'CPU until ready',
    unit: 'ms',
    holdfast: starts.map(({ cpuMs }) => cpuMs),
    limit: limit.map(({ cpuMs }) => cpuMs),
  });
}
