/**
 * `holdfast demo`: a server with a furnished house, and buyers who sell it out.
 *
 * 1. The buyers and the staff know nothing but the public HTTP API.
 * 2. They go home before the server ends.
 */
import type { Config } from '../config.js';
import { type RunningHoldfast, type StartFigures, startHoldfast } from '../threads/supervisor.js';
import { countText } from './amount.js';
import { Crowd } from './crowd.js';
import { DemoHouse } from './demo-house.js';
import type { DemoOptions } from './demo-options.js';
import { HttpBoxOffice } from './http-box-office.js';
import { HttpClient } from './http-client.js';
import { type LineOutput, LiveLine } from './live-line.js';
import { PLAYHOUSE_TASTES } from './playhouse.js';
import { Sale } from './sale.js';

const BUYER_SOCKETS_MAX = 64;
const STAFF_SOCKETS_MAX = 2;

/**
 * Starts the server, furnishes it, prints where to look, and lets the buyers in. What is returned is the server with its
 * buyers: it ends as one, and a bug of theirs is a failure of it.
 *
 * @param config see `demoSettings`
 * @throws ServerFault as `startHoldfast`
 */
export async function startDemo(
  config: Config,
  options: DemoOptions,
  output: LineOutput,
): Promise<RunningHoldfast> {
  const holdfast = await startHoldfast(config);
  const origin = originOf(config.host, holdfast.port);
  const bearer = config.gateway.adminKey;
  const staff = new HttpClient({ origin, bearer, socketsMax: STAFF_SOCKETS_MAX });
  try {
    const house = await DemoHouse.open(staff);
    const line = new LiveLine(output);
    line.print(guideLines({ origin, house, options, dataDir: config.dataDir }));
    return new Demo({ holdfast, origin, staff, house, line, options });
  } catch (cause) {
    await holdfast.close();
    throw cause;
  }
}

interface DemoParts {
  readonly holdfast: RunningHoldfast;
  readonly origin: string;
  readonly staff: HttpClient;
  readonly house: DemoHouse;
  readonly line: LiveLine;
  readonly options: DemoOptions;
}

class Demo implements RunningHoldfast {
  readonly failed: Promise<Error>;
  readonly #parts: DemoParts;
  readonly #home = new AbortController();
  readonly #over: Promise<void>;

  constructor(parts: DemoParts) {
    this.#parts = parts;
    this.#over = this.#sell();
    this.failed = new Promise((resolve) => {
      void parts.holdfast.failed.then(resolve);
      this.#over.catch((cause: unknown) => resolve(this.#giveUp(cause)));
    });
  }

  get port(): number {
    return this.#parts.holdfast.port;
  }

  get figures(): StartFigures {
    return this.#parts.holdfast.figures;
  }

  async close(): Promise<void> {
    this.#home.abort();
    await this.#over;
    this.#parts.staff.close();
    await this.#parts.holdfast.close();
  }

  killShard(shard: number): Promise<void> {
    return this.#parts.holdfast.killShard(shard);
  }

  async #sell(): Promise<void> {
    const { origin, house, line, options } = this.#parts;
    const { seed, buyersPerSecond, msMax } = options;
    const { signal } = this.#home;
    const buyers = new HttpClient({ origin, socketsMax: BUYER_SOCKETS_MAX, signal });
    const boxOffice = new HttpBoxOffice(buyers, house.event.id);
    const tastes = PLAYHOUSE_TASTES;
    const crowd = new Crowd({ boxOffice, tastes, buyersPerSecond, seed, signal });
    await new Sale({ house, crowd, buyers, line, msMax, signal }).run();
    buyers.close();
    if (!signal.aborted) line.print([`Still serving on ${origin}; Ctrl-C ends it.`]);
  }

  /** Lets go of port and files, as a server that fails does. */
  async #giveUp(cause: unknown): Promise<Error> {
    this.#home.abort();
    await this.#parts.holdfast.close();
    return cause instanceof Error ? cause : new Error('the sale has failed', { cause });
  }
}

/** Where this machine reaches a server that listens on `host`. */
function originOf(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

interface Guided {
  readonly origin: string;
  readonly house: DemoHouse;
  readonly options: DemoOptions;
  readonly dataDir: string;
}

function guideLines({ origin, house, options, dataDir }: Guided): readonly string[] {
  const { id, name, totalSeats, availableSeats } = house.event;
  const event = `${origin}/v1/events/${id}`;
  return [
    `${name}: ${countText(availableSeats)} of ${countText(totalSeats)} seats are on sale.`,
    `About ${options.buyersPerSecond} buyers come a second (seed ${options.seed}); data in ${dataDir}`,
    '',
    `  events   ${origin}/v1/events`,
    `  seats    ${event}/seats`,
    `  stats    ${event}/stats`,
    `  docs     ${origin}/docs`,
    `  metrics  ${origin}/metrics`,
    '',
  ];
}
