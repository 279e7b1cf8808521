/**
 * One way to call a route, however the request came: over HTTP or as a command over a socket. The same checks, the same
 * handler, the same bodies.
 *
 * 1. Whatever becomes of it is an answer, as the route renders it; only a bug rejects.
 */
import type { RequestMark } from '../desk/requests.js';
import { ServerFault } from '../lib/server-fault.js';
import type { Soon } from '../lib/soon.js';
import type { Answer } from './answer.js';
import type { Arrival } from './arrival.js';
import type { Endpoint } from './endpoint.js';
import type { ExchangeHost } from './exchange.js';
import { failureAnswer } from './failure-answer.js';
import { idempotencyMark, idempotently } from './idempotent-request.js';
import { Problem } from './problem.js';
import { faulted } from './refusal.js';
import { contextOf } from './request-context.js';

/** A request without its body, which may not be here yet. */
export interface RouteCall {
  readonly endpoint: Endpoint;
  /** As it arrived, or would have. */
  readonly arrival: Arrival;
  readonly isAdmin: boolean;
}

/** Calls the route, once for each idempotency key. @param body need not outlive the call */
export function callRoute(host: ExchangeHost, call: RouteCall, body: Buffer): Soon<Answer> {
  try {
    const answer = keyed(host, call, body);
    if (!(answer instanceof Promise)) return rendered(host, call, answer);
    return answer.then(
      (known) => rendered(host, call, known),
      (cause) => failedCall(host, call, cause),
    );
  } catch (cause) {
    return failedCall(host, call, cause);
  }
}

function rendered(host: ExchangeHost, call: RouteCall, answer: Answer | Problem): Answer {
  return answer instanceof Problem ? refusedCall(host, call, answer) : answer;
}

/** @param cause what the handler threw */
function failedCall(host: ExchangeHost, call: RouteCall, cause: unknown): Soon<Answer> {
  const problem = cause instanceof ServerFault ? faulted(cause) : undefined;
  return problem === undefined ? Promise.reject(cause) : refusedCall(host, call, problem);
}

/** The problem as the route renders it. @param requestId of the first request where this one repeats it. */
export function refusedCall(
  host: ExchangeHost,
  { endpoint, arrival }: RouteCall,
  problem: Problem,
  requestId = arrival.requestId,
): Answer {
  if (problem.status === 409) host.metrics.countConflict(problem.code);
  return failureAnswer(problem, { endpoint, arrival, requestId });
}

function keyed(host: ExchangeHost, call: RouteCall, body: Buffer): Soon<Answer | Problem> {
  const { method, path, search, headers, requestId } = call.arrival;
  const key = headers.get('idempotency-key');
  if (key === undefined || !call.endpoint.isIdempotent) return handled(host, call, body);
  const principal = call.isAdmin ? 'admin' : 'anyone';
  const mark = idempotencyMark({ key, principal, method, path, search, body, requestId });
  if (mark instanceof Problem) return mark;
  // Rendered whatever it is: what is kept is the answer itself.
  const kept = Buffer.from(body);
  return idempotently(host.desk, mark, async (given) => {
    const answer = await handled(host, call, kept, given);
    return answer instanceof Problem ? refusedCall(host, call, answer, given.requestId) : answer;
  });
}

function handled(
  host: ExchangeHost,
  { endpoint, arrival, isAdmin }: RouteCall,
  body: Buffer,
  mark?: RequestMark,
): Soon<Answer | Problem> {
  const context = contextOf({ host, endpoint, arrival, isAdmin, body, mark });
  return context instanceof Problem ? context : endpoint.route.handle(context);
}
