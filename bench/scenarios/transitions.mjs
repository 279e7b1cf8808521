/**
 * Seats alone, without disk or network: how many transitions a second one thread makes, and what a seat weighs. Holdfast's seats and its whole shard, beside
 * an XState actor a seat and an Erlang process a seat.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshDataDir, removeDir } from '../processes/holdfast-server.mjs';
import { besideFigures } from '../report/beside-figures.mjs';
import { seatOperations, writeOperations } from '../transitions/seat-operations.mjs';

/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */
/** @typedef {import('../transitions/run-subject.mjs').SubjectReport} SubjectReport */

/**
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} file
 * @property {number} [seatsMax] more take too long, or too much memory
 */

const HOLDFAST = { name: 'Holdfast', file: 'holdfast-seats.mjs' };
const XSTATE = { name: 'an XState actor a seat', file: 'xstate-seats.mjs', seatsMax: 100_000 };
const SHARD = { name: 'Holdfast’s whole shard', file: 'holdfast-shard.mjs' };
const ERLANG = { name: 'Erlang, a gen_statem a seat', file: '../peers/gen-statem-seats.escript' };

const HEAP_MEGABYTES = 8_192;
const MEASURES = [
  { measure: 'transitions', unit: 'operations/s', of: perSecond },
  {
    measure: 'a seat at rest',
    unit: 'bytes',
    of: (/** @type {SubjectReport} */ { restBytes }) => restBytes,
  },
  {
    measure: 'and held',
    unit: 'bytes',
    of: (/** @type {SubjectReport} */ { heldBytes }) => heldBytes,
  },
];

/** @type {import('./scenario.mjs').Scenario} */
export const transitions = {
  name: 'transitions',
  measures:
    'Seats in memory alone, one thread, two operations in five refused: operations a second, and bytes a seat.',
  notMeasured: [
    `A plain XState actor a seat beyond ${XSTATE.seatsMax.toLocaleString('en-US')} seats, and Erlang on several schedulers.`,
    'What a seat held weighs beside its actor: see the whole shard, and the memory scenario.',
  ],
  async run(context) {
    /** @type {import('../report/figure.mjs').Figure[]} */
    const figures = [];
    for (const seats of context.sizes['transition-seats']) {
      figures.push(...(await measured(context, seats)));
    }
    return { figures, statuses: {} };
  },
};

/** @param {ScenarioContext} context @param {number} seats */
async function measured({ sizes, dataRoot, hasErlang }, seats) {
  const scenario = `transitions, ${seats.toLocaleString('en-US')} seats`;
  process.stderr.write(`${scenario}\n`);
  const dir = freshDataDir(dataRoot);
  try {
    const { operations, accepted } = seatOperations(seats, sizes['transition-operations']);
    const file = join(dir, 'operations');
    writeOperations(file, operations);
    const subjects = [HOLDFAST, SHARD, XSTATE, ...(hasErlang ? [ERLANG] : [])].filter(
      ({ seatsMax = Number.POSITIVE_INFINITY }) => seats <= seatsMax,
    );
    const reports = subjects.map(() => /** @type {SubjectReport[]} */ ([]));
    for (let round = 0; round < sizes.rounds; round += 1) {
      for (const [index, subject] of [...subjects.entries()]) {
        const report = await reportOf(subject, [
          seats,
          file,
          operations.length,
          Math.ceil(seats / 2),
        ]);
        if (report.accepted !== accepted) {
          throw new Error(`${subject.name} accepted ${report.accepted} of ${accepted} operations`);
        }
        process.stderr.write(`  ${subject.name}: ${Math.round(perSecond(report))}/s\n`);
        reports[index]?.push(report);
      }
    }
    return besideFigures(scenario, MEASURES, subjects, reports);
  } finally {
    removeDir(dir);
  }
}

/**
 * @param {Subject} subject
 * @param {readonly (string | number)[]} args
 * @returns {Promise<SubjectReport>}
 */
async function reportOf({ name, file }, args) {
  const path = fileURLToPath(new URL(`../transitions/${file}`, import.meta.url));
  const run = fileURLToPath(new URL('../transitions/run-subject.mjs', import.meta.url));
  const node = [
    process.execPath,
    '--expose-gc',
    `--max-old-space-size=${HEAP_MEGABYTES}`,
    run,
    path,
  ];
  const [command = '', ...before] = file.endsWith('.escript') ? ['escript', path] : node;
  const child = spawn(command, [...before, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${output}`);
  return JSON.parse(output);
}

/** @param {SubjectReport} report */
function perSecond({ operations, ms }) {
  return (operations / ms) * 1000;
}
