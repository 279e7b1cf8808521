/**
 * Requests with fast-check, from the routes' own OpenAPI document: well-formed as HTTP, and in their meaning anything from
 * right to absurd. A new route or field is tried without being named here.
 */
import fc from 'fast-check';
import { readConfig } from '../../../src/config.js';
import { contractRoutes } from '../../../src/gateway/contracts/contract-routes.js';
import { gatewayRoutes } from '../../../src/gateway/gateway-routes.js';
import { openApiDocument } from '../../../src/gateway/openapi-document.js';
import {
  DescribedRequests,
  type OpenApi,
  type Operation,
  type Parameter,
} from '../../support/described-request.js';
import { idIn, likely, odd } from './values.js';
import type { Input } from './visit.js';

export interface MadeRequest extends Input {
  /** JSON; empty: none. */
  readonly body: string;
}

export class RequestMaker {
  readonly #requests: fc.Arbitrary<MadeRequest>;

  constructor() {
    const config = readConfig({}).gateway;
    const routes = gatewayRoutes({ config, others: contractRoutes });
    // The document is written as `OpenApi` reads it: test/load/bad-input.test.ts depends on the same.
    const document = openApiDocument(routes) as unknown as OpenApi;
    const described = new DescribedRequests(document, []);
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) =>
        requestOf(described, method.toUpperCase(), path, operation),
      ),
    );
    this.#requests = fc.oneof(...operations);
  }

  requests(seed: number, count: number): MadeRequest[] {
    return fc.sample(this.#requests, { seed, numRuns: count });
  }
}

function requestOf(
  described: DescribedRequests,
  method: string,
  path: string,
  operation: Operation,
): fc.Arbitrary<MadeRequest> {
  const forms = described.bodyForms(operation);
  const parameters = operation.parameters ?? [];
  const ofPlace = (place: Parameter['in']) => parameters.filter((one) => one.in === place);
  return fc
    .record({
      method: mostly(fc.constant(method), fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'TRACE', 'X')),
      path: fc
        .tuple(
          ...ofPlace('path').map(({ name }) =>
            mostly(name === 'id' ? idIn(method, path) : likely({}, name), odd),
          ),
        )
        .map((values) => values.reduce<string>(withPart, path)),
      query: queryOf(ofPlace('query')),
      headers: fc.subarray([...HEADERS], { maxLength: 3 }),
      key: fc.option(fc.constantFrom('k1', 'x'.repeat(255), '\u00e9', ...KEYS), { freq: 3 }),
      body: forms.length === 0 ? fc.constant('') : bodyOf(described, forms),
    })
    .map(rendered);
}

const KEYS = Array.from({ length: 1_000 }, (_, index) => `key-${index}`);

/** Well-formed, and of a meaning that somebody may act upon. */
const HEADERS = [
  'Accept: application/vnd.holdfast.seatmap',
  'Accept: */*;q=0',
  'Accept-Encoding: br',
  'If-None-Match: *',
  'If-None-Match: "',
  'Authorization: Bearer x',
  'Authorization: Basic Og==',
  'Origin: https://evil.example',
  'Cookie: sid=x; sid=y',
  'X-Request-Id: a b',
  'X-Session-Id: __proto__',
  'Range: bytes=0-',
  'Content-Encoding: gzip',
  'Expect: 100-continue',
  'Access-Control-Request-Method: POST',
  'Upgrade: h2c',
] as const;

function mostly<T, U>(one: fc.Arbitrary<T>, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 15, arbitrary: one }, { weight: 1, arbitrary: other });
}

function withPart(path: string, value: unknown): string {
  return path.replace(/\{\w+\}/, encoded(textOf(value)));
}

function queryOf(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const pairs = parameters.map(({ name, schema = {} }) =>
    mostly(likely(schema, name), odd).map((value) => `${name}=${encoded(textOf(value))}`),
  );
  const strange = fc.constantFrom('x=1', '__proto__=1', '%', 'limit=', '&&');
  return fc
    .tuple(fc.subarray(pairs.map((_, index) => index)), fc.tuple(...pairs), fc.option(strange))
    .map(([chosen, all, extra]) =>
      [...chosen.map((index) => all[index]), ...(extra === null ? [] : [extra])].join('&'),
    );
}

function bodyOf(described: DescribedRequests, forms: ReturnType<DescribedRequests['bodyForms']>) {
  const bodies = forms.map((form) => likely(form, '', described));
  return mostly(fc.oneof(...bodies), odd).map((value) => JSON.stringify(value) ?? '');
}

interface Parts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly string[];
  readonly key: string | null;
  readonly body: string;
}

function rendered({ method, path, query, headers, key, body }: Parts): MadeRequest {
  const bytes = Buffer.from(body);
  const lines = [
    `${method} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1`,
    'Host: localhost',
    ...headers,
    ...(key === null ? [] : [`Idempotency-Key: ${key}`]),
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${bytes.length}`]),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  return { bytes: Buffer.concat([head, bytes]), isOwed: true, isHead: method === 'HEAD', body };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Percent-encoded, and no longer than a head may be. */
function encoded(text: string): string {
  const whole = encodeURIComponent(Buffer.from(text.slice(0, 300)).toString());
  return whole === '' ? '%20' : whole.slice(0, 1_000);
}
