/**
 * How long one waits at an ordinary hour: an open loop, at a quarter, half and three quarters of what each contender can do, which is found out first. The load
 * is Node's, since wrk knows no open loop; the echo's maximum is therefore the load's.
 */

import { firstAfter } from '../load/load.mjs';
import { runNodeLoad } from '../load/node-load.mjs';
import { figure } from '../report/figure.mjs';
import { summaryOf } from '../report/summary.mjs';
import { contendersOf, eventCountFor } from './http-scenario.mjs';

/** @typedef {import('../contenders/contender.mjs').Contender} Contender */
/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('../load/load.mjs').LoadReport} LoadReport */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */

const SHARES = [0.25, 0.5, 0.75];
/** The share whose 99th percentile has an aim: twice the echo's and one commit. */
const AIMED_SHARE = 0.5;
/** A durable commit of 64 rows on the machine that this was built on. */
const COMMIT_MS = 0.4;

/** @type {ReadonlyArray<{measure: string, unit: string, of: (report: LoadReport) => number}>} */
const MEASURES = [
  { measure: 'p99', unit: 'ms', of: ({ latencyMs }) => latencyMs.p99 },
  { measure: 'p50', unit: 'ms', of: ({ latencyMs }) => latencyMs.p50 },
  { measure: 'p99.9', unit: 'ms', of: ({ latencyMs }) => latencyMs.p999 },
  { measure: 'load', unit: 'requests/s', of: ({ requests, ms }) => (requests / ms) * 1000 },
];

/** @type {import('./scenario.mjs').Scenario} */
export const latency = {
  name: 'latency',
  measures:
    'Reservations in an open loop at 25, 50 and 75 % of each contender’s own maximum; latency from when a request was due (corrected for coordinated omission).',
  notMeasured: [
    'Waits under a millisecond in an open loop: the load’s clock ticks once in one, so requests come in small bursts.',
  ],
  async run(context) {
    process.stderr.write('latency\n');
    const contenders = contendersOf(context, true);
    const reports = contenders.map(() => /** @type {LoadReport[][]} */ ([]));
    for (let round = 0; round < context.sizes.rounds; round += 1) {
      const order = [...contenders.entries()];
      for (const [index, contender] of round % 2 === 0 ? order : order.toReversed()) {
        reports[index]?.push(await heatOf(contender, workload(context), context));
      }
    }
    const names = contenders.map(({ name }) => name);
    return {
      figures: SHARES.flatMap((_, share) => figuresOf(share, names, reports)),
      statuses: {},
    };
  },
};

/**
 * @param {Contender} contender
 * @param {Workload} work
 * @param {ScenarioContext} context
 * @returns {Promise<LoadReport[]>} one for each share
 */
async function heatOf(contender, work, { sizes }) {
  const standing = await contender.start(work);
  try {
    const { connections, 'latency-seconds': seconds } = sizes;
    const { url, requests, statuses } = standing;
    let first = 0;
    const run = async (/** @type {number | undefined} */ perSecond) => {
      const plan = { url, requests, first, connections, seconds };
      const loop = perSecond === undefined ? {} : { perSecond };
      const report = await runNodeLoad({
        ...plan,
        ...loop,
        ms: seconds * 1000,
        requestsMax: Number.MAX_SAFE_INTEGER,
      });
      first = firstAfter(plan, report);
      checkStatuses(report, statuses);
      return report;
    };
    await run(undefined);
    const { requests: most, ms } = await run(undefined);
    const maximum = (most / ms) * 1000;
    process.stderr.write(`  ${contender.name}: at most ${Math.round(maximum)}/s\n`);
    const reports = [];
    for (const share of SHARES) reports.push(await run(share * maximum));
    await standing.stop();
    return reports;
  } finally {
    standing.abandon();
  }
}

/** @param {LoadReport} report @param {readonly number[]} expected */
function checkStatuses({ statuses, socketErrors }, expected) {
  const unexpected = Object.keys(statuses ?? {}).filter(
    (status) => !expected.includes(Number(status)),
  );
  if (unexpected.length > 0 || socketErrors > 0) {
    throw new Error(
      `unexpected answers: ${JSON.stringify(statuses)}, ${socketErrors} socket errors`,
    );
  }
}

/**
 * @param {number} share index into SHARES
 * @param {readonly string[]} names of the contenders: Holdfast, its limit, its peers
 * @param {readonly LoadReport[][][]} reports by contender, round and share
 */
function figuresOf(share, names, reports) {
  const values = (/** @type {number} */ who, /** @type {(report: LoadReport) => number} */ of) =>
    (reports[who] ?? []).map((round) => {
      const report = round[share];
      return report === undefined ? Number.NaN : of(report);
    });
  const part = SHARES[share] ?? 0;
  return MEASURES.map(({ measure, unit, of }) => {
    const limit = values(1, of);
    const isAimed = part === AIMED_SHARE && measure === 'p99';
    return figure({
      scenario: `latency at ${part * 100} % of the maximum`,
      measure,
      unit,
      holdfast: values(0, of),
      limit,
      ...(isAimed ? { aim: aimOf(limit) } : {}),
      peers: names.slice(2).map((name, index) => ({ name, values: values(index + 2, of) })),
    });
  });
}

/** @param {readonly number[]} limit @returns {import('../report/figure.mjs').Aim} */
function aimOf(limit) {
  return { of: 'value', bound: 'atMost', value: 2 * summaryOf(limit).median + COMMIT_MS };
}

/** @param {ScenarioContext} context @returns {Workload} */
function workload({ sizes }) {
  const seatsPerEvent = Math.max(...sizes.seats);
  const runs = SHARES.length + 2;
  return {
    name: 'latency',
    requests: {
      path: '/v1/events/{event}/reservations',
      body: '{"userId":"buyer-{user}","seatIds":[{seats}]}',
      eventPrefix: 'bench-',
      eventCount: eventCountFor(
        { ...sizes, seconds: runs * sizes['latency-seconds'], 'warm-up-seconds': 0 },
        seatsPerEvent,
      ),
      seatsPerEvent,
      seatsPerRequest: 1,
      users: sizes.users,
    },
    statuses: [201],
  };
}
