/**
 * One load on one server: so many connections, each sending its next request when the last is answered (a closed loop), for
 * some seconds or for a number of requests. Runs in a process of its own. Two generators make the same requests: wrk, which
 * takes little of the CPU that the server needs, and one in Node for where wrk is not installed, and for exact numbers.
 */
import { spawnSync } from 'node:child_process';
import { runNodeLoad } from './node-load.mjs';
import { runWrkLoad } from './wrk-load.mjs';

/** @typedef {import('./request-sequence.mjs').Requests} Requests */

/** @typedef {'wrk' | 'node'} GeneratorName */

/**
 * @typedef {object} LoadPlan
 * @property {string} url of the server
 * @property {Requests} requests
 * @property {number} first number of the first request
 * @property {number} connections
 * @property {number} seconds
 */

/**
 * @typedef {object} Latencies milliseconds, from a request's sending to its answer, as seen by the load
 * @property {number} p50
 * @property {number} p90
 * @property {number} p99
 * @property {number} p999
 * @property {number} max
 */

/**
 * @typedef {object} LoadReport
 * @property {number} requests that were answered
 * @property {number} ms
 * @property {number} refused answers of status 400 and above
 * @property {number} socketErrors
 * @property {Record<string, number> | null} statuses answers by status; null: the load did not look
 * @property {Latencies} latencyMs
 * @property {number} cpuMs what the load itself took
 */

/** What installs wrk where Debian's packages are. */
export const WRK_COMMAND = 'apt-get install -y --no-install-recommends wrk';

/**
 * @param {LoadPlan} plan
 * @param {GeneratorName} generator
 * @returns {Promise<LoadReport>}
 */
export function runLoad(plan, generator) {
  if (generator === 'wrk') return runWrkLoad(plan);
  return runNodeLoad({ ...plan, ms: plan.seconds * 1000, requestsMax: Number.MAX_SAFE_INTEGER });
}

/** A number after that of every request that the load can have sent. @param {LoadPlan} plan @param {LoadReport} report */
export function firstAfter(plan, report) {
  return plan.first + report.requests + plan.connections + 1;
}

/**
 * @param {GeneratorName | 'auto'} wanted
 * @returns {GeneratorName}
 */
export function chosenGenerator(wanted) {
  if (wanted === 'node') return 'node';
  const isThere = spawnSync('wrk', ['--version']).error === undefined;
  if (isThere) return 'wrk';
  if (wanted === 'wrk') throw new Error(`wrk is not installed: ${WRK_COMMAND}`);
  return 'node';
}
