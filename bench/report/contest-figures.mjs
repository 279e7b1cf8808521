/** What a contest says: throughput first, then what it cost and how long it took. */
import { figure } from './figure.mjs';

/** @typedef {import('../contest.mjs').Heat} Heat */
/** @typedef {import('./figure.mjs').Aim} Aim */
/** @typedef {import('./figure.mjs').Figure} Figure */

/**
 * @typedef {object} ThroughputAims what Holdfast's throughput is to be of another's, at least
 * @property {number} [limit]
 * @property {Readonly<Record<string, number>>} [peers] by name
 */

/** @typedef {{name: string, heats: readonly Heat[]}} PeerHeats */

/** @type {ReadonlyArray<{measure: string, unit: string, of: (heat: Heat) => number}>} */
const MEASURES = [
  { measure: 'throughput', unit: 'requests/s', of: (heat) => heat.requestsPerSecond },
  { measure: 'CPU of the server', unit: 'µs/request', of: (heat) => heat.cpuMicros },
  { measure: 'CPU of the load', unit: 'µs/request', of: (heat) => heat.loadCpuMicros },
  { measure: 'latency p50', unit: 'ms', of: (heat) => heat.latencyMs.p50 },
  { measure: 'latency p99', unit: 'ms', of: (heat) => heat.latencyMs.p99 },
  { measure: 'latency p99.9', unit: 'ms', of: (heat) => heat.latencyMs.p999 },
];

/**
 * @param {string} scenario
 * @param {{subject: readonly Heat[], limit: readonly Heat[], peers?: readonly PeerHeats[]}} heats
 * @param {ThroughputAims} aims
 * @returns {Figure[]}
 */
export function contestFigures(scenario, { subject, limit, peers = [] }, aims) {
  return MEASURES.map(({ measure, unit, of }) => {
    const isThroughput = measure === 'throughput';
    return figure({
      scenario,
      measure,
      unit,
      holdfast: subject.map(of),
      limit: limit.map(of),
      peers: peers.map(({ name, heats }) => {
        const atLeast = isThroughput ? aims.peers?.[name] : undefined;
        return { name, values: heats.map(of), ...aimed(atLeast) };
      }),
      ...aimed(isThroughput ? aims.limit : undefined),
    });
  });
}

/** @param {number | undefined} ratioMin @returns {{aim?: Aim}} */
function aimed(ratioMin) {
  return ratioMin === undefined ? {} : { aim: { of: 'ratio', bound: 'atLeast', value: ratioMin } };
}
