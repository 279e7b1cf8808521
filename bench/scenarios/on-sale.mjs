/** The whole drama: a house goes on sale, a crowd twice its size comes at once, most let their holds lapse, and it sells out. Nothing is sold twice, nothing is left behind. */
import { fileURLToPath } from 'node:url';
import { runLoadProcess } from '../load/node-load.mjs';
import { besideFigures } from '../report/beside-figures.mjs';
import { contendersOf } from './http-scenario.mjs';

/** @typedef {import('../contenders/contender.mjs').Contender} Contender */
/** @typedef {import('../load/on-sale-crowd.mjs').OnSaleReport} OnSaleReport */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */
/** @typedef {OnSaleReport & {cpuMs: number}} Heat */

const CROWD = fileURLToPath(new URL('../load/on-sale-crowd.mjs', import.meta.url));
const PARTY_SEATS = 2;
const HOLD_SECONDS = 1;
const SALE_MS_MAX = 300_000;
/** Less than any of the servers waits: uWebSockets.js closes a connection after ten seconds. */
const IDLE_MS = 4_000;
/** A sale takes its time: the slower of two kinds is left out. */
const LEFT_OUT = ['Fastify + PostgreSQL, FOR UPDATE', 'uWS + Redis', 'uWS echo'];

/** @type {ReadonlyArray<{measure: string, unit: string, of: (heat: Heat) => number}>} */
const MEASURES = [
  { measure: 'time to sold out', unit: 's', of: ({ ms }) => ms / 1000 },
  {
    measure: 'requests in the burst',
    unit: 'requests/s',
    of: ({ burstRequests, burstMs }) => (burstRequests / burstMs) * 1000,
  },
  { measure: 'latency p99', unit: 'ms', of: ({ p99Ms }) => p99Ms },
  {
    measure: 'CPU of the server',
    unit: 'µs/request',
    of: ({ cpuMs, requests }) => (cpuMs / requests) * 1000,
  },
  { measure: 'sold twice', unit: 'parties', of: ({ oversales }) => oversales },
];

/** @type {import('./scenario.mjs').Scenario} */
export const onSale = {
  name: 'on-sale',
  measures: `An on-sale: all buyers come at once, each for ${PARTY_SEATS} seats; most hold theirs for ${HOLD_SECONDS} s and leave. Until every seat is sold; a seat sold twice, or held by nobody in the end, fails the bench.`,
  notMeasured: [
    `On-sales of the peers ${LEFT_OUT.slice(0, 2).join(' and ')}.`,
    'A shorter end of an on-sale than its holds allow: the last seats change hands once a hold time.',
  ],
  async run(context) {
    const { sizes } = context;
    const scenario = `on-sale, ${sizes['sale-seats'].toLocaleString('en-US')} seats, ${sizes['sale-buyers'].toLocaleString('en-US')} buyers`;
    process.stderr.write(`${scenario}\n`);
    const contenders = contendersOf(context, true).filter(({ name }) => !LEFT_OUT.includes(name));
    const heats = contenders.map(() => /** @type {Heat[]} */ ([]));
    for (let round = 0; round < sizes.rounds; round += 1) {
      const order = [...contenders.entries()];
      for (const [index, contender] of round % 2 === 0 ? order : order.toReversed()) {
        const heat = await heatOf(contender, context);
        process.stderr.write(`  ${contender.name}: sold out in ${(heat.ms / 1000).toFixed(1)} s\n`);
        heats[index]?.push(heat);
      }
    }
    const figures = besideFigures(scenario, MEASURES, contenders, heats);
    return { figures, statuses: {} };
  },
};

/** @param {Contender} contender @param {ScenarioContext} context @returns {Promise<Heat>} */
async function heatOf(contender, { sizes }) {
  const seats = sizes['sale-seats'];
  const buyers = sizes['sale-buyers'];
  const requests = {
    path: '',
    body: '',
    eventPrefix: 'bench-',
    eventCount: 1,
    seatsPerEvent: seats,
    seatsPerRequest: PARTY_SEATS,
    users: buyers,
  };
  const standing = await contender.start({
    name: 'on-sale',
    requests,
    statuses: [200, 201, 409],
    holdSeconds: HOLD_SECONDS,
  });
  try {
    const cpuMsBefore = standing.cpuMs();
    /** @type {OnSaleReport} */
    const report = await runLoadProcess(CROWD, {
      url: standing.url,
      eventId: 'bench-0',
      seats,
      partySeats: PARTY_SEATS,
      buyers,
      abandonPercent: sizes['sale-abandon-percent'],
      holdSeconds: HOLD_SECONDS,
      connections: sizes.connections,
      idleMs: IDLE_MS,
      msMax: SALE_MS_MAX,
    });
    const cpuMs = standing.cpuMs() - cpuMsBefore;
    const parties = Math.floor(seats / PARTY_SEATS);
    const taken = await standing.taken();
    const isSound =
      report.soldParties === parties && report.oversales === 0 && taken === parties * PARTY_SEATS;
    if (!isSound || Object.keys(report.unexpected).length > 0) {
      throw new Error(
        `${contender.name}: ${parties} parties of seats, ${taken} seats taken; ${JSON.stringify(report)}`,
      );
    }
    await standing.stop();
    return { ...report, cpuMs };
  } finally {
    standing.abandon();
  }
}
