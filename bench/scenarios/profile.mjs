/** Where a request's CPU goes: a profile of every thread under the load of the reserve and conflict scenarios, by room, package and kind of work. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { holdfast } from '../contenders/holdfast.mjs';
import { firstAfter, runLoad } from '../load/load.mjs';
import { profileClockMicros, profilingArgs, selfMicrosByPart } from '../processes/cpu-profile.mjs';
import { freshDataDir, removeDir } from '../processes/holdfast-server.mjs';
import { figure } from '../report/figure.mjs';
import { conflictsOf } from './conflict.mjs';
import { reservationsOf } from './reserve.mjs';

/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('./scenario.mjs').ScenarioContext} ScenarioContext */

/** What takes less is put together. */
const LEAST_MICROS = 0.1;

/** @type {import('./scenario.mjs').Scenario} */
export const profile = {
  name: 'profile',
  measures:
    'Time a request by part, sampled on every thread while the load runs (self time; not what a thread waits for); one heat.',
  notMeasured: [
    'What the profiler itself takes: profiled throughput is less. Threads that are not JavaScript’s (LMDB’s) are only in the total.',
  ],
  async run(context) {
    const { sizes } = context;
    const seats = Math.max(...sizes.seats);
    const workloads = [
      reservationsOf({ name: 'reserve', sizes, seats, seatsPerRequest: 1 }),
      conflictsOf(sizes),
    ];
    const figures = [];
    for (const workload of workloads) figures.push(...(await profiled(context, workload)));
    return { figures, statuses: {} };
  },
};

/** @param {ScenarioContext} context @param {Workload} workload */
async function profiled({ sizes, generator, server, dataRoot }, workload) {
  const scenario = `profile, ${workload.name}`;
  process.stderr.write(`${scenario}\n`);
  const dir = freshDataDir(dataRoot);
  const profiles = join(dir, 'profiles');
  mkdirSync(profiles);
  const subject = holdfast({ script: server, dataRoot, nodeArgs: profilingArgs(profiles) });
  const standing = await subject.start(workload);
  try {
    const { connections, seconds, 'warm-up-seconds': warmUpSeconds } = sizes;
    const plan = { url: standing.url, requests: standing.requests, first: 0, connections, seconds };
    if (warmUpSeconds > 0) {
      const warmUp = { ...plan, seconds: warmUpSeconds };
      plan.first = firstAfter(warmUp, await runLoad(warmUp, generator));
    }
    const from = profileClockMicros();
    const cpuMsBefore = standing.cpuMs();
    const { requests } = await runLoad(plan, generator);
    const cpuMs = standing.cpuMs() - cpuMsBefore;
    const to = profileClockMicros();
    await standing.stop();
    const parts = selfMicrosByPart(profiles, { from, to });
    return figuresOf(scenario, parts, { requests, cpuMs });
  } finally {
    standing.abandon();
    removeDir(dir);
  }
}

/**
 * @param {string} scenario
 * @param {Map<string, number>} parts
 * @param {{requests: number, cpuMs: number}} load
 */
function figuresOf(scenario, parts, { requests, cpuMs }) {
  if (parts.size === 0) throw new Error('the profiles are empty');
  const line = (/** @type {string} */ measure, /** @type {number} */ micros) =>
    figure({ scenario, measure, unit: 'µs/request', holdfast: [micros / requests] });
  const large = [...parts].filter(([, micros]) => micros / requests >= LEAST_MICROS);
  const small = [...parts].filter(([, micros]) => micros / requests < LEAST_MICROS);
  return [
    line('CPU in all, by the kernel’s count', cpuMs * 1000),
    ...large.map(([part, micros]) => line(part, micros)),
    line(
      'other parts',
      small.reduce((sum, [, micros]) => sum + micros, 0),
    ),
  ];
}
