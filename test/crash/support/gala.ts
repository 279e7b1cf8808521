/** One event, sold to a crowd by a server that may be killed and started again on the same data: the course of most crash tests. */
import { onTestFinished } from 'vitest';
import { Random } from '../../simulation/random.js';
import { ApiClient } from '../../support/api-client.js';
import { ClientBook } from '../../support/client-book.js';
import { Crowd, type CrowdOptions, type Step } from '../../support/crowd.js';
import { judge } from '../../support/judgement.js';
import { type ServerOptions, startServer, type TestServer } from '../../support/server.js';
import { temporaryDir } from '../../support/temporary-dir.js';
import { testSeed } from '../../support/test-parameters.js';

export const GALA = 'gala';
const STEPS: readonly Step[] = ['confirm', 'cancel', 'release', 'extend', 'leave'];
/** So that holds do not run out, where a test does not want them to. */
export const LONG_HOLD_MS = 300_000;

export interface GalaOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly build?: string;
  readonly totalSeats?: number;
  readonly users?: number;
  /** How long an answer may take, milliseconds. */
  readonly answerMsMax?: number;
}

export class Gala {
  readonly random = new Random(testSeed());
  readonly book = new ClientBook();
  readonly dataDir = temporaryDir();
  readonly totalSeats: number;
  readonly users: number;
  readonly #options: GalaOptions;
  #server: TestServer | undefined;
  #client: ApiClient | undefined;

  /** To be made inside a test: when that is over, so is the server. */
  constructor(options: GalaOptions = {}) {
    this.#options = options;
    this.totalSeats = options.totalSeats ?? 2_000;
    this.users = options.users ?? 32;
    onTestFinished(() => this.kill());
  }

  get server(): TestServer {
    if (this.#server === undefined) throw new Error('the server was not started');
    return this.#server;
  }

  get client(): ApiClient {
    if (this.#client === undefined) throw new Error('the server was not started');
    return this.#client;
  }

  /** The event is there, made by the first start. */
  async start(options: ServerOptions = {}): Promise<void> {
    const { env = {}, build = 'dist', answerMsMax } = this.#options;
    const { dataDir } = this;
    this.#server = await startServer({
      build,
      dataDir,
      ...options,
      env: { HOLDFAST_SHARDS: '2', ...env, ...options.env },
    });
    this.#client = new ApiClient(this.#server.url, this.users, answerMsMax);
    const found = await this.client.get(`/v1/events/${GALA}`);
    if (found.status === 200) return;
    const { totalSeats } = this;
    const made = await this.client.post('/v1/events', { id: GALA, name: 'Gala', totalSeats });
    if (made.status !== 201) throw new Error(JSON.stringify(made));
  }

  crowd(options: Partial<CrowdOptions> = {}): Crowd {
    const { client, random, book } = this;
    return new Crowd({
      client,
      eventId: GALA,
      holdMs: LONG_HOLD_MS,
      random,
      book,
      wish: () => ({ seatIds: this.#someSeats() }),
      steps: STEPS,
      ...options,
    });
  }

  /** A crowd at the counter, until the server has ended; `act` is called when so many of its requests were acknowledged. */
  async loadUntilEnd(acknowledged: number, act: () => void): Promise<Crowd> {
    const crowd: Crowd = this.crowd({
      laterCodes: ['storage_failed', 'shutting_down'],
      onAnswer: () => {
        if (crowd.acknowledged === acknowledged) act();
      },
    });
    await crowd.run(this.users);
    await this.server.ended;
    return crowd;
  }

  /** Everything that is wrong, by what the clients were told. @param now the server's clock */
  async faults(now = Date.now): Promise<readonly string[]> {
    const { client, book, totalSeats } = this;
    const { faults } = await judge({ client, eventId: GALA, book, totalSeats, now });
    return faults;
  }

  async kill(): Promise<void> {
    await this.#client?.close();
    await this.#server?.kill9();
  }

  /** 1..3 next to each other, and now and then one of another shard. */
  #someSeats(): string[] {
    const { random, totalSeats } = this;
    const first = 1 + random.below(totalSeats - 3);
    const size = 1 + random.below(3);
    const far = String(1 + random.below(totalSeats));
    const near = Array.from({ length: size }, (_, index) => String(first + index));
    return random.chance(0.3) && !near.includes(far) ? [...near, far] : near;
  }
}

/** What the book of the clients has and the server has not. */
export function lostIn(faults: readonly string[]): number {
  return faults.filter((fault) => fault.endsWith(': is lost')).length;
}
