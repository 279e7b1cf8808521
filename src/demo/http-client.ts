/**
 * A small HTTP client for JSON, on node's own agent: connections are kept and bounded.
 *
 * 1. What the server says may be asked again, and what no answer came to, is asked again, under the same
 *    `Idempotency-Key`: it has one effect at most.
 */
import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from './box-office.js';

export interface HttpClientOptions {
  /** `http://127.0.0.1:8080` */
  readonly origin: string;
  readonly socketsMax: number;
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string | undefined;
  /** Ends what is in flight: its promises reject with an `AbortError`. */
  readonly signal?: AbortSignal;
}

interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

const ATTEMPTS_MAX = 4;
const RETRY_MS = 250;
/** Of a connection, in use or not. Shorter than the ten seconds after which the server closes an idle one. */
const SILENCE_MS_MAX = 5_000;

export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agent: Agent;
  readonly #refusals = new Map<string, number>();
  #requestCount = 0;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const maxSockets = options.socketsMax;
    this.#agent = new Agent({ keepAlive: true, maxSockets, timeout: SILENCE_MS_MAX });
  }

  /** Requests sent so far. */
  get requestCount(): number {
    return this.#requestCount;
  }

  /** How often each code came. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  /** @typeParam T what the API promises for a success on this path; it is believed. */
  get<T>(path: string): Promise<Reply<T>> {
    return this.#ask<T>('GET', path);
  }

  /** @typeParam T as with `get`. */
  post<T>(path: string, body: unknown): Promise<Reply<T>> {
    return this.#ask<T>('POST', path, JSON.stringify(body));
  }

  /** Drops the connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #ask<T>(method: string, path: string, body?: string): Promise<Reply<T>> {
    const headers = this.#headers(body);
    for (let attempt = 1; ; attempt += 1) {
      const reply = replyOf<T>(await this.#send(method, path, headers, body));
      if (reply.ok) return reply;
      this.#refusals.set(reply.code, (this.#refusals.get(reply.code) ?? 0) + 1);
      if (!MAY_BE_ASKED_AGAIN.has(reply.code) || attempt === ATTEMPTS_MAX) return reply;
      await wait(RETRY_MS * 2 ** attempt, undefined, this.#withSignal());
    }
  }

  #headers(body: string | undefined): Record<string, string> {
    const { bearer } = this.#options;
    const authorization = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
    if (body === undefined) return authorization;
    const length = String(Buffer.byteLength(body));
    const about = { 'Content-Type': 'application/json', 'Content-Length': length };
    return { ...authorization, ...about, 'Idempotency-Key': randomUUID() };
  }

  /** @returns undefined where the connection broke, or stayed silent for too long. */
  #send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | undefined,
  ): Promise<HttpAnswer | undefined> {
    this.#requestCount += 1;
    return new Promise((resolve, reject) => {
      const broken = (cause: Error): void => {
        if (this.#options.signal?.aborted === true) reject(cause);
        else resolve(undefined);
      };
      const options = { method, headers, agent: this.#agent, ...this.#withSignal() };
      const sent = request(new URL(path, this.#options.origin), options, (message) => {
        answerOf(message).then(resolve, broken);
      });
      sent.on('error', broken);
      sent.on('timeout', () => sent.destroy());
      sent.end(body);
    });
  }

  #withSignal(): { signal?: AbortSignal } {
    const { signal } = this.#options;
    return signal === undefined ? {} : { signal };
  }
}

const UNREACHABLE = 'unreachable';
const MAY_BE_ASKED_AGAIN: ReadonlySet<string> = new Set([
  UNREACHABLE,
  'overloaded',
  'shard_restarting',
  'rate_limited',
  'idempotency_in_flight',
]);

async function answerOf(message: IncomingMessage): Promise<HttpAnswer> {
  const body = await text(message);
  return { status: message.statusCode ?? 0, body };
}

function replyOf<T>(answer: HttpAnswer | undefined): Reply<T> {
  if (answer === undefined) return { ok: false, code: UNREACHABLE };
  if (answer.status >= 400) {
    const problem: { readonly code: string } = JSON.parse(answer.body);
    return { ok: false, code: problem.code };
  }
  const value: T = JSON.parse(answer.body);
  return { ok: true, value };
}
