/**
 * Whether an answer is one that the route's documentation speaks of: every test of a gateway checks
 * it in passing.
 */
import type { z } from 'zod';
import { problemCodes, problemSchema } from '../../../src/gateway/openapi-document.js';
import type { Route } from '../../../src/gateway/route.js';
import type { Reply } from './test-gateway.js';

/** Whatever the route: a foreign host or origin, and a server that starts or stops. */
const ANYWHERE = ['forbidden', 'invalid_request', 'shutting_down', 'overloaded', 'rate_limited'];

/** What is not as it is documented; undefined: nothing, or there is no such route. */
export function documentationFault(
  routes: readonly Route[],
  method: string,
  path: string,
  reply: Reply,
): string | undefined {
  const found = routes.find((route) => route.method === method && isAt(route.path, path));
  if (found === undefined || reply.status === 304) return undefined;
  const type = (reply.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (type === 'application/problem+json') return problemFault(found, reply);
  if (reply.status >= 400) return undefined; // a contract's own
  const response = found.operation.responses[reply.status];
  if (response === undefined) return `the status ${reply.status} is not documented`;
  const schema = response.content?.[type];
  if (schema === undefined || type !== 'application/json') return undefined;
  return schemaFault(schema, reply.json);
}

function problemFault(route: Route, { json }: Reply): string | undefined {
  const known: readonly string[] = [...problemCodes(route), ...ANYWHERE];
  if (!known.includes(json.code)) return `the code ${json.code} is not documented`;
  return schemaFault(problemSchema, json);
}

function schemaFault(schema: z.ZodType, value: unknown): string | undefined {
  const result = schema.safeParse(value);
  return result.success ? undefined : result.error.message;
}

function isAt(pattern: string, path: string): boolean {
  const [bare = ''] = path.split('?');
  const form = pattern.replaceAll(/:\w+/g, '[^/]+').replaceAll('.', '\\.');
  return new RegExp(`^${form}$`).test(bare);
}
