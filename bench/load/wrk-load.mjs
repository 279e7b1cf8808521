/** A load made by wrk (Debian's package; C and LuaJIT), one thread. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { blocksPerEvent, scatterStride } from './request-sequence.mjs';

/** @typedef {import('./load.mjs').LoadPlan} LoadPlan */
/** @typedef {import('./load.mjs').LoadReport} LoadReport */

const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));

/** `times` says what wrk has taken: its second line is the children's user and system time. */
const MEASURED = '"$@" || exit; times';

/**
 * @param {LoadPlan} plan
 * @returns {Promise<LoadReport>}
 */
export async function runWrkLoad(plan) {
  const { url, connections, seconds } = plan;
  const wrk = ['wrk', '--threads', '1', '--connections', String(connections)];
  const bounds = ['--duration', `${seconds}s`, '--timeout', '30s', '--script', SCRIPT];
  const child = spawn('sh', ['-c', MEASURED, 'sh', ...wrk, ...bounds, url, '--', ...args(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  const lines = output.trim().split('\n');
  const report = lines.find((line) => line.startsWith('{'));
  if (code !== 0 || report === undefined) throw new Error(`wrk ended with ${code}:\n${output}`);
  return { ...JSON.parse(report), cpuMs: cpuMsOf(lines.at(-1) ?? '') };
}

/**
 * What `init` of the script reads.
 *
 * @param {LoadPlan} plan
 */
function args({ requests, first }) {
  const { followUp } = requests;
  const blocks = blocksPerEvent(requests);
  return [
    `path=${requests.path}`,
    `body=${requests.body}`,
    `event_prefix=${requests.eventPrefix}`,
    `event_count=${requests.eventCount}`,
    `blocks_per_event=${blocks}`,
    `stride=${scatterStride(blocks)}`,
    `seats_per_request=${requests.seatsPerRequest}`,
    `users=${requests.users}`,
    `first=${first}`,
    ...(requests.getHeaders === undefined ? [] : [`get_headers=${requests.getHeaders}`]),
    ...(followUp === undefined
      ? []
      : [
          `follow_up_path=${followUp.path}`,
          `follow_up_body=${followUp.body}`,
          `follow_up_when=${followUp.when}`,
          `follow_up_id=${followUp.id}`,
        ]),
  ];
}

/** Of `0m1.230s 0m2.340s`: both together. @param {string} line */
function cpuMsOf(line) {
  const times = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce(
    (ms, [, minutes, seconds]) => ms + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}
