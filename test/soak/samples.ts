/** What a server's process and its threads hold on to, read from outside and from the probe within (`thread-probe.mjs`). */
import { readdirSync, readFileSync } from 'node:fs';
import type { Reading } from './slope.js';

export const MEASURES = [
  'heapBytes',
  'externalBytes',
  'anonymousBytes',
  'descriptors',
  'timers',
  'handles',
  'threads',
] as const;
export type Measure = (typeof MEASURES)[number];

export type Sample = Readonly<Record<Measure, number>> & { readonly operations: number };

/** A line that the probe writes. */
interface ThreadSample {
  readonly at: number;
  readonly thread: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly timers: number;
  readonly handles: number;
}

/** Of one process. */
export class Sampler {
  readonly samples: Sample[] = [];
  readonly #pid: number;
  readonly #probeFile: string;

  constructor(pid: number, probeFile: string) {
    this.#pid = pid;
    this.#probeFile = probeFile;
  }

  /** Takes a sample, of the threads as they last said. Nothing is noted before each has said something. */
  take(operations: number): void {
    const latest = new Map(threadSamples(this.#probeFile).map((each) => [each.thread, each]));
    if (latest.size < 2) return;
    const sum = (measure: Exclude<keyof ThreadSample, 'at' | 'thread'>): number =>
      [...latest.values()].reduce((total, each) => total + each[measure], 0);
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
    this.samples.push({
      operations,
      heapBytes: sum('heapBytes'),
      externalBytes: sum('externalBytes'),
      timers: sum('timers'),
      handles: sum('handles'),
      // What is no file's: the store's map is the kernel's to drop.
      anonymousBytes: numberOf(status, 'RssAnon') * 1024,
      threads: numberOf(status, 'Threads'),
      descriptors: readdirSync(`/proc/${this.#pid}/fd`).length,
    });
  }

  readings(measure: Measure): Reading[] {
    return this.samples.map((sample) => ({
      operations: sample.operations,
      value: sample[measure],
    }));
  }
}

function threadSamples(file: string): ThreadSample[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.slice(-LINES_READ).map((line) => JSON.parse(line) as ThreadSample); // the probe's own
}

/** The latest are enough: there are fewer threads. */
const LINES_READ = 100;

function numberOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
}
