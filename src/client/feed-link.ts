/**
 * A lasting link to an event's live feed: one connection after another, until it is closed or the event is gone.
 *
 * 1. There is one connection at most, or one timer until the next, or one question after the event.
 * 2. A connection that is refused may be the end: the event is asked for, once, and 404 ends the link for good.
 */
import type { ElapsedMs } from '../lib/clock.js';
import { Backoff, type BackoffLimits } from './backoff.js';
import { lookUpEvent } from './event-lookup.js';
import {
  type ConnectionEnd,
  type ConnectionEndKind,
  type ConnectionLimits,
  FeedConnection,
} from './feed-connection.js';
import type { FeedFrame } from './feed-frame.js';
import type { HoldfastClient } from './holdfast-client.js';
import type { ClientPorts } from './ports.js';

/** Milliseconds. */
export interface LinkLimits extends BackoffLimits, ConnectionLimits {
  /** A connection that lasted for so long was sound: after it, waits are short again. */
  readonly steadyMs: number;
}

export interface LinkListener {
  /** Asked before each connection. */
  url(): string;
  onFrame(frame: FeedFrame): void;
  /** An attempt failed, or a connection ended; the link tries again by itself. */
  onLost(kind: ConnectionEndKind, why: string): void;
  /** The event is gone; the link is closed. */
  onGone(): void;
}

export interface LinkParts {
  readonly eventId: string;
  readonly client: HoldfastClient;
  readonly ports: ClientPorts;
  readonly limits: LinkLimits;
  readonly listener: LinkListener;
}

export class FeedLink {
  readonly #parts: LinkParts;
  readonly #backoff: Backoff;
  readonly #closing = new AbortController();
  #connection: FeedConnection | undefined;
  #liveSince: ElapsedMs | undefined;
  #takeBack: () => void = () => {};

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.limits, parts.ports.random);
    this.#connect();
  }

  /** @returns false: there is no open connection, and nothing was sent. */
  send(text: string): boolean {
    if (this.#connection?.isOpen !== true) return false;
    this.#connection.send(text);
    return true;
  }

  /** What came cannot be right: begins anew. */
  restart(why: string): void {
    this.#connection?.unreadable(why);
  }

  close(): void {
    this.#closing.abort();
    this.#takeBack();
    this.#connection?.close();
    this.#connection = undefined;
  }

  #connect(): void {
    const { ports, limits, listener } = this.#parts;
    this.#liveSince = undefined;
    this.#connection = new FeedConnection(listener.url(), ports, limits, {
      onFrame: (frame) => {
        this.#liveSince ??= ports.clock.elapsed();
        listener.onFrame(frame);
      },
      onEnd: (end) => this.#ended(end),
    });
  }

  #ended({ kind, why, retryAfterMs }: ConnectionEnd): void {
    this.#connection = undefined;
    if (this.#wasSteady()) this.#backoff.reset();
    if (kind === 'silent') this.#connect();
    else if (kind === 'refused') void this.#lookUp();
    else this.#retryLater(retryAfterMs);
    this.#parts.listener.onLost(kind, why);
  }

  #wasSteady(): boolean {
    const { ports, limits } = this.#parts;
    const since = this.#liveSince;
    return since !== undefined && ports.clock.elapsed() - since >= limits.steadyMs;
  }

  async #lookUp(): Promise<void> {
    const { eventId, client, ports, limits, listener } = this.#parts;
    const answer = await lookUpEvent(client, eventId, {
      timers: ports.timers,
      msMax: limits.openMsMax,
      signal: this.#closing.signal,
    });
    if (this.#closing.signal.aborted) return;
    if (answer.type === 'missing') {
      this.close();
      listener.onGone();
      return;
    }
    if (answer.type === 'found') return this.#retryLater();
    this.#retryLater(answer.retryAfterMs);
    listener.onLost('refused', answer.why);
  }

  #retryLater(hintMs?: number): void {
    const ms = this.#backoff.failedMs(hintMs);
    this.#takeBack = this.#parts.ports.timers.after(ms, () => this.#connect());
  }
}
