/**
 * One request, from its first byte to the last of its answer: admitted, read, checked, handled,
 * answered.
 *
 * 1. `res` is touched only while the client is there: after `onAborted` and after the answer it is
 *    gone.
 * 2. Every exchange leaves the requests in flight exactly once, when its answer is out, or when its
 *    handler is done and the client has gone.
 * 3. The handler runs to its end though the client be gone: what was asked for may have happened
 *    already.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { RequestMark } from '../desk/requests.js';
import type { IdempotencyMark } from '../domain/commands.js';
import { ServerFault } from '../lib/server-fault.js';
import type { Access } from './access.js';
import type { Admission } from './admission.js';
import type { Answer } from './answer.js';
import { writeAnswer } from './answer-writer.js';
import { type Arrival, peerOf, peerTextOf } from './arrival.js';
import type { Cors, HeaderPair } from './cors.js';
import type { GatewayDesk } from './desk-port.js';
import type { Endpoint } from './endpoint.js';
import { failureAnswer } from './failure-answer.js';
import type { GatewayConfig } from './gateway-config.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import { idempotencyMark, idempotently } from './idempotent-request.js';
import { Problem } from './problem.js';
import type { Quarantine } from './quarantine.js';
import type { RateLimit } from './rate-limit.js';
import { faulted } from './refusal.js';
import { collectBody } from './request-body.js';
import { mediaTypeProblem } from './request-check.js';
import { contextOf } from './request-context.js';
import { announcedBytes, framingProblem } from './request-framing.js';
import type { GatewayState } from './route.js';

/** What exchanges of one gateway share. */
export interface ExchangeHost {
  readonly desk: GatewayDesk;
  readonly config: GatewayConfig;
  readonly state: GatewayState;
  readonly access: Access;
  readonly admission: Admission;
  readonly cors: Cors;
  readonly quarantine: Quarantine;
  readonly rateLimit: RateLimit;
  readonly metrics: GatewayMetrics;
}

const NO_BODY = Buffer.alloc(0);
const RETRY_MS = 1_000;

/** `writing` ends by itself or by the client's going; in `working` the handler has the say. */
type Phase = 'reading' | 'working' | 'writing' | 'over';

export class Exchange {
  readonly #host: ExchangeHost;
  readonly #endpoint: Endpoint;
  readonly #res: HttpResponse;
  readonly #arrival: Arrival;
  readonly #startedAt = performance.now();
  readonly #isAdmin: boolean;
  #phase: Phase = 'reading';
  #isGone = false;
  #closes = false;

  constructor(host: ExchangeHost, endpoint: Endpoint, res: HttpResponse, arrival: Arrival) {
    this.#host = host;
    this.#endpoint = endpoint;
    this.#res = res;
    this.#arrival = arrival;
    this.#isAdmin = host.access.isAdmin(arrival.headers, () => peerOf(res));
  }

  /** Must be called before uWebSockets' handler returns. */
  start(): void {
    const { admission, rateLimit } = this.#host;
    const { route } = this.#endpoint;
    this.#res.onAborted(() => this.#clientLeft());
    if (this.#isSuspect()) return;
    const refusal = this.#refusedAtOnce();
    if (!route.unlimited) admission.enter();
    if (refusal !== undefined) this.#send(this.#rendered(refusal));
    else if (!rateLimit.isOn || route.unlimited) this.#read(undefined);
    else this.#read(rateLimit.refuse(peerTextOf(this.#res)));
  }

  /**
   * What stands behind a request that was not clear is not looked at: closed when the answer to
   * that one is out.
   */
  #isSuspect(): boolean {
    const { quarantine } = this.#host;
    if (quarantine.isEmpty || !quarantine.has(peerTextOf(this.#res))) return false;
    this.#phase = 'over';
    setImmediate(() => {
      if (!this.#isGone) this.#res.close();
    });
    return true;
  }

  /** What can be said without the body and without waiting. */
  #refusedAtOnce(): Problem | undefined {
    const { access, admission, state } = this.#host;
    const { route } = this.#endpoint;
    const { headers, method } = this.#arrival;
    const framing = framingProblem(headers);
    if (framing !== undefined) {
      this.#closes = true;
      this.#host.quarantine.add(peerTextOf(this.#res));
      return framing;
    }
    const foreign = access.refuseForeign(method, headers);
    if (foreign !== undefined) return foreign;
    if (!route.unlimited) {
      if (state.isDraining) return this.#drained();
      if (admission.isFull) return busy('overloaded', 'Too many requests are being worked on.');
    }
    if (route.admin && !this.#isAdmin) return access.refuseAdmin();
    if (route.body !== undefined && announcedBytes(headers) !== 0) return mediaTypeProblem(headers);
    return undefined;
  }

  #drained(): Problem {
    this.#closes = true;
    return busy('shutting_down', 'The server is shutting down; another may take the request.');
  }

  #read(limited: Promise<Problem | undefined> | undefined): void {
    const { readsBody, bodyBytesMax } = this.#endpoint;
    const announced = announcedBytes(this.#arrival.headers);
    if (!readsBody || announced === 0) {
      this.#work(NO_BODY, limited);
      return;
    }
    collectBody(this.#res, { bytesMax: bodyBytesMax, announced }, (body) =>
      this.#work(body, limited),
    );
  }

  /** A rejection of anything but a fault is a bug: nobody catches it, and the thread dies of it. */
  #work(body: Buffer | undefined, limited: Promise<Problem | undefined> | undefined): void {
    if (this.#isGone) return;
    this.#phase = 'working';
    void this.#respond(body, limited).then((answer) => this.#send(answer));
  }

  async #respond(
    body: Buffer | undefined,
    limited: Promise<Problem | undefined> | undefined,
  ): Promise<Answer> {
    const refusal = limited === undefined ? undefined : await limited;
    if (refusal !== undefined) return this.#rendered(refusal);
    if (body === undefined) {
      this.#closes = true;
      const detail = `The body has more than ${this.#endpoint.bodyBytesMax} bytes.`;
      return this.#rendered(new Problem('body_too_large', detail));
    }
    try {
      const answer = await this.#keyed(body);
      return answer instanceof Problem ? this.#rendered(answer) : answer;
    } catch (cause) {
      const problem = cause instanceof ServerFault ? faulted(cause) : undefined;
      if (problem === undefined) throw cause;
      return this.#rendered(problem);
    }
  }

  #keyed(body: Buffer): Promise<Answer | Problem> | Answer | Problem {
    const { method, path, search, headers, requestId } = this.#arrival;
    const key = headers.get('idempotency-key');
    if (key === undefined || !this.#endpoint.isIdempotent) return this.#handled(body, undefined);
    const principal = this.#isAdmin ? 'admin' : 'anyone';
    const mark = idempotencyMark({ key, principal, method, path, search, body, requestId });
    if (mark instanceof Problem) return mark;
    return idempotently(this.#host.desk, mark, (given) => this.#marked(body, given));
  }

  /** Rendered whatever it is: what is kept is the answer itself. */
  async #marked(body: Buffer, mark: RequestMark): Promise<Answer> {
    const answer = await this.#handled(body, mark);
    return answer instanceof Problem ? this.#rendered(answer, mark) : answer;
  }

  #handled(
    body: Buffer,
    mark: RequestMark | undefined,
  ): Promise<Answer | Problem> | Answer | Problem {
    const context = contextOf({
      host: this.#host,
      endpoint: this.#endpoint,
      arrival: this.#arrival,
      isAdmin: this.#isAdmin,
      body,
      mark,
    });
    return context instanceof Problem ? context : this.#endpoint.route.handle(context);
  }

  #rendered(problem: Problem, mark?: IdempotencyMark): Answer {
    if (problem.status === 409) this.#host.metrics.countConflict(problem.code);
    const requestId = mark?.requestId ?? this.#arrival.requestId;
    return failureAnswer(problem, { endpoint: this.#endpoint, arrival: this.#arrival, requestId });
  }

  #send(answer: Answer): void {
    if (this.#isGone) {
      this.#end();
      return;
    }
    this.#phase = 'writing';
    const options = {
      isHead: this.#endpoint.isHead,
      closes: this.#closes || this.#host.state.isDraining,
      headers: this.#headers(),
    };
    writeAnswer(this.#res, answer, options, () => {
      const seconds = (performance.now() - this.#startedAt) / 1_000;
      this.#endpoint.metrics.answered(answer.status, seconds);
      this.#end();
    });
  }

  #headers(): readonly HeaderPair[] {
    const { requestId, headers } = this.#arrival;
    return [['X-Request-Id', requestId], NO_SNIFFING, ...this.#host.cors.headersFor(headers)];
  }

  #clientLeft(): void {
    this.#isGone = true;
    if (this.#phase !== 'working') this.#end();
  }

  #end(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    if (!this.#endpoint.route.unlimited) this.#host.admission.leave();
  }
}

/** Browsers take an answer for what it is called. */
const NO_SNIFFING: HeaderPair = ['X-Content-Type-Options', 'nosniff'];

function busy(code: 'overloaded' | 'shutting_down', detail: string): Problem {
  return new Problem(code, detail, { retryAfterMs: RETRY_MS });
}
