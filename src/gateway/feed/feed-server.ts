/**
 * The live feed on uWebSockets: who asks for a socket is let in or answered, and what happens to sockets is handed to
 * their connections.
 *
 * 1. `req` is gone when the handler returns, `res` when its client is: what is needed of both is copied or checked first.
 * 2. uWebSockets counts a connection in and, once it is upgraded, not out: that is done here.
 */
import type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_socket_context_t,
  WebSocket,
} from 'uWebSockets.js';
import { type Arrival, peerOf, peerTextOf, readArrival } from '../arrival.js';
import type { Endpoint } from '../endpoint.js';
import { Exchange, type ExchangeHost } from '../exchange.js';
import { Problem } from '../problem.js';
import type { Route } from '../route.js';
import { shuttingDown } from './closings.js';
import { commandEndpoints } from './command-endpoints.js';
import { Feed } from './feed.js';
import {
  type ConnectionHost,
  FeedConnection,
  type SocketData,
  type Visit,
} from './feed-connection.js';
import { FeedCounts } from './feed-counts.js';
import { registerFeedMetrics } from './feed-metrics.js';
import { systemTimers } from './feed-ports.js';
import { visitOf } from './upgrade-gate.js';
import { uwsOutlet } from './uws-socket.js';

export interface FeedServerOptions {
  readonly app: TemplatedApp;
  readonly host: ExchangeHost;
  /** Of the feed's address: answers who is not let in. Must be served after this. */
  readonly endpoint: Endpoint;
}

/** What of an upgrade request cannot be read later (1). */
interface Handshake {
  readonly arrival: Arrival;
  readonly key: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly context: us_socket_context_t;
}

export class FeedServer {
  readonly #host: ExchangeHost;
  readonly #endpoint: Endpoint;
  readonly #connectionHost: ConnectionHost;
  readonly #connections = new Set<FeedConnection>();

  constructor({ app, host, endpoint }: FeedServerOptions) {
    const { desk, config, metrics } = host;
    const counts = new FeedCounts();
    const outlet = uwsOutlet(app);
    const feed = new Feed({ desk, outlet, timers: systemTimers, limits: config.feed, counts });
    this.#host = host;
    this.#endpoint = endpoint;
    this.#connectionHost = { exchange: host, feed, counts, endpoints: commandEndpoints(host) };
    registerFeedMetrics(metrics, counts, {
      viewerCount: () => this.#connections.size,
      bufferedBytes: () => this.#bufferedBytes(),
    });
    this.#serve(app);
  }

  /** Sends everybody away, each when its commands are answered; the gateway refuses new ones by now. */
  drain(): void {
    const closing = shuttingDown(this.#host.config.feed.retryMs);
    for (const connection of [...this.#connections]) connection.endSoon(closing);
  }

  /** Sends everybody away now. */
  close(): void {
    const closing = shuttingDown(this.#host.config.feed.retryMs);
    for (const connection of [...this.#connections]) connection.endNow(closing);
  }

  #serve(app: TemplatedApp): void {
    const { messageBytesMax, socketBytesMax, idleMsMax } = this.#host.config.feed;
    const behavior = {
      // What is a little too large is closed with a code; uWebSockets cuts off what is more than this.
      maxPayloadLength: 2 * messageBytesMax,
      maxBackpressure: socketBytesMax,
      idleTimeout: Math.round(idleMsMax / 1_000),
      sendPingsAutomatically: true,
      upgrade: (res: HttpResponse, req: HttpRequest, context: us_socket_context_t) =>
        this.#asked(res, req, context),
      open: (ws: WebSocket<SocketData>) => this.#opened(ws),
      message: (ws: WebSocket<SocketData>, message: ArrayBuffer, isBinary: boolean) =>
        connectionOf(ws).received(message, isBinary),
      drain: (ws: WebSocket<SocketData>) => connectionOf(ws).drained(),
      // In the module and not in its types.
      dropped: (ws: WebSocket<SocketData>) => connectionOf(ws).missed(),
      close: (ws: WebSocket<SocketData>) => this.#closed(ws),
    };
    app.ws<SocketData>(this.#endpoint.route.path, behavior);
  }

  #asked(res: HttpResponse, req: HttpRequest, context: us_socket_context_t): void {
    const handshake = {
      arrival: readArrival(req, this.#endpoint.paramNames.length),
      key: req.getHeader('sec-websocket-key'),
      protocol: req.getHeader('sec-websocket-protocol'),
      extensions: req.getHeader('sec-websocket-extensions'),
      context,
    };
    const { rateLimit } = this.#host;
    if (rateLimit.isOn) this.#askLimit(res, handshake);
    else this.#decide(res, handshake, undefined);
  }

  #askLimit(res: HttpResponse, handshake: Handshake): void {
    let isGone = false;
    res.onAborted(() => {
      isGone = true;
    });
    void this.#host.rateLimit.refuse(peerTextOf(res)).then((limited) => {
      if (!isGone) this.#decide(res, handshake, limited);
    });
  }

  #decide(res: HttpResponse, handshake: Handshake, limited: Problem | undefined): void {
    const { arrival } = handshake;
    const visit =
      limited ??
      visitOf({
        host: this.#host,
        endpoint: this.#endpoint,
        arrival,
        peer: peerTextOf(res),
        peerBytes: () => peerOf(res),
        viewerCount: this.#connections.size,
      });
    if (visit instanceof Problem) this.#refuse(res, arrival, visit);
    else this.#upgrade(res, handshake, visit);
  }

  /** As any request is answered, by a route that says no. */
  #refuse(res: HttpResponse, arrival: Arrival, problem: Problem): void {
    const route: Route = { ...this.#endpoint.route, handle: () => problem };
    new Exchange(this.#host, { ...this.#endpoint, route }, res, arrival).start();
  }

  #upgrade(res: HttpResponse, handshake: Handshake, visit: Visit): void {
    const { key, protocol, extensions, context } = handshake;
    const connection = new FeedConnection(this.#connectionHost, visit);
    res.cork(() => res.upgrade({ connection }, key, protocol, extensions, context));
  }

  #bufferedBytes(): number {
    let bytes = 0;
    for (const connection of this.#connections) bytes += connection.bufferedBytes;
    return bytes;
  }

  #opened(ws: WebSocket<SocketData>): void {
    const connection = connectionOf(ws);
    this.#connections.add(connection);
    connection.opened(ws);
  }

  #closed(ws: WebSocket<SocketData>): void {
    const connection = connectionOf(ws);
    this.#connections.delete(connection);
    connection.closed();
    this.#host.admission.disconnected();
  }
}

function connectionOf(ws: WebSocket<SocketData>): FeedConnection {
  return ws.getUserData().connection;
}
