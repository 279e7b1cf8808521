/** A run of the benches, from the words of its command line (see README.md) to its report on stdout. */
import { existsSync } from 'node:fs';
import { availablePeers } from './contenders/available-peers.mjs';
import { chosenGenerator, WRK_COMMAND } from './load/load.mjs';
import { readOptions, USAGE } from './options.mjs';
import { thisMachine } from './report/machine.mjs';
import { reportOf } from './report/report.mjs';
import { saveResults } from './report/results-dir.mjs';
import { SCENARIOS } from './scenarios/all.mjs';

/** @typedef {import('./options.mjs').BenchOptions} BenchOptions */
/** @typedef {import('./report/report.mjs').Results} Results */

const EXIT_MISUSE = 2;

const NOT_MEASURED = [
  'Clients elsewhere: load and server share the cores, so throughput depends on what the load takes, and the network is loopback.',
  'Equal answers: an echo’s answer is as long as its request, Holdfast’s is several times that, with a head of its own.',
  'Latency at less than full load: every connection sends its next request as soon as the last is answered.',
  'What the peers do not do: they keep no record of a reservation beside its seats, no history, no idempotency keys, no feed.',
  'More shards than the machine’s cores ask for, several processes of a peer, hours of running.',
];

/**
 * Ends the process with 1 where a bench failed, never for a figure, however bad; with 2 where the words make no sense. What was measured before a failure is kept.
 *
 * @param {readonly string[]} args
 */
export async function runBenches(args) {
  // Servers and data directories are seen to at the process's end, so it must be an end in order.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.on(signal, () => process.exit(1));
  }
  const results = await run(optionsOrExit(args)).catch(fail);
  process.stdout.write(reportOf(results));
}

/** @param {readonly string[]} args */
function optionsOrExit(args) {
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

/** @param {BenchOptions} options @returns {Promise<Results[]>} one a scenario */
async function run(options) {
  const { scenarios: wanted, sizes, tiny, server, dataRoot } = options;
  if (process.platform !== 'linux') throw new Error('the benches read /proc: they need Linux');
  if (!existsSync(server)) throw new Error(`${server} is not there: npm run build`);
  const generator = generatorOf(options);
  const { peers, hasErlang, leftOut } = availablePeers(options.peers);
  /** @type {Results[]} */
  const results = [];
  for (const scenario of SCENARIOS.filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name),
  )) {
    const run = {
      at: new Date().toISOString(),
      tiny,
      machine: thisMachine(dataRoot),
      generator,
      sizes,
    };
    const found = await scenario.run({ sizes, generator, server, dataRoot, peers, hasErlang });
    const { name, measures, notMeasured } = scenario;
    const result = {
      ...run,
      scenario: name,
      measures,
      ...found,
      notMeasured: [...leftOut, ...NOT_MEASURED, ...notMeasured],
    };
    results.push(result);
    if (options.results !== undefined)
      saveResults(
        options.results,
        result,
        SCENARIOS.map((each) => each.name),
      );
  }
  return results;
}

/** @param {BenchOptions} options */
function generatorOf({ generator: wish }) {
  const generator = chosenGenerator(wish);
  if (generator === 'node' && wish === 'auto') {
    process.stderr.write(
      `wrk is not installed, so Node makes the load, which takes more of the CPU: ${WRK_COMMAND}\n`,
    );
  }
  return generator;
}
