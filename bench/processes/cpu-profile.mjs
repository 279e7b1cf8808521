/**
 * V8's CPU profiles of all threads of a server (`--cpu-prof`), summed up by what the time was spent in: a room of `src`, a package, Node, garbage, or native code.
 * Self time: of the function on top of the stack when a sample is taken.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Profile the parts of a `.cpuprofile` that are read here; times in microseconds
 * @property {Array<{id: number, callFrame: {functionName: string, url: string}}>} nodes
 * @property {number} startTime
 * @property {number[]} samples ids of nodes
 * @property {number[]} timeDeltas from one sample to the next
 */

/** What a process is started with to be profiled. @param {string} dir */
export function profilingArgs(dir) {
  return ['--cpu-prof', '--cpu-prof-dir', dir];
}

/** On the clock of the profiles: CLOCK_MONOTONIC, which all processes share. */
export function profileClockMicros() {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * @param {string} dir where the profiles are
 * @param {{from: number, to: number}} window of `profileClockMicros`; samples outside are left out
 * @returns {Map<string, number>} microseconds by part, most first
 */
export function selfMicrosByPart(dir, { from, to }) {
  /** @type {Map<string, number>} */
  const totals = new Map();
  for (const file of readdirSync(dir)) {
    /** @type {Profile} */
    const { nodes, samples, timeDeltas, startTime } = JSON.parse(
      readFileSync(join(dir, file), 'utf8'),
    );
    const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
    let at = startTime;
    for (const [index, id] of samples.entries()) {
      // A delta is the time before its sample; what a sample stands for is the time after it.
      at += timeDeltas[index] ?? 0;
      const micros = timeDeltas[index + 1] ?? 0;
      const part = parts.get(id);
      if (part === undefined || at < from || at > to) continue;
      totals.set(part, (totals.get(part) ?? 0) + micros);
    }
  }
  return new Map([...totals].sort(([, a], [, b]) => b - a));
}

/** @param {{functionName: string, url: string}} frame @returns {string | undefined} undefined: nothing was done */
function partOf({ functionName, url }) {
  if (functionName === '(idle)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'native code outside JavaScript';
  if (url === '') return 'native functions';
  if (url.startsWith('node:')) return 'Node';
  const library = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (library !== undefined) return library;
  const room = /\/dist\/(.+)$/.exec(url)?.[1]?.split('/');
  return room === undefined ? url : room.length > 1 ? `${room[0]}/` : (room[0] ?? url);
}
