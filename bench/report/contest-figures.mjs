/** What a contest says: throughput first, then what it cost and how long it took. */
import { figure } from './figure.mjs';

/** @typedef {import('../contest.mjs').Heat} Heat */
/** @typedef {import('./figure.mjs').Figure} Figure */

/** @type {ReadonlyArray<{measure: string, unit: string, of: (heat: Heat) => number}>} */
const MEASURES = [
  { measure: 'CPU of the server', unit: 'µs/request', of: (heat) => heat.cpuMicros },
  { measure: 'CPU of the load', unit: 'µs/request', of: (heat) => heat.loadCpuMicros },
  { measure: 'latency p50', unit: 'ms', of: (heat) => heat.latencyMs.p50 },
  { measure: 'latency p99', unit: 'ms', of: (heat) => heat.latencyMs.p99 },
  { measure: 'latency p99.9', unit: 'ms', of: (heat) => heat.latencyMs.p999 },
];

/**
 * @param {string} scenario
 * @param {{subject: readonly Heat[], limit: readonly Heat[]}} heats
 * @param {number} [ratioMin] of the throughput to the limit's, to be reached
 * @returns {Figure[]}
 */
export function contestFigures(scenario, heats, ratioMin) {
  const both = (/** @type {(heat: Heat) => number} */ of) => ({
    holdfast: heats.subject.map(of),
    limit: heats.limit.map(of),
  });
  const throughput = figure({
    scenario,
    measure: 'throughput',
    unit: 'requests/s',
    ...both((heat) => heat.requestsPerSecond),
    ...(ratioMin === undefined ? {} : { aim: { of: 'ratio', bound: 'atLeast', value: ratioMin } }),
  });
  return [
    throughput,
    ...MEASURES.map(({ measure, unit, of }) => figure({ scenario, measure, unit, ...both(of) })),
  ];
}
