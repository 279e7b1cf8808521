/**
 * A route as data. The server, HEAD, 405 with `Allow`, CORS, the OpenAPI document and the tidy
 * tests are all made from one list of these.
 *
 * 1. A handler sees only what its schemas have passed.
 * 2. A refusal is a returned `Problem`; what is thrown is a ServerFault (answered 503) or a bug
 *    (the thread dies).
 */
import type { z } from 'zod';
import type { Marked } from '../desk/requests.js';
import type { UserId } from '../domain/ids.js';
import type { Soon } from '../lib/soon.js';
import type { Answer } from './answer.js';
import type { GatewayDesk } from './desk-port.js';
import type { GatewayConfig } from './gateway-config.js';
import type { Problem, ProblemCode } from './problem.js';
import type { RequestHeaders } from './request-headers.js';

export type { Answer } from './answer.js';

/** HEAD and OPTIONS are made from these by the server. */
export type RouteMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What the OpenAPI document says of a route. */
export interface Operation {
  /** One line, imperative. */
  readonly summary: string;
  /** What the summary leaves open: limits, order, what the contract is silent about. */
  readonly description?: string;
  readonly tags: readonly string[];
  /** Answers of success by status. */
  readonly responses: Readonly<Record<number, OperationResponse>>;
  /**
   * Codes of the handler's own; those that any route may answer with are added. Not for routes with
   * `failure`.
   */
  readonly problems?: readonly ProblemCode[];
}

export interface OperationResponse {
  readonly description: string;
  /** A schema by content type; absent: no body. */
  readonly content?: Readonly<Record<string, z.ZodType>>;
  /** Header names with a description each. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Which limit of the config a body is held to. */
export type BodyLimit = 'bodyBytesMax' | 'eventBodyBytesMax';

/** One request, read and checked. */
export interface RequestContext<Params = unknown, Query = unknown, Body = unknown> {
  readonly desk: GatewayDesk;
  readonly config: GatewayConfig;
  /** The gateway that serves the request. */
  readonly gateway: GatewayState;
  /** Percent-decoded, as the schema gives them; without a schema, undefined. */
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Upper case; HEAD where a GET was asked for by HEAD. */
  readonly method: string;
  /** As sent: not decoded, without the query. */
  readonly path: string;
  readonly headers: RequestHeaders;
  readonly requestId: string;
  readonly isAdmin: boolean;
  /**
   * Who a checked token says it is; undefined: nobody was checked, and the request's own word is
   * believed.
   */
  readonly subject: UserId | undefined;
  /**
   * To be spread into every command for the desk: with an `Idempotency-Key` it carries the mark,
   * else it is empty. A mark with `replay` says that the effect has happened: the desk answers as
   * it did then.
   */
  readonly marked: Marked;
}

/** What a handler may know of its gateway. */
export interface GatewayState {
  /** 0.. */
  readonly index: number;
  /** New requests are refused; what is in flight is finished. */
  readonly isDraining: boolean;
  /** What this gateway alone has counted, in Prometheus' text format. */
  ownMetrics(): Promise<string>;
}

/** What is known of a request that failed, perhaps before it could be read. */
export interface FailureContext {
  readonly requestId: string;
  readonly path: string;
  /** The path's parameters by name, percent-decoded where that works, else as sent; not checked. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: RouteMethod;
  /** uWebSockets' form: `/v1/events/:id/seats`. Every `:name` is a key of `params`. */
  readonly path: string;
  readonly operation: Operation;
  /** Wants the admin key, or a loopback peer where there is none. */
  readonly admin?: boolean;
  /** Not counted against the client's rate limit, nor against the requests in flight. */
  readonly unlimited?: boolean;
  /** An object of strings by name. Absent: parameters are not looked at. */
  readonly params?: Params;
  /** An object; each parameter is a string, at most once. Absent: the query is not looked at. */
  readonly query?: Query;
  /** Of the parsed JSON; undefined where there is no body. Absent: the body is read and dropped. */
  readonly body?: Body;
  /** Default `bodyBytesMax`. */
  readonly bodyLimit?: BodyLimit;
  handle(
    context: RequestContext<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Soon<Answer | Problem>;
  /**
   * Gives errors another status and body than RFC 9457; `Retry-After` and the like are added by the
   * server.
   */
  failure?(problem: Problem, context: FailureContext): Answer;
}

/** Infers what the handler gets from the schemas beside it. */
export function route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
>(definition: Route<Params, Query, Body>): Route {
  return definition;
}
