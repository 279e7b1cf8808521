/** A load made by Node, in a process of its own (load-generator.mjs). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./load.mjs').LoadReport} LoadReport */
/** @typedef {import('./request-sequence.mjs').Requests} Requests */

/**
 * @typedef {object} NodeLoadPlan ends when either bound is reached and everything sent is answered, follow-ups too
 * @property {string} url
 * @property {Requests} requests
 * @property {number} first
 * @property {number} connections
 * @property {number} ms
 * @property {number} requestsMax follow-ups not counted
 * @property {number} [perSecond] an open loop: requests are due so often, whether or not others are answered, and wait for a free connection if need be;
 *   latency is from when they were due, so that a server which stalls is not spared those it kept waiting (Tene's "coordinated omission")
 * @property {boolean} [gathers] nothing is sent before every connection is open
 */

const GENERATOR = fileURLToPath(new URL('load-generator.mjs', import.meta.url));

/**
 * @param {NodeLoadPlan} plan
 * @returns {Promise<LoadReport>}
 */
export function runNodeLoad(plan) {
  return runLoadProcess(GENERATOR, plan);
}

/**
 * A script that takes its plan as its only argument and prints its report, both JSON.
 *
 * @param {string} script
 * @param {object} plan
 * @returns {Promise<any>}
 */
export async function runLoadProcess(script, plan) {
  const child = spawn(process.execPath, [script, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the load generator ended with ${code}`);
  return JSON.parse(output);
}
