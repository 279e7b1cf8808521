/** A problem as the client of a route sees it: the route's own rendering, or RFC 9457. */
import type { Answer } from './answer.js';
import type { Arrival } from './arrival.js';
import type { Endpoint } from './endpoint.js';
import { Problem, problemAnswer, problemHeaders } from './problem.js';
import { parsedParams } from './request-check.js';

export interface Failed {
  readonly endpoint: Endpoint;
  readonly arrival: Arrival;
  /** Of the first request where this one is answered as it was. */
  readonly requestId: string;
}

/** With the headers that the problem demands, whoever renders it. */
export function failureAnswer(problem: Problem, { endpoint, arrival, requestId }: Failed): Answer {
  const { route, paramNames } = endpoint;
  const answer =
    route.failure === undefined
      ? problemAnswer(problem, requestId)
      : route.failure(problem, {
          requestId,
          path: arrival.path,
          params: sentParams(paramNames, arrival.params),
        });
  const demanded = problemHeaders(problem);
  return demanded === undefined
    ? answer
    : { ...answer, headers: { ...demanded, ...answer.headers } };
}

/** Decoded where that works, else as they were sent: a contract gives back what it was sent. */
function sentParams(
  names: readonly string[],
  sent: readonly string[],
): Readonly<Record<string, string>> {
  const params = parsedParams(names, sent);
  if (!(params instanceof Problem)) return params;
  return Object.fromEntries(names.map((name, index) => [name, sent[index] ?? '']));
}
