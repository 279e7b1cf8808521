/** The doors open: as many clients as there are send their one request at the same moment, all for the same few seats. Each seat has exactly one winner. */
import { runNodeLoad } from '../load/node-load.mjs';
import { besideFigures } from '../report/beside-figures.mjs';
import { contendersOf } from './http-scenario.mjs';

/** @typedef {import('../contenders/contender.mjs').Contender} Contender */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */
/** @typedef {{rejectsPerSecond: number, p50: number, p99: number, cpuMicros: number}} Heat */

const SEATS = [1, 100];
const HERD_MS_MAX = 120_000;

/** @type {ReadonlyArray<{measure: string, unit: string, of: (heat: Heat) => number}>} */
const MEASURES = [
  { measure: 'refusals', unit: 'requests/s', of: ({ rejectsPerSecond }) => rejectsPerSecond },
  { measure: 'CPU of the server', unit: 'µs/request', of: ({ cpuMicros }) => cpuMicros },
  { measure: 'latency p50', unit: 'ms', of: ({ p50 }) => p50 },
  { measure: 'latency p99', unit: 'ms', of: ({ p99 }) => p99 },
];

/** @type {import('./scenario.mjs').Scenario} */
export const herd = {
  name: 'herd',
  measures:
    'A thundering herd: every client has a connection and sends one request at the same moment, all for one seat, or for one of a hundred. A bench in which a seat has not exactly one winner fails.',
  notMeasured: ['The opening of the herd’s connections.'],
  async run(context) {
    const figures = [];
    for (const seats of SEATS) figures.push(...(await measured(context, seats)));
    return { figures, statuses: {} };
  },
};

/** @param {ScenarioContext} context @param {number} seats */
async function measured(context, seats) {
  const clients = context.sizes['herd-clients'];
  const scenario = `herd, ${clients.toLocaleString('en-US')} clients on ${seats}`;
  process.stderr.write(`${scenario}\n`);
  // An echo refuses nobody: it is no limit to this.
  const contenders = contendersOf(context, true).filter((_, index) => index !== 1);
  const heats = contenders.map(() => /** @type {Heat[]} */ ([]));
  for (let round = 0; round < context.sizes.rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const heat = await heatOf(contender, { seats, clients });
      process.stderr.write(`  ${contender.name}: ${Math.round(heat.rejectsPerSecond)}/s\n`);
      heats[index]?.push(heat);
    }
  }
  return besideFigures(scenario, MEASURES, contenders, heats);
}

/**
 * @param {Contender} contender
 * @param {{seats: number, clients: number}} herd
 * @returns {Promise<Heat>}
 */
async function heatOf(contender, { seats, clients }) {
  const requests = {
    path: '/v1/events/{event}/reservations',
    body: '{"userId":"buyer-{user}","seatIds":[{seats}]}',
    eventPrefix: 'bench-',
    eventCount: 1,
    seatsPerEvent: seats,
    seatsPerRequest: 1,
    users: clients,
  };
  const standing = await contender.start({ name: 'herd', requests, statuses: [201, 409] });
  try {
    const cpuMsBefore = standing.cpuMs();
    const report = await runNodeLoad({
      url: standing.url,
      requests: standing.requests,
      first: 0,
      connections: clients,
      ms: HERD_MS_MAX,
      requestsMax: clients,
      gathers: true,
    });
    const cpuMs = standing.cpuMs() - cpuMsBefore;
    const { statuses, latencyMs, ms, refused, socketErrors } = report;
    const taken = await standing.taken();
    if (statuses?.['201'] !== seats || statuses?.['409'] !== clients - seats || taken !== seats) {
      throw new Error(
        `${contender.name}: ${seats} seats, answers ${JSON.stringify(statuses)}, ${taken} taken, ${socketErrors} socket errors`,
      );
    }
    await standing.stop();
    return {
      rejectsPerSecond: (refused / ms) * 1000,
      cpuMicros: (cpuMs / clients) * 1000,
      p50: latencyMs.p50,
      p99: latencyMs.p99,
    };
  } finally {
    standing.abandon();
  }
}
