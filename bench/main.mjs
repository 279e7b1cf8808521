/** The benches' command line (see README.md). Ends with 1 where a bench failed: never for a figure, however bad. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chosenGenerator, WRK_COMMAND } from './load/load.mjs';
import { readOptions, USAGE } from './options.mjs';
import { thisMachine } from './report/machine.mjs';
import { reportOf } from './report/report.mjs';
import { confirm } from './scenarios/confirm.mjs';
import { conflict } from './scenarios/conflict.mjs';
import { feed } from './scenarios/feed.mjs';
import { feedReconnect } from './scenarios/feed-reconnect.mjs';
import { feedStalled } from './scenarios/feed-stalled.mjs';
import { memory } from './scenarios/memory.mjs';
import { reserve } from './scenarios/reserve.mjs';
import { startUp } from './scenarios/start-up.mjs';

/** @typedef {import('./options.mjs').BenchOptions} BenchOptions */
/** @typedef {import('./report/report.mjs').Results} Results */
/** @typedef {import('./scenarios/scenario.mjs').Scenario} Scenario */

const EXIT_MISUSE = 2;

/** @type {readonly Scenario[]} */
const SCENARIOS = [reserve, conflict, confirm, memory, startUp, feed, feedStalled, feedReconnect];

const NOT_MEASURED = [
  'Clients elsewhere: load and server share the cores, so throughput depends on what the load takes, and the network is loopback.',
  'Equal answers: an echo’s answer is as long as its request, Holdfast’s is several times that, with a head of its own.',
  'Latency at less than full load: every connection sends its next request as soon as the last is answered.',
  'Other servers, more shards than the machine’s cores ask for, hours of running.',
];

// Servers and data directories are seen to at the process's end, so it must be an end in order.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => process.exit(1));
}

const options = optionsOrExit();
const results = await run(options).catch(fail);
const report = reportOf(results);
process.stdout.write(report);
if (options.results !== undefined) save(options.results, results, report);

function optionsOrExit() {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  try {
    const read = readOptions(args);
    const unknown = read.scenarios.find((name) => SCENARIOS.every((each) => each.name !== name));
    if (unknown === undefined) return read;
    const names = SCENARIOS.map(({ name }) => name).join(', ');
    throw new Error(`there is no scenario ${unknown}; there are ${names}`);
  } catch (cause) {
    process.stderr.write(`bench: ${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`);
    process.exit(EXIT_MISUSE);
  }
}

/**
 * @param {unknown} cause
 * @returns {never}
 */
function fail(cause) {
  process.stderr.write(`bench: ${cause instanceof Error ? cause.stack : cause}\n`);
  process.exit(1);
}

/** @param {BenchOptions} options @returns {Promise<Results>} */
async function run({ scenarios: wanted, sizes, tiny, generator: wish, server, dataRoot }) {
  if (process.platform !== 'linux') throw new Error('the benches read /proc: they need Linux');
  if (!existsSync(server)) throw new Error(`${server} is not there: npm run build`);
  const generator = chosenGenerator(wish);
  if (generator === 'node' && wish === 'auto') {
    process.stderr.write(
      `wrk is not installed, so Node makes the load, which takes more of the CPU: ${WRK_COMMAND}\n`,
    );
  }
  const at = new Date().toISOString();
  const machine = thisMachine(dataRoot);
  const scenarios = SCENARIOS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  /** @type {Results} */
  const results = {
    at,
    tiny,
    machine,
    generator,
    sizes,
    scenarios: scenarios.map(({ name, measures }) => ({ name, measures })),
    figures: [],
    statuses: {},
    notMeasured: [...NOT_MEASURED, ...scenarios.flatMap(({ notMeasured }) => notMeasured)],
  };
  for (const scenario of scenarios) {
    const { figures, statuses } = await scenario.run({ sizes, generator, server, dataRoot });
    results.figures = [...results.figures, ...figures];
    Object.assign(results.statuses, statuses);
  }
  return results;
}

/**
 * `all.json` and `all.md`, or by the names of the scenarios.
 *
 * @param {string} dir
 * @param {Results} results
 * @param {string} text
 */
function save(dir, results, text) {
  const names = results.scenarios.map(({ name }) => name);
  const name = names.length === SCENARIOS.length ? 'all' : names.join('-');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(dir, `${name}.md`), text);
}
