/**
 * The messages of one socket: each command is answered by a `result`, whatever becomes of it.
 *
 * 1. A socket has so many commands in flight and so many in a second; one more is refused with 503 or 429 (I9).
 * 2. What is no command is answered by an `error`, so many times; and who goes on though refused is closed.
 */
import type { Answer } from '../answer.js';
import { type Arrival, requestIdOf } from '../arrival.js';
import type { ExchangeHost } from '../exchange.js';
import { Problem } from '../problem.js';
import { RequestHeaders } from '../request-headers.js';
import { callRoute, type RouteCall, refusedCall } from '../route-call.js';
import { BAD_MESSAGES, BINARY, FLOODED, MESSAGE_TOO_LARGE } from './closings.js';
import type { CommandEndpoints } from './command-endpoints.js';
import { type FeedCommand, parseCommand } from './feed-command.js';
import type { FrameType } from './feed-counts.js';
import { errorFrame, resultFrame } from './feed-frames.js';
import type { Closing, Frame } from './feed-ports.js';
import { WindowCount } from './window-count.js';

const SECOND_MS = 1_000;
/** The window of `badMessagesMax` and `floodedCommandsMax`. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 1_000;

export interface SocketCommandsOptions {
  readonly host: ExchangeHost;
  readonly endpoints: CommandEndpoints;
  /** The socket's event, as it stands in the path: percent-encoded. */
  readonly eventParam: string;
  readonly isAdmin: boolean;
  /** The client's address. */
  readonly peer: string;
  reply(type: FrameType, frame: Frame): void;
  end(closing: Closing): void;
}

export class SocketCommands {
  readonly #options: SocketCommandsOptions;
  readonly #rate: WindowCount;
  readonly #badMessages: WindowCount;
  readonly #floods: WindowCount;
  #inFlight = 0;
  #whenIdle: (() => void) | undefined;

  constructor(options: SocketCommandsOptions) {
    const { feed } = options.host.config;
    this.#options = options;
    this.#rate = new WindowCount(feed.commandsPerSecondMax, SECOND_MS);
    this.#badMessages = new WindowCount(feed.badMessagesMax, PATIENCE_MS);
    this.#floods = new WindowCount(feed.floodedCommandsMax, PATIENCE_MS);
  }

  /** @param bytes valid during the call only. */
  receive(bytes: Buffer, isBinary: boolean): void {
    const { host, end } = this.#options;
    if (bytes.length > host.config.feed.messageBytesMax) end(MESSAGE_TOO_LARGE);
    else if (isBinary) end(BINARY);
    else this.#read(bytes);
  }

  /** Calls `done` when nothing is in flight, perhaps at once. */
  whenIdle(done: () => void): void {
    if (this.#inFlight === 0) done();
    else this.#whenIdle = done;
  }

  #read(bytes: Buffer): void {
    const message = parseCommand(bytes);
    if ('type' in message) this.#command(message);
    else if (!this.#badMessages.take(this.#options.host.desk.now())) {
      this.#options.end(BAD_MESSAGES);
    } else {
      this.#options.reply('error', errorFrame(message.problem, message.requestId));
    }
  }

  /** (1), (2). A rejection is a bug: nobody catches it, and the thread dies of it. */
  #command(command: FeedCommand): void {
    const { host, end } = this.#options;
    const now = host.desk.now();
    const call = this.#callOf(command);
    if (this.#rate.take(now)) {
      const refusal = this.#refusedAtOnce();
      if (refusal === undefined) void this.#carryOut(command, call);
      else this.#refuse(command, call, refusal);
    } else if (this.#floods.take(now)) {
      this.#refuse(command, call, tooMany(this.#rate.leftMs(now)));
    } else end(FLOODED);
  }

  #refusedAtOnce(): Problem | undefined {
    const { host } = this.#options;
    if (host.state.isDraining) return busy('shutting_down', 'The server is shutting down.');
    if (this.#inFlight >= host.config.feed.commandsInFlightMax) {
      return busy('overloaded', 'Too many commands of this socket are not answered yet.');
    }
    if (host.admission.isFull) return busy('overloaded', 'Too many requests are being worked on.');
    return undefined;
  }

  async #carryOut(command: FeedCommand, call: RouteCall): Promise<void> {
    const { host, peer } = this.#options;
    const startedAt = performance.now();
    this.#inFlight += 1;
    host.admission.enter();
    const limited = host.rateLimit.isOn ? await host.rateLimit.refuse(peer) : undefined;
    const answer =
      limited === undefined
        ? await callRoute(host, call, Buffer.from(JSON.stringify(command.body)))
        : refusedCall(host, call, limited);
    call.endpoint.metrics.answered(answer.status, (performance.now() - startedAt) / 1_000);
    this.#reply(command, answer);
    host.admission.leave();
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#whenIdle?.();
  }

  #refuse(command: FeedCommand, call: RouteCall, problem: Problem): void {
    const answer = refusedCall(this.#options.host, call, problem);
    call.endpoint.metrics.answered(answer.status, 0);
    this.#reply(command, answer);
  }

  #reply({ requestId }: FeedCommand, answer: Answer): void {
    this.#options.reply('result', resultFrame(requestId, answer));
  }

  #callOf(command: FeedCommand): RouteCall {
    const { endpoints, isAdmin } = this.#options;
    return {
      endpoint: endpoints[command.type],
      arrival: this.#arrivalOf(command),
      isAdmin,
    };
  }

  /** The request as it would have come over HTTP. */
  #arrivalOf({ type, requestId, reservationId, idempotencyKey }: FeedCommand): Arrival {
    const { eventParam } = this.#options;
    const headers = new RequestHeaders();
    if (idempotencyKey !== undefined) headers.add('idempotency-key', idempotencyKey);
    const param = reservationId === undefined ? eventParam : encodeURIComponent(reservationId);
    const path =
      reservationId === undefined
        ? `/v1/events/${param}/reservations`
        : `/v1/reservations/${param}/${type}`;
    const params = [param];
    return { method: 'POST', path, search: '', headers, params, requestId: requestIdOf(requestId) };
  }
}

function tooMany(retryAfterMs: number): Problem {
  return new Problem('rate_limited', 'This socket has sent too many commands.', { retryAfterMs });
}

function busy(code: 'overloaded' | 'shutting_down', detail: string): Problem {
  return new Problem(code, detail, { retryAfterMs: RETRY_MS });
}
