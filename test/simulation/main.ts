/**
 * Runs courses over many seeds, on all cores; or plays one again. Every job is a process of its own: a simulated machine has
 * its process to itself. Exits with 1 where a course failed.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BREAKAGES } from './breakages.js';
import { runCourse } from './course.js';
import { addCounts } from './coverage.js';
import { type Options, readOptions } from './options.js';
import { planOf } from './plan.js';
import { describeCounts, describeCourse, describeFailure } from './report.js';
import { shrink } from './shrink.js';

/** Seeds that a job is given at once. */
const SHARE = 10;
const SHRINK_TRIES_MAX = 400;
/** Failures that are shrunk and shown; of the others the seed is told. */
const SHOWN_MAX = 3;
const PROGRESS_MS = 10_000;

/** What a job reports of one seed. */
interface Told {
  readonly seed: number;
  readonly hash: string;
  readonly failure: string | undefined;
  readonly counts: readonly (readonly [string, number])[];
  readonly steps: number;
}

const options = readOptions(process.argv.slice(2), process.env);
const breakage = options.broken === undefined ? undefined : BREAKAGES[options.broken];

if (process.send !== undefined) work();
else process.exitCode = options.replay ? await replay() : await runAll(options);

/** A job: plays what it is given, and tells of it. */
function work(): void {
  process.on('message', async (seeds: readonly number[]) => {
    for (const seed of seeds) process.send?.(await play(seed));
    process.send?.('idle');
  });
  process.send?.('idle');
}

async function play(seed: number): Promise<Told> {
  const { failure, hash, counts, steps } = await runCourse(planOf(seed, options.steps), breakage);
  return { seed, hash, failure: failure?.message, counts: [...counts], steps };
}

async function replay(): Promise<number> {
  const plan = planOf(options.from, options.steps);
  const result = await runCourse(plan, breakage);
  print(describeCourse(plan, result));
  if (result.failure === undefined) return 0;
  await explain(options.from);
  return 1;
}

async function explain(seed: number): Promise<void> {
  const run = (plan: ReturnType<typeof planOf>) => runCourse(plan, breakage);
  const plan = planOf(seed, options.steps);
  print(describeFailure(seed, await shrink({ plan, run, triesMax: SHRINK_TRIES_MAX })));
}

async function runAll({ from, seeds, jobs }: Options): Promise<number> {
  const all = Array.from({ length: seeds }, (_, index) => from + index);
  const counts = new Map<string, number>();
  const failed: number[] = [];
  const startedAt = performance.now();
  let done = 0;
  let steps = 0;
  const progress = setInterval(() => {
    print(`${done} of ${seeds} seeds, ${failed.length} failed, ${rate(done, startedAt)} seeds/min`);
  }, PROGRESS_MS);
  await share(all, jobs, (told) => {
    done += 1;
    steps += told.steps;
    addCounts(counts, told.counts);
    if (options.hashes) print(`${told.seed} ${told.hash}`);
    if (told.failure === undefined) return;
    failed.push(told.seed);
    print(`seed ${told.seed} failed: ${told.failure}`);
  });
  clearInterval(progress);
  for (const seed of failed.slice(0, SHOWN_MAX)) await explain(seed);
  print(describeCounts(counts));
  print(
    `simulation: ${done} seeds from ${from}, ${failed.length} failed${failed.length > 0 ? ` (${failed.join(', ')})` : ''}`,
  );
  print(`simulation: ${steps} steps, ${rate(done, startedAt)} seeds/min, ${jobs} jobs`);
  return failed.length > 0 ? 1 : 0;
}

/** Hands the seeds out in shares. Rejects where a job dies. */
async function share(seeds: number[], jobs: number, hear: (told: Told) => void): Promise<void> {
  const running = Array.from({ length: Math.max(1, Math.min(jobs, seeds.length)) }, () => {
    const job = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
    return ended(job, (message) => {
      if (message !== 'idle') return hear(message);
      const next = seeds.splice(0, SHARE);
      if (next.length > 0) job.send(next);
      else job.disconnect();
    });
  });
  await Promise.all(running);
}

function ended(job: ChildProcess, hear: (message: Told | 'idle') => void): Promise<void> {
  job.on('message', hear);
  return new Promise((resolve, reject) => {
    job.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`a job ended with ${code}`)),
    );
  });
}

function rate(done: number, startedAt: number): number {
  return Math.round((done * 60_000) / (performance.now() - startedAt));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
