/**
 * A steady mixed load on the real server, for as long as one likes: buyers, holds that run out, watchers that follow. One event after
 * the other, so that what this process itself has to remember of it stays small; each is judged when it is over.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'undici';
import type { SeatWatch } from '../../src/client/seat-watch.js';
import { watch } from '../../src/client/watch.js';
import { servedMap } from '../client/support/served-event.js';
import { shownBy } from '../client/support/watch-record.js';
import { Random } from '../simulation/random.js';
import { ApiClient } from '../support/api-client.js';
import { ClientBook } from '../support/client-book.js';
import { Crowd, type Step, type Wish } from '../support/crowd.js';
import { judge } from '../support/judgement.js';
import { runHoldfast, startServer, type TestServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { type Measure, Sampler } from './samples.js';
import { type Allowance, type Growth, growthOf } from './slope.js';

export interface SoakOptions {
  readonly seed: number;
  readonly forMs: number;
  readonly sampleMs: number;
  /** What the server is made to leak, for the control. */
  readonly leak?: 'heap' | 'descriptors' | 'timers';
}

export interface SoakResult {
  readonly operations: number;
  readonly events: number;
  readonly sampleCount: number;
  readonly growth: Readonly<Record<Measure, Growth>>;
  /** Promises that were broken: I1–I8 as they show from outside, and what `holdfast verify` says. */
  readonly faults: readonly string[];
}

/** Every row of hours of load is read. */
const VERIFY_MS_MAX = 600_000;
const USERS = 24;
const WATCHERS = 8;
const SEATS = 400;
const HOLD_MS = 500;
/** Then the next event begins. */
const OPERATIONS_AN_EVENT = 4_000;
const CURRENT_TRIES_MAX = 500;
const STEPS: readonly Step[] = [
  ...(['confirm', 'confirm', 'refund', 'cancel', 'cancel'] as const),
  ...(['release', 'extend', 'leave', 'leave'] as const),
];
/** On a machine that stands still for seconds a claim may grow too old to be opened. */
const LATER_CODES = ['overloaded', 'shard_restarting'];
const MEGABYTE = 1_048_576;

/**
 * What is no leak. An event that is over stays known (its seats, its plan), which is some tens of bytes for each of the operations that
 * it takes; claims that were withdrawn are remembered for half a minute; the allocator keeps what it was once given.
 */
const ALLOWED: Readonly<Record<Measure, Allowance>> = {
  heapBytes: { base: 4 * MEGABYTE, anOperation: 100 },
  externalBytes: { base: 4 * MEGABYTE, anOperation: 50 },
  anonymousBytes: { base: 64 * MEGABYTE, anOperation: 200 },
  descriptors: { base: 10, anOperation: 0 },
  timers: { base: 10, anOperation: 0 },
  handles: { base: 10, anOperation: 0 },
  threads: { base: 1, anOperation: 0 },
};

export async function soak(options: SoakOptions): Promise<SoakResult> {
  const run = new Soak(options);
  try {
    return await run.run();
  } finally {
    await run.end();
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #random: Random;
  readonly #dataDir = temporaryDir();
  readonly #faults: string[] = [];
  #server: TestServer | undefined;
  #client: ApiClient | undefined;
  #watches: SeatWatch[] = [];
  #operations = 0;

  constructor(options: SoakOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  async run(): Promise<SoakResult> {
    const { forMs, sampleMs } = this.#options;
    const { server, probeFile } = await this.#start();
    const sampler = new Sampler(server.process.pid ?? 0, probeFile);
    const timer = setInterval(() => sampler.take(this.#operations), sampleMs);
    const until = performance.now() + forMs;
    let events = 0;
    for (; performance.now() < until; events += 1) await this.#event(`event-${events}`, until);
    clearInterval(timer);
    const growth = Object.entries(ALLOWED).map(([measure, allowed]) => [
      measure,
      growthOf(sampler.readings(measure as Measure), allowed), // the table's own key
    ]);
    await this.#verify(server);
    return {
      operations: this.#operations,
      events,
      sampleCount: sampler.samples.length,
      growth: Object.fromEntries(growth) as SoakResult['growth'], // made from a table of all
      faults: this.#faults,
    };
  }

  async end(): Promise<void> {
    this.#unwatch();
    await this.#client?.close();
    await this.#server?.kill9();
  }

  async #start(): Promise<{ server: TestServer; probeFile: string }> {
    const { leak, sampleMs } = this.#options;
    const probeFile = join(temporaryDir(), 'samples.jsonl');
    writeFileSync(probeFile, '');
    const preloads = leak === undefined ? [PROBE] : [PLANTED_LEAK, PROBE];
    const server = await startServer({
      dataDir: this.#dataDir,
      env: {
        HOLDFAST_SHARDS: '2',
        HOLDFAST_HOLD_SECONDS: String(HOLD_MS / 1000),
        NODE_OPTIONS: preloads.map((url) => `--import=${url}`).join(' '),
        SOAK_SAMPLES: probeFile,
        SOAK_SAMPLE_MS: String(sampleMs),
        SOAK_LEAK: leak ?? '',
      },
    });
    this.#server = server;
    this.#client = new ApiClient(server.url, USERS + 1);
    return { server, probeFile };
  }

  get #asked(): ApiClient {
    if (this.#client === undefined) throw new Error('the server is not running');
    return this.#client;
  }

  /** One event from its making to its judgement. @param until as `performance.now()` has it */
  async #event(eventId: string, until: number): Promise<void> {
    const client = this.#asked;
    const event = { id: eventId, name: 'Gala', totalSeats: SEATS };
    const made = await client.post('/v1/events', event);
    if (made.status !== 201) throw new Error(`${eventId} was not made: ${made.status}`);
    this.#watch(eventId);
    const book = new ClientBook();
    let answers = 0;
    const crowd: Crowd = new Crowd({
      client,
      eventId,
      holdMs: HOLD_MS,
      random: this.#random,
      book,
      wish,
      steps: STEPS,
      keyed: 0.2,
      name: `${eventId}-`,
      laterCodes: LATER_CODES,
      onAnswer: () => {
        answers += 1;
        this.#operations += 1;
        if (answers === OPERATIONS_AN_EVENT || performance.now() > until) crowd.stop();
      },
    });
    await crowd.run(USERS);
    const { faults } = await judge({
      client,
      eventId,
      book,
      totalSeats: SEATS,
      withoutRecords: true,
    });
    this.#faults.push(...crowd.surprises, ...faults, ...(await this.#watchFaults(eventId)));
    this.#unwatch();
  }

  #watch(eventId: string): void {
    const { url = '' } = this.#server ?? {};
    this.#watches = Array.from({ length: WATCHERS }, () =>
      watch(eventId, { url, webSocket: WebSocket }),
    );
  }

  #unwatch(): void {
    for (const seats of this.#watches.splice(0)) seats.close();
  }

  /** In the end every watcher shows what the server shows (I8); holds still run out meanwhile. */
  async #watchFaults(eventId: string): Promise<string[]> {
    const { url = '' } = this.#server ?? {};
    for (let tries = 0; tries < CURRENT_TRIES_MAX; tries += 1) {
      const { statuses } = await servedMap(url, eventId, SEATS);
      if (this.#watches.every((seats) => shownBy(seats) === statuses)) return [];
      await pause(20);
    }
    return [`${eventId}: a watcher does not come to show what is`];
  }

  async #verify(server: TestServer): Promise<void> {
    await this.#client?.close();
    const { code } = await server.stop();
    if (code !== 0) this.#faults.push(`the server ended with ${code}: ${server.stderr()}`);
    const env = { HOLDFAST_DATA_DIR: this.#dataDir };
    const run = await runHoldfast(['verify'], env, VERIFY_MS_MAX);
    if (run.code !== 0) this.#faults.push(`verify: ${run.code} ${run.stdout} ${run.stderr}`);
  }
}

const PROBE = new URL('thread-probe.mjs', import.meta.url).href;
const PLANTED_LEAK = new URL('planted-leak.mjs', import.meta.url).href;

function wish(random: Random): Wish {
  const size = 1 + random.below(4);
  if (random.chance(0.2)) return { quantity: size };
  const first = 1 + random.below(SEATS - size);
  return { seatIds: Array.from({ length: size }, (_, index) => String(first + index)) };
}
