/** A gateway on real sockets in front of a memory desk, and how tests speak to it. */
import { connect } from 'node:net';
import { Agent, request } from 'undici';
import { onTestFinished } from 'vitest';
import type { GatewayConfig } from '../../../src/gateway/gateway-config.js';
import { gatewayRoutes } from '../../../src/gateway/gateway-routes.js';
import { type RunningGateway, startGateway } from '../../../src/gateway/gateway-server.js';
import type { Route } from '../../../src/gateway/route.js';
import { FEED_LIMITS } from '../../../src/limits.js';
import { documentationFault } from './documented.js';
import { MemoryDesk } from './memory-desk.js';

export const TEST_CONFIG: GatewayConfig = {
  bodyBytesMax: 65_536,
  eventBodyBytesMax: 8 * 1_048_576,
  requestsInFlightMax: 1_000,
  connectionsMax: 1_000,
  seatListBytesMax: 64 * 1_048_576,
  corsOrigins: [],
  adminKey: undefined,
  rateLimitPerSecond: undefined,
  holdMs: 300_000,
  exclusivePort: false,
  feed: { ...FEED_LIMITS, gatherMs: 10, viewersMax: 1_000 },
};

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly json: any;
}

export interface Ask {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

export class TestGateway {
  readonly desk: MemoryDesk;
  readonly running: RunningGateway;
  readonly routes: readonly Route[];
  readonly #agent = new Agent();

  constructor(desk: MemoryDesk, running: RunningGateway, routes: readonly Route[]) {
    this.desk = desk;
    this.routes = routes;
    this.running = running;
  }

  get port(): number {
    return this.running.port;
  }

  /** Throws where the answer is not one that the OpenAPI document speaks of. */
  async ask(method: string, path: string, ask: Ask = {}): Promise<Reply> {
    const reply = await this.#ask(method, path, ask);
    const fault = documentationFault(this.routes, method, path, reply);
    if (fault !== undefined) throw new Error(`${method} ${path}: ${fault}\n${reply.text}`);
    return reply;
  }

  async #ask(method: string, path: string, { body, raw, headers = {} }: Ask): Promise<Reply> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    const response = await request(`http://127.0.0.1:${this.port}${path}`, {
      // The type names the usual methods only.
      method: method as 'GET',
      headers: { ...type, ...headers },
      body: payload ?? null,
      dispatcher: this.#agent,
    });
    const text = await response.body.text();
    const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
    const isJson = /json/.test(String(response.headers['content-type'] ?? '')) && text !== '';
    return {
      status: response.statusCode,
      headers: Object.fromEntries(flat),
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.ask('GET', path, { headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.ask('POST', path, { body, headers });
  }

  /**
   * Sends bytes on a socket of their own; resolves with what came until the server closes, or for
   * `waitMs`.
   */
  raw(bytes: string | Uint8Array, waitMs = 2_000): Promise<{ text: string; isClosed: boolean }> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      let text = '';
      const done = (isClosed: boolean): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve({ text, isClosed });
      };
      const timer = setTimeout(() => done(false), waitMs);
      socket.on('data', (data) => {
        text += data.toString('latin1');
      });
      socket.on('close', () => done(true));
      socket.on('error', () => done(true));
      socket.write(bytes);
    });
  }

  async stop(): Promise<void> {
    await this.#agent.destroy();
    this.running.close();
  }
}

export interface TestGatewayOptions {
  readonly config?: Partial<GatewayConfig>;
  readonly others?: readonly Route[];
  readonly collectMetrics?: () => Promise<string>;
  readonly index?: number;
  readonly port?: number;
  readonly desk?: MemoryDesk;
}

/** Stopped when the test is over. */
export async function testGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const { others = [], collectMetrics, index = 0, port = 0, desk = new MemoryDesk() } = options;
  const config = { ...TEST_CONFIG, ...options.config };
  const collect = collectMetrics === undefined ? {} : { collectMetrics };
  const routes = gatewayRoutes({ config, others, ...collect });
  const running = await startGateway({ desk, config, routes, host: '127.0.0.1', port, index });
  const gateway = new TestGateway(desk, running, routes);
  onTestFinished(() => gateway.stop());
  return gateway;
}

/**
 * The gateway with an event `hall`: rows A and B of 5 seats, "Stalls" at 45.00, and 3 places
 * "Floor".
 */
export async function hallGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await testGateway(options);
  const rows = [
    { name: 'A', seats: 5 },
    { name: 'B', seats: 5 },
  ];
  const key = options.config?.adminKey;
  const reply = await gateway.post(
    '/v1/events',
    {
      id: 'hall',
      name: 'Hamlet',
      sections: [
        { name: 'Stalls', category: 'Seated', price: 4500, rows },
        { name: 'Floor', capacity: 3 },
      ],
    },
    key === undefined ? {} : { authorization: `Bearer ${key}` },
  );
  if (reply.status !== 201) throw new Error(`the hall could not be made: ${reply.text}`);
  return gateway;
}
