/**
 * A workload on Holdfast, on its limit and on its peers in turn, A B C, C B A, A B C…: whatever else the machine does falls on all.
 * A round is a heat of each; figures that are compared are of the same round.
 *
 * 1. A heat that answered anything unexpected, or whose server does not hold what it answered, fails the bench. That it was
 *    slow never does.
 */
import { firstAfter, runLoad } from './load/load.mjs';

/** @typedef {import('./contenders/contender.mjs').Contender} Contender */
/** @typedef {import('./contenders/contender.mjs').Standing} Standing */
/** @typedef {import('./contenders/contender.mjs').Workload} Workload */
/** @typedef {import('./load/load.mjs').GeneratorName} GeneratorName */
/** @typedef {import('./load/load.mjs').Latencies} Latencies */
/** @typedef {import('./load/load.mjs').LoadReport} LoadReport */

/**
 * @typedef {object} ContestOptions
 * @property {number} rounds
 * @property {number} connections
 * @property {number} seconds
 * @property {number} warmUpSeconds 0: none
 * @property {GeneratorName} generator
 */

/**
 * @typedef {object} Heat
 * @property {number} requestsPerSecond
 * @property {number} cpuMicros of the server, user and system, a request
 * @property {number} loadCpuMicros of the load generator
 * @property {Latencies} latencyMs
 * @property {number | undefined} residentBytes of the server in the end, where it says so
 * @property {Record<string, number>} statuses answers by status; `<400` where nobody looked closer
 */

/**
 * @param {readonly Contender[]} contenders
 * @param {Workload} workload
 * @param {ContestOptions} options
 * @returns {Promise<Heat[][]>} for each contender, one a round
 */
export async function contest(contenders, workload, options) {
  /** @type {Array<{contender: Contender, heats: Heat[]}>} */
  const sides = contenders.map((contender) => ({ contender, heats: [] }));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { contender, heats } of round % 2 === 0 ? sides : sides.toReversed()) {
      const heat = await heatOf(contender, workload, options);
      process.stderr.write(`  ${contender.name}: ${Math.round(heat.requestsPerSecond)}/s\n`);
      heats.push(heat);
    }
  }
  return sides.map(({ heats }) => heats);
}

/**
 * @param {Contender} contender
 * @param {Workload} workload
 * @param {ContestOptions} options
 */
async function heatOf(contender, workload, options) {
  const standing = await contender.start(workload);
  try {
    const heat = await measured(standing, options);
    await checkSeats(standing, workload, 2 * options.connections);
    await standing.stop();
    return heat;
  } finally {
    standing.abandon();
  }
}

/**
 * @param {Standing} standing
 * @param {ContestOptions} options
 * @returns {Promise<Heat>}
 */
async function measured(standing, { connections, seconds, warmUpSeconds, generator }) {
  const { url, requests, warmUpRequests } = standing;
  const plan = { url, requests, first: 0, connections, seconds };
  if (warmUpSeconds > 0) {
    const warmUp = { ...plan, requests: warmUpRequests ?? requests, seconds: warmUpSeconds };
    const first = firstAfter(warmUp, await runLoad(warmUp, generator));
    if (warmUpRequests === undefined) plan.first = first;
  }
  const before = await standing.answered();
  const cpuMsBefore = standing.cpuMs();
  const report = await runLoad(plan, generator);
  const cpuMs = standing.cpuMs() - cpuMsBefore;
  const statuses = statusesOf(report, before, await standing.answered());
  checkStatuses(report, statuses, standing.statuses);
  return {
    requestsPerSecond: (report.requests / report.ms) * 1000,
    cpuMicros: (cpuMs / report.requests) * 1000,
    loadCpuMicros: (report.cpuMs / report.requests) * 1000,
    latencyMs: report.latencyMs,
    residentBytes: standing.residentBytes?.(),
    statuses,
  };
}

/**
 * The load's own count where it has one, and the server's beside it: a status that either has seen is there.
 *
 * @param {LoadReport} report
 * @param {Record<string, number> | undefined} before
 * @param {Record<string, number> | undefined} after
 * @returns {Record<string, number>}
 */
function statusesOf({ requests, refused, statuses }, before = {}, after) {
  const counted = Object.entries(after ?? {}).map(([status, count]) => [
    status,
    count - (before[status] ?? 0),
  ]);
  const bySubject = Object.fromEntries(counted.filter(([, count]) => count !== 0));
  const seen = statuses ?? (after === undefined ? { '<400': requests - refused } : {});
  return { ...bySubject, ...seen };
}

/**
 * @param {LoadReport} report
 * @param {Record<string, number>} statuses
 * @param {readonly number[]} expected
 */
function checkStatuses({ requests, refused, socketErrors }, statuses, expected) {
  const known = new Set([...expected.map(String), '<400']);
  const unexpected = Object.keys(statuses).filter((status) => !known.has(status));
  const mayRefuse = expected.every((status) => status >= 400);
  const counts = `${JSON.stringify(statuses)}, ${refused} of ${requests} refused, ${socketErrors} socket errors`;
  if (requests === 0 || socketErrors > 0) throw new Error(`the load broke off: ${counts}`);
  if (unexpected.length > 0 || refused !== (mayRefuse ? requests : 0)) {
    throw new Error(`unexpected statuses (expected ${expected.join(', ')}): ${counts}`);
  }
}

/**
 * As many seats are gone as were given away by a 201 and not given back: none lost, none sold twice.
 *
 * @param {Standing} standing
 * @param {Workload} workload
 * @param {number} slack answers to so many requests may have found nobody there
 */
async function checkSeats(standing, { requests: { seatsPerRequest }, followUpFrees }, slack) {
  const taken = await standing.taken();
  const answered = await standing.answered();
  if (taken === undefined || answered === undefined) return;
  const { 200: moved = 0, 201: created = 0 } = answered;
  const given = (created - (followUpFrees === true ? moved : 0)) * seatsPerRequest;
  if (Math.abs(taken - given) > slack * seatsPerRequest) {
    throw new Error(`${taken} seats are taken, but reservations of ${given} were answered`);
  }
}
