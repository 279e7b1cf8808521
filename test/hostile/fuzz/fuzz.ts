/**
 * A run of the fuzzer: visitors mistreat a server, an honest client is served meanwhile, and in the end the server holds
 * what it held before.
 *
 * 1. No 5xx, no answer that is none, none that is owed and does not come, no death, no complaint in the log.
 * 2. Heap and descriptors are measured once the server is warm, and at the end.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ApiClient } from '../../support/api-client.js';
import { runHoldfast } from '../../support/server.js';
import { HonestClient } from '../support/honest-client.js';
import { type Fault, type Holdings, TargetServer } from '../support/target-server.js';
import { tidyUp } from './caretaker.js';
import { RequestMaker } from './request-maker.js';
import { Tally } from './tally.js';
import { INPUTS_PER_VISIT, RESERVATION, visitOf } from './visit.js';
import { Visitor } from './visitor.js';

export interface FuzzOptions {
  readonly seed: number;
  readonly inputs: number;
  /** Clients at once. */
  readonly visitors: number;
  /** Absent: Holdfast. */
  readonly broken?: Fault;
  /** Only this visit, on a server of its own. */
  readonly only?: number;
}

export interface FuzzReport {
  readonly tally: Tally;
  readonly seconds: number;
  readonly honestRounds: number;
  readonly before: Holdings | undefined;
  readonly after: Holdings | undefined;
  /** Everything that is wrong; empty: nothing. */
  readonly wrong: readonly string[];
}

/** What the garbage collector and the compiled code of a warm server come to, and a leak does not stay within. */
export const HEAP_GROWTH_BYTES_MAX = 12 * 1_048_576;
/** Of what was made meanwhile: an event that was deleted stays known, and a key stays kept. */
const MADE_BYTES_MAX = 16_384;
const DESCRIPTOR_GROWTH_MAX = 4;
/** Of the inputs, before the first measurement. */
const WARM_UP = 0.2;
/** Visits between two times that what they made is deleted. */
const TIDY_EVERY = 500;
const HONEST_EVENT = 'evt_honest_only';
const DRAINED_TRIES = 200;

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const run = new FuzzRun(options, await start(options.broken));
  try {
    return await run.report();
  } finally {
    await run.server.kill9();
  }
}

function start(broken: Fault | undefined): Promise<TargetServer> {
  const env = { HOLDFAST_HOLD_SECONDS: '2' };
  return TargetServer.start(broken === undefined ? { env } : { broken, env });
}

class FuzzRun {
  readonly server: TargetServer;
  readonly #options: FuzzOptions;
  readonly #maker = new RequestMaker();
  readonly #tally = new Tally();
  readonly #reservation = { id: RESERVATION };
  readonly #underWay = new Set<number>();
  readonly #wrong: string[] = [];
  #next = 0;

  constructor(options: FuzzOptions, server: TargetServer) {
    this.#options = options;
    this.server = server;
  }

  async report(): Promise<FuzzReport> {
    const { inputs, broken, only } = this.#options;
    const visits = Math.ceil(inputs / INPUTS_PER_VISIT);
    const api = new ApiClient(this.server.url, 2);
    const honest = broken === undefined ? await HonestClient.of(api, HONEST_EVENT) : undefined;
    const startedAt = performance.now();
    let before: Holdings | undefined;
    let after: Holdings | undefined;
    if (only !== undefined) {
      this.#next = only;
      await this.#visits(only + 1, 1, honest);
    } else {
      await this.#visits(Math.ceil(visits * WARM_UP), this.#options.visitors, honest);
      before = await this.#holdings();
      await this.#visits(visits, this.#options.visitors, honest);
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    if (only === undefined) after = await this.#holdings();
    this.#judge(before, after);
    if (this.server.ending !== undefined) await this.#findCulprit();
    else if (honest !== undefined) await this.#judgeState(honest);
    await api.close();
    const found = this.#tally.findings.map(
      ({ what, visit, input }) => `INPUT=${visit} (its ${input + 1}th): ${what}`,
    );
    const wrong = [...found, ...this.#wrong];
    return { tally: this.#tally, seconds, honestRounds: honest?.rounds ?? 0, before, after, wrong };
  }

  /** All up to `end`, by so many visitors at once. */
  async #visits(end: number, visitors: number, honest: HonestClient | undefined): Promise<void> {
    let isOver = false;
    const beside = this.#serveHonestly(honest, () => isOver);
    const all = Array.from({ length: visitors }, () => this.#visitor(end));
    await Promise.all(all);
    isOver = true;
    await beside;
  }

  async #visitor(end: number): Promise<void> {
    const { seed, broken } = this.#options;
    const { port } = this.server;
    const visitor = new Visitor({ port, tally: this.#tally, reservation: this.#reservation });
    while (this.#next < end && this.server.ending === undefined) {
      const number = this.#next++;
      this.#underWay.add(number);
      if (broken === undefined && number % TIDY_EVERY === TIDY_EVERY - 1) await this.#tidy();
      const isServed = await visitor.visit(visitOf(this.#maker, seed, number)).then(
        () => true,
        () => false,
      );
      if (!isServed) break; // it does not listen: how it ended is looked at in the end
      if (this.server.ending === undefined) this.#underWay.delete(number);
    }
    visitor.leave();
  }

  async #serveHonestly(honest: HonestClient | undefined, isOver: () => boolean): Promise<void> {
    while (honest !== undefined && !isOver() && this.server.ending === undefined) {
      const fault = await honest.round().then(
        () => undefined,
        (cause: unknown) => cause,
      );
      if (fault === undefined) continue;
      if (this.server.ending === undefined) this.#wrong.push(`an honest client: ${fault}`);
      return;
    }
  }

  async #tidy(): Promise<void> {
    await tidyUp(this.server.url, HONEST_EVENT).catch((cause: unknown) => {
      if (this.server.ending === undefined) this.#wrong.push(`tidying up: ${cause}`);
    });
  }

  /** When every connection of the visitors is closed. undefined: it has ended. */
  async #holdings(): Promise<Holdings | undefined> {
    if (this.server.ending !== undefined) return undefined;
    if (this.#options.broken === undefined) {
      await this.#tidy();
      await this.#drained();
    } else await wait(200);
    return this.server.holdings().catch(() => undefined);
  }

  /** Connections are closed a little after their clients have gone. */
  async #drained(): Promise<void> {
    let open = Number.NaN;
    for (let tries = 0; tries < DRAINED_TRIES && this.server.ending === undefined; tries += 1) {
      const metrics = await fetch(`${this.server.url}/metrics`).then((response) => response.text());
      open = Number(/^holdfast_http_connections (\d+)$/m.exec(metrics)?.[1]);
      const viewers = Number(/^holdfast_feed_viewers (\d+)$/m.exec(metrics)?.[1]);
      if (open <= 4 && viewers === 0) return;
      await wait(50);
    }
    this.#wrong.push(`${open} connections are counted after all have gone`);
  }

  #judge(before: Holdings | undefined, after: Holdings | undefined): void {
    const { ending, complaints } = this.server;
    if (ending !== undefined) this.#wrong.push(`the server has ended: ${ending}`);
    if (complaints !== '') this.#wrong.push(`the server complains: ${complaints.slice(0, 1_000)}`);
    if (before === undefined || after === undefined) return;
    const grown = after.heapBytes - before.heapBytes;
    const made = this.#tally.countOf('201') + this.#tally.countOf('frame: result 201');
    if (grown > HEAP_GROWTH_BYTES_MAX + made * MADE_BYTES_MAX)
      this.#wrong.push(`the heap has grown by ${grown} bytes`);
    const opened = after.descriptors - before.descriptors;
    if (opened > DESCRIPTOR_GROWTH_MAX) this.#wrong.push(`${opened} descriptors are left open`);
  }

  async #judgeState(honest: HonestClient): Promise<void> {
    await honest.check().catch((cause: unknown) => void this.#wrong.push(String(cause)));
    const ending = await this.server.stop();
    if (ending !== '0') this.#wrong.push(`the server did not stop in order: ${ending}`);
    const verified = await runHoldfast(['verify'], { HOLDFAST_DATA_DIR: this.server.dataDir });
    if (verified.code !== 0) this.#wrong.push(`verify: ${verified.stdout}${verified.stderr}`);
  }

  /** Whoever was there when it ended, one after another, until a new server ends as well. */
  async #findCulprit(): Promise<void> {
    const { seed, broken } = this.#options;
    const server = await start(broken);
    const reservation = { id: RESERVATION };
    for (const number of this.#underWay) {
      const { port } = server;
      const visitor = new Visitor({ port, tally: new Tally(), reservation });
      await visitor.visit(visitOf(this.#maker, seed, number)).catch(() => undefined);
      visitor.leave();
      await wait(50);
      if (server.ending === undefined) continue;
      this.#wrong.push(`INPUT=${number} ends the server`);
      return;
    }
    await server.kill9();
    this.#wrong.push(`under way were ${[...this.#underWay].join(', ')}; none ends a server alone`);
  }
}
