/** What a seat weighs: of an event nobody has touched, and held. Each round is a new server. */
import { fileURLToPath } from 'node:url';
import { HoldfastServer } from '../processes/holdfast-server.mjs';
import { figure } from '../report/figure.mjs';
import { fill } from './fill.mjs';

/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */

/**
 * @typedef {object} Weight bytes
 * @property {number} resident
 * @property {number} anonymous resident and no file's
 * @property {number} heap of all threads: objects and array buffers in use, after their garbage is collected
 */

/** @typedef {{empty: Weight, atRest: Weight, held: Weight}} Weights */

const PROBE = fileURLToPath(new URL('../processes/memory-probe.mjs', import.meta.url));
const MEGABYTE = 2 ** 20;
/** Resident, without the store's mapped file. */
const REST_BYTES_MAX = 100;
const HELD_BYTES_MAX = 1_500;

/** @type {ReadonlyArray<{of: keyof Weight, name: string}>} */
const KINDS = [
  { of: 'resident', name: 'resident' },
  { of: 'anonymous', name: 'resident, no file’s' },
  { of: 'heap', name: 'heap and buffers in use' },
];

/** @type {import('./scenario.mjs').Scenario} */
export const memory = {
  name: 'memory',
  measures:
    'Memory of a server with one large event, above that of the same server without it; then with seats held.',
  notMeasured: ['Memory under load: garbage is collected before every reading.'],
  async run(context) {
    const { sizes } = context;
    process.stderr.write('memory\n');
    /** @type {Weights[]} */
    const rounds = [];
    for (let round = 0; round < sizes.rounds; round += 1) rounds.push(await weigh(context));
    return { figures: figuresOf(rounds, sizes), statuses: {} };
  },
};

/** @param {ScenarioContext} context @returns {Promise<Weights>} */
async function weigh({ sizes, server: script, dataRoot }) {
  const { 'memory-seats': totalSeats, 'memory-holds': holds } = sizes;
  const nodeArgs = ['--expose-gc', '--import', PROBE];
  const server = await HoldfastServer.start({ script, dataRoot, nodeArgs, hasChannel: true });
  try {
    const empty = await weightOf(server);
    await server.createEvent({ id: 'bench-0', totalSeats });
    const atRest = await weightOf(server);
    await fill(server, {
      eventPrefix: 'bench-',
      eventSeats: totalSeats,
      seatsPerReservation: 1,
      reservations: holds,
    });
    const held = await weightOf(server);
    await server.stop();
    return { empty, atRest, held };
  } finally {
    server.abandon();
  }
}

/** @param {HoldfastServer} server @returns {Promise<Weight>} */
async function weightOf(server) {
  const { heapBytes } = await server.process.ask('weigh');
  return { ...server.process.memoryBytes(), heap: heapBytes };
}

/**
 * @param {readonly Weights[]} rounds
 * @param {import('../options.mjs').Sizes} sizes
 */
function figuresOf(rounds, { 'memory-seats': seats, 'memory-holds': holds }) {
  const scenario = `memory, ${seats.toLocaleString('en-US')} seats, then ${holds.toLocaleString('en-US')} held`;
  return KINDS.flatMap(({ of, name }) => [
    figure({
      scenario,
      measure: `a seat at rest, ${name}`,
      unit: 'bytes',
      holdfast: rounds.map(({ empty, atRest }) => (atRest[of] - empty[of]) / seats),
      ...aimed(of, REST_BYTES_MAX),
    }),
    figure({
      scenario,
      measure: `a seat held, ${name}`,
      unit: 'bytes',
      holdfast: rounds.map(({ atRest, held }) => (held[of] - atRest[of]) / holds),
      ...aimed(of, HELD_BYTES_MAX),
    }),
    figure({
      scenario,
      measure: `in all, ${name}; limit: empty server`,
      unit: 'MiB',
      holdfast: rounds.map(({ held }) => held[of] / MEGABYTE),
      limit: rounds.map(({ empty }) => empty[of] / MEGABYTE),
    }),
  ]);
}

/** @param {keyof Weight} of @param {number} most @returns {{aim?: import('../report/figure.mjs').Aim}} */
function aimed(of, most) {
  return of === 'anonymous' ? { aim: { of: 'value', bound: 'atMost', value: most } } : {};
}
