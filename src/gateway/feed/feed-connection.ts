/** One open socket: a viewer of its event, and the commands that come over it. */
import type { WebSocket } from 'uWebSockets.js';
import { assert } from '../../lib/assert.js';
import type { ExchangeHost } from '../exchange.js';
import { EVENT_DELETED } from './closings.js';
import type { CommandEndpoints } from './command-endpoints.js';
import type { Feed } from './feed.js';
import type { FeedCounts } from './feed-counts.js';
import type { Closing } from './feed-ports.js';
import { SocketCommands } from './socket-commands.js';
import { UwsSocket } from './uws-socket.js';
import { Viewer } from './viewer.js';

/** What all connections of a gateway share. */
export interface ConnectionHost {
  readonly exchange: ExchangeHost;
  readonly feed: Feed;
  readonly counts: FeedCounts;
  readonly endpoints: CommandEndpoints;
}

/** Who has been let in. */
export interface Visit {
  readonly eventId: string;
  /** The event as it stands in the path. */
  readonly eventParam: string;
  /** What the client has from before. */
  readonly cursor: string | undefined;
  readonly isAdmin: boolean;
  /** The client's address. */
  readonly peer: string;
}

/** uWebSockets keeps it with the socket. */
export interface SocketData {
  readonly connection: FeedConnection;
}

export class FeedConnection {
  readonly #host: ConnectionHost;
  readonly #visit: Visit;
  #socket: UwsSocket<SocketData> | undefined;
  #viewer: Viewer | undefined;
  #commands: SocketCommands | undefined;

  constructor(host: ConnectionHost, visit: Visit) {
    this.#host = host;
    this.#visit = visit;
  }

  /** What waits for the client to take it. */
  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes() ?? 0;
  }

  opened(ws: WebSocket<SocketData>): void {
    const { exchange, feed } = this.#host;
    const socket = new UwsSocket(ws, exchange.config.feed.waitingBytesMax);
    this.#socket = socket;
    const event = exchange.desk.event(this.#visit.eventId);
    if (event === undefined) {
      socket.end(EVENT_DELETED);
      return;
    }
    this.#viewer = new Viewer(socket);
    feed.join(event, this.#viewer, this.#visit.cursor);
  }

  /** @param message valid during the call only. */
  received(message: ArrayBuffer, isBinary: boolean): void {
    this.#commands ??= this.#newCommands();
    this.#commands.receive(Buffer.from(message), isBinary);
  }

  drained(): void {
    if (this.#viewer !== undefined) this.#host.feed.drained(this.#viewer);
  }

  /** A frame for it was dropped. */
  missed(): void {
    this.#viewer?.missed();
  }

  /** Closes it when all its commands are answered. */
  endSoon(closing: Closing): void {
    if (this.#commands === undefined) this.endNow(closing);
    else this.#commands.whenIdle(() => this.endNow(closing));
  }

  endNow(closing: Closing): void {
    this.#socket?.end(closing);
  }

  closed(): void {
    assert(this.#socket !== undefined, 'a socket is closed once');
    this.#socket.letGo();
    this.#socket = undefined;
    if (this.#viewer !== undefined) this.#host.feed.leave(this.#viewer);
    this.#viewer = undefined;
  }

  /** Most viewers never send anything. */
  #newCommands(): SocketCommands {
    const { exchange, counts, endpoints } = this.#host;
    return new SocketCommands({
      ...this.#visit,
      host: exchange,
      endpoints,
      reply: (type, frame) => {
        // An answer that is lost would be waited for: the client is to ask again, over another socket.
        if (this.#socket?.send(frame)) counts.sent(type, frame);
        else this.#socket?.cut();
      },
      end: (closing) => this.endNow(closing),
    });
  }
}
