/** What a run of the benches is: which scenarios, how large, how often. Two sets of sizes; each can be set by itself. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * @typedef {object} Sizes
 * @property {number} rounds
 * @property {number} connections
 * @property {number} seconds of load a heat
 * @property {number} warm-up-seconds before them
 * @property {number} users who take turns
 * @property {readonly number[]} seats of one event under load, one variant each
 * @property {number} latency-seconds of each open loop
 * @property {number} herd-clients who come at the same moment
 * @property {number} sale-seats of the event that sells out
 * @property {number} sale-buyers who come at once
 * @property {number} sale-abandon-percent of them who let their hold lapse
 * @property {readonly number[]} storm-seats all held until one deadline, one variant each
 * @property {number} storm-holds at most: of more seats several are one hold
 * @property {number} storm-others who ask for other seats meanwhile, a second
 * @property {readonly number[]} transition-seats of which transitions are measured, one variant each
 * @property {number} transition-operations done to them
 * @property {readonly number[]} list-seats of the events whose seat lists are asked for
 * @property {readonly number[]} growth-seats of one event, from few to many
 * @property {number} growth-events in place of one, of as many seats as the fewest
 * @property {number} memory-seats of the event whose memory is measured
 * @property {number} memory-holds then held in it, one seat each
 * @property {number} start-up-seats of the event that is recovered
 * @property {number} start-up-taken of these, half reserved and half booked
 * @property {number} seats-per-reservation of those taken
 * @property {readonly number[]} feed-viewers one variant each
 * @property {readonly number[]} feed-gather-ms coalescing, one variant each
 * @property {readonly number[]} feed-peers-gather-ms of these, the variants in which `ws` and Socket.IO take part
 * @property {number} feed-seats of the event that is watched
 * @property {number} feed-changes of seats, a second
 * @property {number} feed-seconds of a heat
 * @property {number} feed-stalled-viewers of the event of which some stall
 * @property {number} feed-stalled-changes of seats, a second
 * @property {number} feed-stall-seconds
 * @property {number} feed-reconnect-viewers
 * @property {number} feed-reconnect-seats of the event they come back to
 * @property {number} feed-missed-changes of seats, before they come back
 */

/**
 * @typedef {object} BenchOptions
 * @property {readonly string[]} scenarios none: all
 * @property {Sizes} sizes
 * @property {boolean} tiny
 * @property {'wrk' | 'node' | 'auto'} generator
 * @property {'auto' | 'all' | 'none'} peers
 * @property {string} server the built `main.js`
 * @property {string} dataRoot where data directories are made
 * @property {string | undefined} results where results are written; undefined: nowhere
 */

/** @type {Sizes} */
const FULL = {
  rounds: 5,
  connections: 256,
  seconds: 4,
  'warm-up-seconds': 1,
  users: 100_000,
  seats: [50_000],
  'latency-seconds': 2,
  'herd-clients': 10_000,
  'sale-seats': 50_000,
  'sale-buyers': 100_000,
  'sale-abandon-percent': 70,
  'storm-seats': [100_000, 1_000_000],
  'storm-holds': 1_000_000,
  'storm-others': 500,
  'transition-seats': [100_000, 1_000_000],
  'transition-operations': 500_000,
  'memory-seats': 1_000_000,
  'memory-holds': 200_000,
  'start-up-seats': 1_000_000,
  'start-up-taken': 1_000_000,
  'seats-per-reservation': 1,
  'list-seats': [50_000, 1_000_000],
  'growth-seats': [1_000, 10_000, 100_000, 1_000_000],
  'growth-events': 1_000,
  'feed-viewers': [1_000, 10_000],
  'feed-gather-ms': [0, 20, 50, 100],
  'feed-peers-gather-ms': [50],
  'feed-seats': 50_000,
  'feed-changes': 5_000,
  'feed-seconds': 2,
  'feed-stalled-viewers': 1_000,
  'feed-stalled-changes': 20_000,
  'feed-stall-seconds': 60,
  'feed-reconnect-viewers': 10_000,
  'feed-reconnect-seats': 100_000,
  'feed-missed-changes': 500,
};

/** Seconds for all: it shows that every bench still works, and says nothing of speed. @type {Sizes} */
const TINY = {
  rounds: 1,
  connections: 16,
  seconds: 1,
  'warm-up-seconds': 0,
  users: 1_000,
  seats: [5_000],
  'latency-seconds': 1,
  'herd-clients': 200,
  'sale-seats': 20,
  'sale-buyers': 200,
  'sale-abandon-percent': 20,
  'storm-seats': [2_000],
  'storm-holds': 1_000,
  'storm-others': 100,
  'transition-seats': [5_000],
  'transition-operations': 5_000,
  'memory-seats': 20_000,
  'memory-holds': 2_000,
  'start-up-seats': 20_000,
  'start-up-taken': 2_000,
  'seats-per-reservation': 1,
  'list-seats': [5_000],
  'growth-seats': [1_000, 10_000],
  'growth-events': 10,
  'feed-viewers': [20],
  'feed-gather-ms': [50],
  'feed-peers-gather-ms': [50],
  'feed-seats': 10_000,
  'feed-changes': 1_000,
  'feed-seconds': 1,
  'feed-stalled-viewers': 20,
  'feed-stalled-changes': 1_000,
  'feed-stall-seconds': 1,
  'feed-reconnect-viewers': 20,
  'feed-reconnect-seats': 10_000,
  'feed-missed-changes': 200,
};

/** A few minutes on a user's own machine, for `holdfast bench`. @type {Sizes} */
const SHORT = {
  ...FULL,
  rounds: 3,
  seconds: 2,
  'memory-seats': 200_000,
  'memory-holds': 20_000,
  'start-up-taken': 20_000,
};
const SHORT_SCENARIOS = ['reserve', 'conflict', 'confirm', 'groups', 'memory', 'start-up'];

export const USAGE = `npm run bench -- [scenario…] [options]

  --tiny                   the smallest form, in seconds
  --short                  a few minutes: some scenarios, in a small form, and no peers unless asked for
  --save                   keeps the results, as JSON, tables and charts, in bench/results, beside those of other scenarios
  --results DIR            and there instead
  --generator wrk|node     default: wrk where it is installed
  --server FILE            default: dist/main.js
  --peers auto|all|none    auto: those whose database is installed; all: fails where one is not
  --data-root DIR          a directory on the disk to be measured; default: ${tmpdir()}

and sizes, by default (with --tiny):
${Object.entries(FULL)
  .map(([name, size]) => `  --${name} ${size} (${TINY[/** @type {keyof Sizes} */ (name)]})`)
  .join('\n')}
`;

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {readonly string[]} args
 * @returns {BenchOptions}
 * @throws whatever is wrong, for people to read
 */
export function readOptions(args) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tiny: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      results: { type: 'string' },
      generator: { type: 'string', default: 'auto' },
      peers: { type: 'string' },
      server: { type: 'string', default: resolve(ROOT, 'dist/main.js') },
      'data-root': { type: 'string', default: tmpdir() },
      ...Object.fromEntries(
        Object.keys(FULL).map((name) => [name, { type: /** @type {const} */ ('string') }]),
      ),
    },
  });
  /** @type {Record<string, string | boolean | undefined>} */
  const given = values;
  const { tiny, short, save } = values;
  mkdirSync(String(given['data-root']), { recursive: true });
  return {
    scenarios: short && positionals.length === 0 ? SHORT_SCENARIOS : positionals,
    sizes: sizesOf(tiny ? TINY : short ? SHORT : FULL, given),
    tiny: tiny === true,
    generator: oneOf('generator', given.generator, /** @type {const} */ (['wrk', 'node', 'auto'])),
    peers: oneOf(
      'peers',
      given.peers ?? (short ? 'none' : 'auto'),
      /** @type {const} */ (['auto', 'all', 'none']),
    ),
    server: resolve(String(given.server)),
    dataRoot: resolve(String(given['data-root'])),
    results:
      save || given.results !== undefined
        ? resolve(String(given.results ?? resolve(ROOT, 'bench/results')))
        : undefined,
  };
}

/**
 * @param {Sizes} sizes
 * @param {Record<string, string | boolean | undefined>} given
 * @returns {Sizes}
 */
function sizesOf(sizes, given) {
  const set = Object.entries(sizes).map(([name, size]) => {
    const text = given[name];
    if (text === undefined) return [name, size];
    const numbers = String(text)
      .split(',')
      .map((each) => wholeNumber(name, each));
    return [name, Array.isArray(size) ? numbers : numbers[0]];
  });
  return Object.fromEntries(set);
}

const MAY_BE_ZERO = new Set(['warm-up-seconds', 'feed-gather-ms', 'feed-peers-gather-ms']);

/** @param {string} name @param {string} text */
function wholeNumber(name, text) {
  const least = MAY_BE_ZERO.has(name) ? 0 : 1;
  if (!/^\d{1,7}$/.test(text) || Number(text) < least) {
    throw new Error(`--${name} must be a whole number from ${least}, not ${text}`);
  }
  return Number(text);
}

/**
 * @template {string} T
 * @param {string} name
 * @param {unknown} text
 * @param {readonly T[]} choices
 * @returns {T}
 */
function oneOf(name, text, choices) {
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined)
    throw new Error(`--${name} must be ${choices.join(' or ')}, not ${text}`);
  return chosen;
}
