/** What a handler sees: the request, through the schemas of its route. */
import type { RequestMark } from '../desk/requests.js';
import type { Arrival } from './arrival.js';
import type { Endpoint } from './endpoint.js';
import type { ExchangeHost } from './exchange.js';
import { Problem } from './problem.js';
import { checkedBody, checkedParams, checkedQuery } from './request-check.js';
import type { RequestContext } from './route.js';

export interface ContextParts {
  readonly host: ExchangeHost;
  readonly endpoint: Endpoint;
  readonly arrival: Arrival;
  readonly isAdmin: boolean;
  readonly body: Buffer;
  readonly mark: RequestMark | undefined;
}

/** The context, or the problem of the first part of the request that is not valid. */
export function contextOf(parts: ContextParts): RequestContext | Problem {
  const { host, endpoint, arrival, isAdmin, mark } = parts;
  const { route, paramNames } = endpoint;
  const params = checkedParams(route.params, paramNames, arrival.params);
  if (params instanceof Problem) return params;
  const query = checkedQuery(route.query, arrival.search);
  if (query instanceof Problem) return query;
  const body = checkedBody(route.body, parts.body);
  if (body instanceof Problem) return body;
  return {
    desk: host.desk,
    config: host.config,
    gateway: host.state,
    params: params.value,
    query: query.value,
    body: body.value,
    method: arrival.method,
    path: arrival.path,
    headers: arrival.headers,
    // A replay is rendered as the first time, its id included.
    requestId: mark?.requestId ?? arrival.requestId,
    isAdmin,
    subject: undefined,
    marked: mark === undefined ? NOT_MARKED : { idempotency: mark },
  };
}

const NOT_MARKED = {};
