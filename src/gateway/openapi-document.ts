/**
 * The OpenAPI document, made from the routes and their schemas: what is not in a route is not in
 * it.
 */
import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { SEAT_STATUSES } from '../domain/seat-status.js';
import { timeField } from './field-schemas.js';
import { PROBLEM_TYPE, PROBLEMS, type ProblemCode } from './problem.js';
import type { OperationResponse, Route } from './route.js';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const ADMIN_SCHEME = 'adminKey';

export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', ADMIN_SCHEME, {
    type: 'http',
    scheme: 'bearer',
    description: 'HOLDFAST_ADMIN_KEY. Without a key, callers from loopback are admin.',
  });
  for (const route of routes) registry.registerPath(operationOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description:
        'A server that holds seats. Where `Idempotency-Key` is sent with a POST, the first answer ' +
        'is given again for 24 hours. Every answer has `X-Request-Id`. HEAD works where GET does.',
    },
  });
}

function operationOf(route: Route): RouteConfig {
  const { operation, params, query, body } = route;
  const config: RouteConfig = {
    method: METHODS[route.method],
    path: route.path.replaceAll(/:(\w+)/g, '{$1}'),
    summary: operation.summary,
    tags: [...operation.tags],
    responses: responsesOf(route),
    request: {
      ...(params === undefined ? {} : { params: asObject(params) }),
      ...(query === undefined ? {} : { query: asObject(query) }),
      ...(body === undefined ? {} : { body: bodyOf(body) }),
      ...(route.method === 'POST' ? { headers: POST_HEADERS } : {}),
    },
  };
  if (operation.description !== undefined) config.description = operation.description;
  if (route.admin) config.security = [{ [ADMIN_SCHEME]: [] }];
  return config;
}

const METHODS = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;

const POST_HEADERS = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .meta({ description: '1 to 255 visible ASCII characters.', minLength: 1, maxLength: 255 }),
});

/**
 * A route's parameters are an object by the definition of `Route`; the generator wants to be told.
 */
function asObject(schema: z.ZodType): z.ZodObject {
  return schema as z.ZodObject;
}

function bodyOf(schema: z.ZodType): NonNullable<NonNullable<RouteConfig['request']>['body']> {
  const required = !schema.safeParse(undefined).success;
  return { required, content: { 'application/json': { schema } } };
}

function responsesOf(route: Route): RouteConfig['responses'] {
  const responses: RouteConfig['responses'] = {};
  for (const [status, response] of Object.entries(route.operation.responses)) {
    responses[status] = responseOf(response);
  }
  // Contracts have error bodies of their own.
  if (route.failure !== undefined) return responses;
  for (const [status, codes] of codesByStatus(problemCodes(route))) {
    const description = codes.map((code) => `\`${code}\``).join(', ');
    responses[status] = { description, content: { [PROBLEM_TYPE]: { schema: problemSchema } } };
  }
  return responses;
}

type ResponseConfig = NonNullable<RouteConfig['responses'][string]>;

function responseOf({ description, content, headers }: OperationResponse): ResponseConfig {
  const types = Object.entries(content ?? {}).map(([type, schema]) => [type, { schema }]);
  const named = Object.entries(headers ?? {}).map(([name, text]) => [
    name,
    z.string().meta({ description: text }),
  ]);
  return {
    description,
    ...(types.length === 0 ? {} : { content: Object.fromEntries(types) }),
    ...(named.length === 0 ? {} : { headers: z.object(Object.fromEntries(named)) }),
  };
}

/** The codes that a route may answer with: its own, and those that its shape brings with it. */
export function problemCodes(route: Route): ProblemCode[] {
  const codes: ProblemCode[] = [...(route.operation.problems ?? [])];
  if (route.params !== undefined || route.query !== undefined || route.body !== undefined) {
    codes.push('invalid_request');
  }
  if (route.body !== undefined)
    codes.push('malformed_json', 'body_too_large', 'unsupported_media_type');
  if (route.admin) codes.push('unauthenticated', 'forbidden');
  if (route.method === 'POST') codes.push('idempotency_in_flight', 'idempotency_key_reused');
  if (!route.unlimited) codes.push('rate_limited', 'overloaded', 'shutting_down');
  if (route.path.startsWith('/v1')) codes.push('shard_restarting', 'storage_failed');
  return codes;
}

function codesByStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

/** The body of every error of the native API. */
export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Permanent.' }),
    requestId: z.string(),
    issues: z
      .array(
        z.strictObject({
          in: z.enum(['body', 'query', 'path', 'header']),
          path: z.string(),
          message: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Every bad field.' }),
    conflicts: z
      .array(
        z.strictObject({
          seatId: z.string(),
          status: z.enum(SEAT_STATUSES),
          expiresAt: timeField.optional(),
        }),
      )
      .optional()
      .meta({ description: 'Every seat that stood in the way.' }),
    retryAfterMs: z.int().optional(),
  })
  .meta({ id: 'Problem' });
