/**
 * Everything that can be wrong with a request, made from the OpenAPI document of the server itself: each is refused with a 4xx
 * that names the field, and nothing has changed. (`test/gateway/bad-input.test.ts` knows the routes from within; this one knows
 * what any client knows, and has real shards and a real store behind it.)
 */

import { request } from 'undici';
import { afterEach, expect, it } from 'vitest';
import type { EventBody, PageBody, ProblemBody, ReservationBody } from '../support/api-bodies.js';
import { ApiClient } from '../support/api-client.js';
import {
  DescribedRequests,
  type OpenApi,
  type Operation,
  type Parameter,
  type Rivals,
} from '../support/described-request.js';
import { startServer, type TestServer } from '../support/server.js';

/** Its body's format is pretix's, and not in the document. */
const UNDESCRIBED = '/v1/events/import';
const BAD_PLAN =
  '{"name":"x","size":{"width":-1,"height":"x"},"categories":{},"zones":[{"__proto__":1}]}';
const RIVALS: Rivals = [
  ['totalSeats', 'sections'],
  ['rows', 'capacity'],
];
const BAD_PARTS = ['%', '%ff', '%00', 'a%0ab', 'x'.repeat(129)];
const BAD_KEYS = ['a b', 'x'.repeat(256), '\u00e9'];

let server: TestServer | undefined;
let client: ApiClient | undefined;
afterEach(async () => {
  await client?.close();
  await server?.kill9();
});

/** One request that is wrong in one place. */
interface BadRequest {
  readonly method: string;
  readonly url: string;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What an answer has to name, where it names fields. */
  readonly field: string;
}

it('whatever is wrong with a request, it is refused and nothing changes', async () => {
  server = await startServer({ env: { HOLDFAST_SHARDS: '2' } });
  client = new ApiClient(server.url, 16);
  const { body: document } = await client.get<OpenApi>('/openapi.json');
  const { body: held } = await client.post<ReservationBody>('/v1/events/default/reservations', {
    userId: 'ada',
    seatIds: ['A1', 'J10'],
  });
  const bad = badRequests(document, held.id);
  expect(bad.length).toBeGreaterThan(1_000);
  const before = await everything(client);
  const faults: string[] = [];
  const all = bad.values();
  await Promise.all(Array.from({ length: 16 }, () => refuseAll(server?.url ?? '', all, faults)));
  expect(faults).toEqual([]);
  expect(await everything(client)).toEqual(before);
  expect(server.stderr()).toBe('');
}, 60_000);

async function refuseAll(
  origin: string,
  all: Iterable<BadRequest>,
  faults: string[],
): Promise<void> {
  for (const bad of all) {
    const { method, url, text, field } = bad;
    const fault = await send(origin, bad).then(
      ({ status, answer }) => faultOf(bad, status, answer),
      (cause: unknown) => `is not answered: ${cause}`,
    );
    if (fault === undefined) continue;
    faults.push(`${method} ${url.slice(0, 200)} ${text?.slice(0, 200) ?? ''} (${field}): ${fault}`);
  }
}

async function send(
  origin: string,
  { method, url, text, headers = {} }: BadRequest,
): Promise<{ status: number; answer: string }> {
  const type = text === undefined ? {} : { 'content-type': 'application/json' };
  const reply = await request(origin + url, {
    method,
    headers: { ...type, ...headers },
    body: text ?? null,
  });
  return { status: reply.statusCode, answer: await reply.body.text() };
}

/** What is wrong with the answer. */
function faultOf({ url, field }: BadRequest, status: number, answer: string): string | undefined {
  const says = `${status} ${answer.slice(0, 300)}`;
  if (status < 400 || status >= 500) return `is not refused: ${says}`;
  if (!url.startsWith('/v1/')) return undefined; // the other contracts have bodies of their own
  const { code, issues = [] } = JSON.parse(answer) as ProblemBody; // every refusal under /v1 is one
  if (status !== 400 || code !== 'invalid_request') return `is refused for another reason: ${says}`;
  const isNamed = issues.some(({ path }) => path === field || isWithin(path, field));
  const isWhole = field === '' && issues.length > 0;
  return isNamed || isWhole ? undefined : `the field is not named: ${says}`;
}

/** One is a part of the other. */
function isWithin(path: string, field: string): boolean {
  return path.startsWith(`${field}.`) || field.startsWith(`${path}.`);
}

function badRequests(document: OpenApi, reservationId: string): BadRequest[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([name, operation]) => {
      const method = name.toUpperCase();
      const isOfReservation = path.startsWith('/v1/reservations/');
      const url = (parameter = '', value = ''): string =>
        path
          .replace(`{${parameter}}`, value)
          .replace('{id}', isOfReservation ? reservationId : 'default')
          .replaceAll(/\{\w+\}/g, 'A1');
      return [
        ...badBodies(document, path, operation).map((bad) => ({ method, url: url(), ...bad })),
        ...(operation.parameters ?? []).flatMap((parameter) =>
          badParameters(path, parameter, url).map((bad) => ({ method, ...bad })),
        ),
      ];
    }),
  );
}

function badBodies(document: OpenApi, path: string, operation: Operation) {
  if (path === UNDESCRIBED) return [{ field: '', text: BAD_PLAN }];
  const described = new DescribedRequests(document, RIVALS);
  return described
    .bodyForms(operation)
    .flatMap((form) =>
      described.bad(form, described.good(form)).map(({ path: field, text }) => ({ field, text })),
    );
}

function badParameters(
  path: string,
  { in: place, name: field }: Parameter,
  url: (parameter?: string, value?: string) => string,
): Omit<BadRequest, 'method'>[] {
  // What stands in the documents' file names is compared with them, and nothing else.
  if (path.startsWith('/docs/')) return [];
  if (place === 'path') return BAD_PARTS.map((part) => ({ url: url(field, part), field }));
  if (place === 'header') {
    return BAD_KEYS.map((key) => ({ url: url(), text: '{}', headers: { [field]: key }, field }));
  }
  const queries = [`${field}=%ff`, `${field}=%00`, `${field}=1&${field}=1`, `${field}=`];
  return queries.map((query) => ({ url: `${url()}?${query}`, field }));
}

/** All that could have changed. */
async function everything(from: ApiClient) {
  const { body: events } = await from.get<PageBody<EventBody>>('/v1/events');
  const logs = await Promise.all(events.data.map(({ id }) => from.log(id)));
  return { events: events.data, logs };
}
