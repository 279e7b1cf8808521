/** A request that came over a socket, answered as its HTTP route answers it: same checks, same handler, same bodies. */
import type { RequestMark } from '../../desk/requests.js';
import { ServerFault } from '../../lib/server-fault.js';
import type { Answer } from '../answer.js';
import type { Arrival } from '../arrival.js';
import type { Endpoint } from '../endpoint.js';
import type { ExchangeHost } from '../exchange.js';
import { failureAnswer } from '../failure-answer.js';
import { idempotencyMark, idempotently } from '../idempotent-request.js';
import { Problem } from '../problem.js';
import { faulted } from '../refusal.js';
import { contextOf } from '../request-context.js';

export interface RouteCall {
  readonly endpoint: Endpoint;
  /** As the request would have arrived. */
  readonly arrival: Arrival;
  readonly isAdmin: boolean;
  readonly body: Buffer;
}

/** Rejects only at a bug. */
export async function callRoute(host: ExchangeHost, call: RouteCall): Promise<Answer> {
  try {
    const answer = await keyed(host, call);
    return answer instanceof Problem ? refusedCall(host, call, answer) : answer;
  } catch (cause) {
    const problem = cause instanceof ServerFault ? faulted(cause) : undefined;
    if (problem === undefined) throw cause;
    return refusedCall(host, call, problem);
  }
}

/** The problem as the route renders it. */
export function refusedCall(
  host: ExchangeHost,
  { endpoint, arrival }: Pick<RouteCall, 'endpoint' | 'arrival'>,
  problem: Problem,
  requestId = arrival.requestId,
): Answer {
  if (problem.status === 409) host.metrics.countConflict(problem.code);
  return failureAnswer(problem, { endpoint, arrival, requestId });
}

function keyed(host: ExchangeHost, call: RouteCall): Promise<Answer | Problem> | Answer | Problem {
  const { arrival, body, isAdmin } = call;
  const { method, path, search, headers, requestId } = arrival;
  const key = headers.get('idempotency-key');
  if (key === undefined) return handled(host, call, undefined);
  const principal = isAdmin ? 'admin' : 'anyone';
  const mark = idempotencyMark({ key, principal, method, path, search, body, requestId });
  if (mark instanceof Problem) return mark;
  return idempotently(host.desk, mark, async (given) => {
    const answer = await handled(host, call, given);
    return answer instanceof Problem ? refusedCall(host, call, answer, given.requestId) : answer;
  });
}

function handled(
  host: ExchangeHost,
  call: RouteCall,
  mark: RequestMark | undefined,
): Promise<Answer | Problem> | Answer | Problem {
  const context = contextOf({ host, ...call, mark });
  return context instanceof Problem ? context : call.endpoint.route.handle(context);
}
