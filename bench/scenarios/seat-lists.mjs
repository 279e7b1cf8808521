/**
 * Reading a house: the seat list as JSON and the map of 2 bits a seat, in full and unchanged (304), beside a bare server that has the same bytes ready. And how long
 * the first one takes, when nothing is ready.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constant } from '../contenders/constant.mjs';
import { holdfast } from '../contenders/holdfast.mjs';
import { contest } from '../contest.mjs';
import { freshDataDir, HoldfastServer, removeDir } from '../processes/holdfast-server.mjs';
import { contestFigures } from '../report/contest-figures.mjs';
import { figure } from '../report/figure.mjs';
import { contestOptions } from './http-scenario.mjs';

/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */
/** @typedef {{name: string, type: string, seatsMax: number, ratioMin?: number}} Form */

const PATH = '/v1/events/bench-0/seats';
/** Each holds an answer of many megabytes at most: more would measure the machine's memory. */
const CONNECTIONS = 16;

/** @type {readonly Form[]} a JSON list of a million seats is asked for once, not in a load: it is 100 MB */
const FORMS = [
  { name: 'JSON', type: 'application/json', seatsMax: 100_000 },
  { name: 'map', type: 'application/vnd.holdfast.seatmap', seatsMax: 1_000_000, ratioMin: 0.8 },
];

/** @type {import('./scenario.mjs').Scenario} */
export const seatLists = {
  name: 'seat-lists',
  measures:
    'Seat lists and seat maps of one event: the first, then the same again and again, then asked for with If-None-Match.',
  notMeasured: [
    'Seat lists while seats are being sold: every change makes a new one.',
    'Compressed answers: Holdfast leaves that to a proxy.',
  ],
  async run(context) {
    const figures = [];
    for (const seats of context.sizes['list-seats']) {
      for (const form of FORMS) figures.push(...(await measured(context, seats, form)));
    }
    return { figures, statuses: {} };
  },
};

/** @param {ScenarioContext} context @param {number} seats @param {Form} form */
async function measured(context, seats, form) {
  const scenario = `seat-lists, ${form.name}, ${seats.toLocaleString('en-US')} seats`;
  process.stderr.write(`${scenario}\n`);
  const dir = freshDataDir(context.dataRoot);
  try {
    const firsts = [];
    for (let round = 0; round < context.sizes.rounds; round += 1) {
      firsts.push(await firstAnswer(context, seats, form));
    }
    const [sample] = firsts;
    if (sample === undefined) return [];
    const file = join(dir, 'answer');
    writeFileSync(file, sample.bytes);
    const first = figure({
      scenario,
      measure: `first answer, ${sample.bytes.length.toLocaleString('en-US')} bytes`,
      unit: 'ms',
      holdfast: firsts.map(({ ms }) => ms),
    });
    if (seats > form.seatsMax) return [first];
    const wish = { seats, form, file };
    return [
      first,
      ...(await loaded(context, { ...wish, status: 200, scenario })),
      ...(await loaded(context, { ...wish, status: 304, scenario: `${scenario}, unchanged` })),
    ];
  } finally {
    removeDir(dir);
  }
}

/**
 * @param {ScenarioContext} context
 * @param {{seats: number, form: Form, file: string, status: 200 | 304, scenario: string}} wish
 */
async function loaded(context, { seats, form, file, status, scenario }) {
  const { server, dataRoot } = context;
  const workload = {
    name: scenario,
    requests: {
      path: PATH,
      body: '',
      eventPrefix: 'bench-',
      eventCount: 1,
      seatsPerEvent: seats,
      seatsPerRequest: 1,
      users: 1,
      getHeaders: `Accept: ${form.type}\r\n`,
    },
    statuses: [status],
  };
  const subject = asking(holdfast({ script: server, dataRoot }), form, status);
  const limit = constant({ file, type: form.type, status });
  const options = { ...contestOptions(context), connections: CONNECTIONS };
  const [own = [], bound = []] = await contest([subject, limit], workload, options);
  const isAimed = form.ratioMin !== undefined && seats === form.seatsMax && status === 200;
  const aims = isAimed ? { limit: form.ratioMin } : {};
  return contestFigures(scenario, { subject: own, limit: bound }, aims);
}

/**
 * Holdfast, asked with the tag that its list has, where that is to be unchanged; seen to answer as it should before the load begins.
 *
 * @param {import('../contenders/contender.mjs').Contender} contender
 * @param {Form} form
 * @param {200 | 304} status
 * @returns {import('../contenders/contender.mjs').Contender}
 */
function asking({ name, start }, { type }, status) {
  return {
    name,
    async start(workload) {
      const standing = await start(workload);
      const url = `${standing.url}${PATH}`;
      const tag = (await fetch(url, { headers: { Accept: type } })).headers.get('etag') ?? '';
      const condition = status === 304 ? { 'If-None-Match': tag } : {};
      const response = await fetch(url, { headers: { Accept: type, ...condition } });
      if (response.status !== status) {
        standing.abandon();
        throw new Error(`${PATH} gave ${response.status}, not ${status}`);
      }
      const lines = Object.entries(condition).map(([header, value]) => `${header}: ${value}\r\n`);
      const getHeaders = `Accept: ${type}\r\n${lines.join('')}`;
      return { ...standing, requests: { ...standing.requests, getHeaders } };
    },
  };
}

/** Of a server that has not been asked before. @param {ScenarioContext} context @param {number} seats @param {Form} form */
async function firstAnswer({ server: script, dataRoot }, seats, { type }) {
  const server = await HoldfastServer.start({ script, dataRoot });
  try {
    await server.createEvent({ id: 'bench-0', totalSeats: seats });
    const startedAt = performance.now();
    const response = await fetch(`${server.process.url}${PATH}`, { headers: { Accept: type } });
    const bytes = Buffer.from(await response.arrayBuffer());
    const ms = performance.now() - startedAt;
    if (response.status !== 200) throw new Error(`${PATH} gave ${response.status}`);
    await server.stop();
    return { ms, bytes };
  } finally {
    server.abandon();
  }
}
