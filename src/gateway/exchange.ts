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
import type { Soon } from '../lib/soon.js';
import type { Access } from './access.js';
import type { Admission } from './admission.js';
import type { Answer } from './answer.js';
import { writeAnswer } from './answer-writer.js';
import { type Arrival, peerOf, peerTextOf } from './arrival.js';
import type { Cors } from './cors.js';
import type { GatewayDesk } from './desk-port.js';
import type { Endpoint } from './endpoint.js';
import type { GatewayConfig } from './gateway-config.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import { Problem } from './problem.js';
import type { Quarantine } from './quarantine.js';
import type { RateLimit } from './rate-limit.js';
import { collectBody } from './request-body.js';
import { mediaTypeProblem } from './request-check.js';
import { announcedBytes, framingProblem } from './request-framing.js';
import type { GatewayState } from './route.js';
import { callRoute, type RouteCall, refusedCall } from './route-call.js';

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
  readonly #res: HttpResponse;
  readonly #call: RouteCall;
  readonly #startedAt = performance.now();
  #phase: Phase = 'reading';
  #isGone = false;
  #closes = false;

  constructor(host: ExchangeHost, endpoint: Endpoint, res: HttpResponse, arrival: Arrival) {
    this.#host = host;
    this.#res = res;
    const isAdmin = host.access.isAdmin(arrival.headers, () => peerOf(res));
    this.#call = { endpoint, arrival, isAdmin };
  }

  /** Must be called before uWebSockets' handler returns. */
  start(): void {
    const { admission, rateLimit } = this.#host;
    const { route } = this.#call.endpoint;
    this.#res.onAborted(() => this.#clientLeft());
    if (this.#isSuspect()) return;
    const refusal = this.#refusedAtOnce();
    if (!route.unlimited) admission.enter();
    if (refusal !== undefined) this.#refuse(refusal);
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
    const { route } = this.#call.endpoint;
    const { headers, method } = this.#call.arrival;
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
    if (route.admin && !this.#call.isAdmin) return access.refuseAdmin();
    if (route.body !== undefined && announcedBytes(headers) !== 0) return mediaTypeProblem(headers);
    return undefined;
  }

  #drained(): Problem {
    this.#closes = true;
    return busy('shutting_down', 'The server is shutting down; another may take the request.');
  }

  /** Before the body is read, unless the end of the body is what nobody may look behind (see `#readChunks`). */
  #refuse(refusal: Problem): void {
    if (this.#closes || announcedBytes(this.#call.arrival.headers) !== undefined) {
      this.#send(this.#rendered(refusal));
    } else this.#readChunks(Promise.resolve(refusal));
  }

  #read(limited: Promise<Problem | undefined> | undefined): void {
    const { readsBody, bodyBytesMax } = this.#call.endpoint;
    const announced = announcedBytes(this.#call.arrival.headers);
    if (announced === undefined) {
      this.#readChunks(limited);
      return;
    }
    if (!readsBody || announced === 0) {
      this.#work(NO_BODY, limited);
      return;
    }
    collectBody(this.#res, { bytesMax: bodyBytesMax, announced }, (body) =>
      this.#work(body, limited),
    );
  }

  /**
   * uWebSockets takes any two bytes for the end of a chunked body, and what a proxy reads as trailers for the next
   * request. So the answer waits for the turn after the body, and closes: who has sent more by then is cut off by
   * uWebSockets, which reads no request while the one before it has no answer.
   */
  #readChunks(limited: Promise<Problem | undefined> | undefined): void {
    this.#closes = true;
    const bounds = { bytesMax: this.#call.endpoint.bodyBytesMax, announced: undefined };
    collectBody(this.#res, bounds, (body) => {
      setImmediate(() => {
        if (!this.#isGone) this.#res.cork(() => this.#work(body, limited));
      });
    });
  }

  /** Within a cork, with a body that need not outlive the call. A rejection is a bug: nobody catches it, and the thread dies of it. */
  #work(body: Buffer | undefined, limited: Promise<Problem | undefined> | undefined): void {
    this.#phase = 'working';
    const answer = this.#respond(body, limited);
    if (answer instanceof Promise) void answer.then((known) => this.#sendLate(known));
    else this.#send(answer);
  }

  #respond(
    body: Buffer | undefined,
    limited: Promise<Problem | undefined> | undefined,
  ): Soon<Answer> {
    if (limited !== undefined) {
      const kept = body && Buffer.from(body);
      return limited.then((refusal) =>
        refusal === undefined ? this.#respond(kept, undefined) : this.#rendered(refusal),
      );
    }
    if (body === undefined) {
      this.#closes = true;
      const detail = `The body has more than ${this.#call.endpoint.bodyBytesMax} bytes.`;
      return this.#rendered(new Problem('body_too_large', detail));
    }
    return callRoute(this.#host, this.#call, body);
  }

  #rendered(problem: Problem): Answer {
    return refusedCall(this.#host, this.#call, problem);
  }

  /** What was waited for: the client may be gone, and there is no cork. */
  #sendLate(answer: Answer): void {
    if (this.#isGone) this.#end();
    else this.#res.cork(() => this.#send(answer));
  }

  /** Within a cork. */
  #send(answer: Answer): void {
    this.#phase = 'writing';
    const { endpoint, arrival } = this.#call;
    const options = {
      isHead: endpoint.isHead,
      closes: this.#closes || this.#host.state.isDraining,
      requestId: arrival.requestId,
      headers: this.#host.cors.headersFor(arrival.headers),
    };
    writeAnswer(this.#res, answer, options, () => {
      const seconds = (performance.now() - this.#startedAt) / 1_000;
      endpoint.metrics.answered(answer.status, seconds);
      this.#end();
    });
  }

  #clientLeft(): void {
    this.#isGone = true;
    if (this.#phase !== 'working') this.#end();
  }

  #end(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    if (!this.#call.endpoint.route.unlimited) this.#host.admission.leave();
  }
}

function busy(code: 'overloaded' | 'shutting_down', detail: string): Problem {
  return new Problem(code, detail, { retryAfterMs: RETRY_MS });
}
