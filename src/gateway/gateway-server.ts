/**
 * One gateway: a uWebSockets app that serves a list of routes for a desk. Several may listen on one
 * port, each in a thread of its own; the kernel spreads connections over them.
 *
 * 1. The app is closed before its thread ends: a thread that ends with a live app takes the process
 *    with it.
 */
import uWS, {
  type HttpRequest,
  type HttpResponse,
  type TemplatedApp,
  type us_listen_socket,
} from 'uWebSockets.js';
import { ServerFault } from '../lib/server-fault.js';
import { Access } from './access.js';
import { Admission } from './admission.js';
import { readArrival } from './arrival.js';
import { Cors } from './cors.js';
import type { GatewayDesk } from './desk-port.js';
import { type Endpoint, endpointOf } from './endpoint.js';
import { Exchange, type ExchangeHost } from './exchange.js';
import { FeedServer } from './feed/feed-server.js';
import type { GatewayConfig } from './gateway-config.js';
import { GatewayMetrics, type MetricsSample, type SeatStatusCounts } from './gateway-metrics.js';
import { Quarantine } from './quarantine.js';
import { RateLimit } from './rate-limit.js';
import type { Route, RouteMethod } from './route.js';
import { feedRoute } from './routes/feed-route.js';
import { unmatchedRoute } from './unmatched-route.js';

export interface GatewayOptions {
  readonly desk: GatewayDesk;
  readonly config: GatewayConfig;
  /** Everything that is served; see `gatewayRoutes`. */
  readonly routes: readonly Route[];
  /** An address or a name; `0.0.0.0` and `::` are every interface. */
  readonly host: string;
  /** 0: any free one, for this gateway alone: uWebSockets shares only ports that it is told. */
  readonly port: number;
  /** 0.., unique in the process; 0 reports the seats of every event in its metrics. */
  readonly index: number;
}

export interface RunningGateway {
  readonly index: number;
  /** Where it listens. */
  readonly port: number;
  /** What this gateway has counted; `summedMetrics` makes the text of all gateways' samples. */
  metrics(): Promise<MetricsSample>;
  /**
   * Stops listening, refuses new requests with `shutting_down`, and resolves when nothing is in
   * flight. How long to wait is the caller's to say: `close` may come before.
   */
  drain(): Promise<void>;
  /** Closes every socket, answered or not. Must come before the thread ends (1). */
  close(): void;
}

/** @throws ServerFault `port_in_use`: the address cannot be listened on. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const server = new GatewayServer(options);
  server.listen(options.host, options.port);
  return server;
}

class GatewayServer implements RunningGateway {
  readonly index: number;
  readonly #app: TemplatedApp = uWS.App();
  readonly #host: ExchangeHost;
  #feed: FeedServer | undefined;
  #listenSocket: us_listen_socket | undefined;
  #port = 0;
  #isDraining = false;

  constructor(options: GatewayOptions) {
    const { desk, config, index } = options;
    this.index = index;
    const admission = new Admission(config);
    const metrics = new GatewayMetrics({
      requestsInFlight: () => admission.requests,
      openConnections: () => admission.connections,
      ...(index === 0 ? { seats: () => seatCounts(desk) } : {}),
    });
    this.#host = {
      desk,
      config,
      state: this.#state(metrics),
      access: new Access(config, options.host),
      admission,
      cors: new Cors(config),
      quarantine: new Quarantine(),
      rateLimit: new RateLimit(config),
      metrics,
    };
    this.#countConnections(admission);
    this.#serve(options.routes);
  }

  get port(): number {
    return this.#port;
  }

  listen(host: string, port: number): void {
    listenOn(this.#app, host, port, this.#host.config.exclusivePort, (socket) => {
      if (socket !== false) this.#listenSocket = socket;
    });
    if (this.#listenSocket === undefined) {
      throw new ServerFault(`cannot listen on ${host}:${port}`, {
        code: 'port_in_use',
        hint: 'Stop what listens there, or choose another HOLDFAST_HOST or HOLDFAST_PORT.',
      });
    }
    this.#port = uWS.us_socket_local_port(this.#listenSocket);
  }

  metrics(): Promise<MetricsSample> {
    return this.#host.metrics.sample();
  }

  drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#listenSocket !== undefined) uWS.us_listen_socket_close(this.#listenSocket);
    this.#listenSocket = undefined;
    this.#feed?.drain();
    return this.#host.admission.idle();
  }

  close(): void {
    this.#isDraining = true;
    this.#feed?.close();
    this.#app.close();
  }

  #state(metrics: GatewayMetrics): ExchangeHost['state'] {
    const isDraining = (): boolean => this.#isDraining;
    return {
      index: this.index,
      get isDraining() {
        return isDraining();
      },
      ownMetrics: () => metrics.text(),
    };
  }

  #serve(routes: readonly Route[]): void {
    for (const route of routes) {
      const endpoint = this.#endpoint(route, false);
      if (route === feedRoute) {
        this.#feed = new FeedServer({ app: this.#app, host: this.#host, endpoint });
      }
      this.#register(route.method, route.path, endpoint);
      if (route.method === 'GET') this.#register('HEAD', route.path, this.#endpoint(route, true));
    }
    const unmatched = unmatchedRoute(routes, this.#host.cors);
    const endpoint = this.#endpoint(unmatched, false);
    const headEndpoint = this.#endpoint(unmatched, true);
    this.#app.any('/*', (res, req) => {
      const isHead = req.getCaseSensitiveMethod() === 'HEAD';
      this.#exchange(isHead ? headEndpoint : endpoint, res, req);
    });
  }

  #endpoint(route: Route, isHead: boolean): Endpoint {
    return endpointOf(route, { isHead, config: this.#host.config, metrics: this.#host.metrics });
  }

  #register(method: RouteMethod | 'HEAD', path: string, endpoint: Endpoint): void {
    this.#app[REGISTRAR[method]](path, (res, req) => this.#exchange(endpoint, res, req));
  }

  #exchange(endpoint: Endpoint, res: HttpResponse, req: HttpRequest): void {
    const arrival = readArrival(req, endpoint.paramNames.length);
    new Exchange(this.#host, endpoint, res, arrival).start();
  }

  #countConnections(admission: Admission): void {
    onConnection(this.#app, (res, change) => {
      if (change < 0) admission.disconnected();
      else if (!admission.connected()) res.close();
    });
  }
}

const REGISTRAR = {
  GET: 'get',
  HEAD: 'head',
  POST: 'post',
  PATCH: 'patch',
  DELETE: 'del',
} as const satisfies Record<RouteMethod | 'HEAD', keyof TemplatedApp>;

function* seatCounts(desk: GatewayDesk): Iterable<SeatStatusCounts> {
  const now = desk.now();
  for (const event of desk.events()) {
    yield { eventId: event.record.id, counts: { ...event.counts(now) } };
  }
}

type OnListening = (socket: us_listen_socket | false) => void;

/** uWebSockets takes host, port and options together, but its types do not say so. */
function listenOn(
  app: TemplatedApp,
  host: string,
  port: number,
  isExclusive: boolean,
  done: OnListening,
): void {
  const { listen } = app as unknown as {
    listen(host: string, port: number, options: number, done: OnListening): void;
  };
  // The enum of the types is not in the module: exclusive is its own constant.
  const exclusive = (uWS as unknown as { LIBUS_LISTEN_EXCLUSIVE_PORT: number })
    .LIBUS_LISTEN_EXCLUSIVE_PORT;
  listen.call(app, host, port, isExclusive ? exclusive : 0, done);
}

/**
 * `filter` is in the module and not in its types: called with 1 for every new socket, with -1 when
 * it is closed.
 */
function onConnection(
  app: TemplatedApp,
  changed: (res: HttpResponse, change: number) => void,
): void {
  const { filter } = app as unknown as {
    filter(changed: (res: HttpResponse, change: number) => void): void;
  };
  filter.call(app, changed);
}
