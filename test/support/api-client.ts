/** Many HTTP clients of one server: as many connections as are asked for, and the loss of an answer as a value. */
import { errors, Pool } from 'undici';
import type { FactBody, PageBody, ProblemBody } from './api-bodies.js';

/** @template Body what the contract says the body is; a problem has its own. */
export interface Reply<Body> {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Body;
}

type Headers = Readonly<Record<string, string>>;

/** A server that does not answer for so long has hung, milliseconds. */
const ANSWER_MS_MAX = 30_000;

const TRIES_MAX = 100;

export class ApiClient {
  readonly #connections: number;
  readonly #pool: Pool;

  /**
   * @param connections requests that can be on their way at once; more wait in this process
   * @param answerMsMax how long an answer may take, milliseconds
   */
  constructor(url: string, connections = 64, answerMsMax = ANSWER_MS_MAX) {
    this.#connections = connections;
    this.#pool = new Pool(url, {
      connections,
      pipelining: 1,
      headersTimeout: answerMsMax,
      bodyTimeout: answerMsMax,
    });
  }

  get<Body>(path: string, headers: Headers = {}): Promise<Reply<Body>> {
    return this.#ask<Body>('GET', path, undefined, headers);
  }

  post<Body>(path: string, body: unknown, headers: Headers = {}): Promise<Reply<Body>> {
    return this.#ask<Body>('POST', path, body, headers);
  }

  /** undefined: the connection ended before the answer was read; what was asked for may have happened. */
  async tryPost<Body>(
    path: string,
    body: unknown,
    headers: Headers = {},
  ): Promise<Reply<Body> | undefined> {
    try {
      return await this.#ask<Body>('POST', path, body, headers);
    } catch (cause) {
      if (isLoss(cause)) return undefined;
      throw cause;
    }
  }

  /** The same of a GET. */
  async tryGet<Body>(path: string): Promise<Reply<Body> | undefined> {
    try {
      return await this.#ask<Body>('GET', path, undefined, {});
    } catch (cause) {
      if (isLoss(cause)) return undefined;
      throw cause;
    }
  }

  /** Resolves when every gateway has the thing: what one has acknowledged another may hear of a moment later. */
  async untilEverywhere(path: string): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const asked = Array.from({ length: this.#connections }, () => this.get(path));
      const replies = await Promise.all(asked);
      if (replies.every(({ status }) => status === 200)) return;
    }
    throw new Error(`not every gateway has ${path}`);
  }

  /** The event's log from its beginning, all pages. */
  async log(eventId: string): Promise<FactBody[]> {
    const facts: FactBody[] = [];
    let after: string | null = '0';
    while (after !== null) {
      const page: Reply<PageBody<FactBody>> = await this.get(
        `/v1/events/${eventId}/log?limit=1000&after=${after}`,
      );
      if (page.status !== 200) throw new Error(`the log of ${eventId}: ${page.status}`);
      facts.push(...page.body.data);
      after = page.body.nextCursor;
    }
    return facts;
  }

  /** Closes every connection, answered or not. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #ask<Body>(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    headers: Headers,
  ): Promise<Reply<Body>> {
    const sent = body === undefined ? null : JSON.stringify(body);
    const type = sent === null ? {} : { 'content-type': 'application/json' };
    const answer = await this.#pool.request({
      method,
      path,
      headers: { ...type, ...headers },
      body: sent,
    });
    const text = await answer.body.text();
    const parsed = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
    return { status: answer.statusCode, headers: answer.headers, body: parsed };
  }
}

/** A refusal as a problem; a test that expects one reads it so. */
export function problemOf(reply: Reply<unknown>): ProblemBody {
  return reply.body as ProblemBody; // every refusal of the native API is one (API §2)
}

const LOSSES = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE']);

function isLoss(cause: unknown): boolean {
  if (cause instanceof errors.HTTPParserError) return false;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return LOSSES.has(code);
}
