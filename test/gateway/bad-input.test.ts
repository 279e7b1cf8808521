/**
 * What every field of every route refuses, made from the routes' own schemas: a new field is tried
 * without being named here.
 */
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { gatewayRoutes } from '../../src/gateway/gateway-routes.js';
import { hallGateway, TEST_CONFIG, type TestGateway } from './support/test-gateway.js';

const EVIL_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'nonsense', ''];
const BAD_TEXTS = [
  '',
  'x'.repeat(129),
  'x'.repeat(60_000),
  'a\u0000b',
  'tab\t',
  'line\n',
  '\u007f',
  '\u0085',
  '\u2028',
  '\ud800',
  'lone \udc00',
];
const NO_TEXTS = [1, true, null, {}, [], ['a'], 1e308];
const NO_NUMBERS = ['1', true, null, {}, [], -1, 1e308, -1e308, 1e16];
/** Stands for a value that JSON.stringify cannot write. */
const DEEP = '@deep@';
const DEEP_TEXT = `${'['.repeat(15_000)}${']'.repeat(15_000)}`;

/** A body that is accepted, by route. */
const GOOD: Readonly<Record<string, Record<string, unknown>>> = {
  '/v1/events': {
    id: 'x',
    name: 'x',
    currency: 'EUR',
    holdSeconds: 5,
    maxSeatsPerUser: 5,
    preventOrphans: true,
    totalSeats: 5,
  },
  '/v1/events/:id': {
    name: 'x',
    holdSeconds: 5,
    maxSeatsPerUser: 5,
    preventOrphans: true,
    status: 'on_sale',
  },
  '/v1/events/:id/reservations': { userId: 'ann', seatIds: ['A1'], holdSeconds: 5 },
  '/v1/reservations/:id/release': { userId: 'ann', seatIds: ['A1'] },
  '/v1/reservations/:id/confirm': { userId: 'ann' },
  '/v1/reservations/:id/cancel': { userId: 'ann' },
  '/v1/reservations/:id/extend': { userId: 'ann' },
  '/v1/reservations/:id/refund': {},
  '/v1/events/:id/seats/block': { seatIds: ['A1'], reason: 'x' },
  '/v1/events/:id/seats/unblock': { seatIds: ['A1'], reason: 'x' },
};
const BEST = {
  userId: 'ann',
  quantity: 1,
  category: 'x',
  section: 'x',
  adjacent: true,
  holdSeconds: 5,
};
const SECTIONS = {
  name: 'x',
  sections: [{ name: 'S', category: 'c', price: 1, rows: [{ name: 'A', seats: 1 }] }],
};

/** What cannot be right, for a value that is. */
function badFor(value: unknown): unknown[] {
  if (typeof value === 'string') return [...BAD_TEXTS, ...NO_TEXTS, DEEP];
  if (typeof value === 'number') return [...NO_NUMBERS, DEEP];
  if (typeof value === 'boolean') return ['true', 0, 1, {}, [], DEEP];
  if (Array.isArray(value)) {
    return ['A1', 1, true, {}, null, [], [[]], ...badFor(value[0]).map((bad) => [value[0], bad])];
  }
  return ['x', 1, true, [], DEEP];
}

interface BadBody {
  readonly path: string;
  readonly body: unknown;
}

function badBodies(good: Record<string, unknown>): BadBody[] {
  const bad: BadBody[] = [];
  for (const [name, value] of Object.entries(good)) {
    for (const each of badFor(value)) bad.push({ path: name, body: { ...good, [name]: each } });
  }
  for (const key of EVIL_KEYS) {
    const text = `${JSON.stringify(good).slice(0, -1)}${Object.keys(good).length > 0 ? ',' : ''}${JSON.stringify(key)}:{"x":1}}`;
    bad.push({ path: key, body: text });
  }
  for (const whole of [[], 'x', 1, true, DEEP]) bad.push({ path: '', body: JSON.stringify(whole) });
  return bad;
}

async function expectRefused(
  gateway: TestGateway,
  method: string,
  url: string,
  bad: BadBody,
): Promise<void> {
  const text = typeof bad.body === 'string' ? bad.body : JSON.stringify(bad.body);
  const raw = text.replace(JSON.stringify(DEEP), DEEP_TEXT);
  const reply = await gateway.ask(method, url, { raw });
  const what = raw.slice(0, 200);
  expect([what, reply.status, reply.json.code]).toEqual([what, 400, 'invalid_request']);
  const paths: string[] = reply.json.issues.map(({ path }: { path: string }) => path);
  expect(
    paths.some((path) => path === bad.path || path.startsWith(`${bad.path}.`) || path === ''),
  ).toBe(true);
}

const routes = gatewayRoutes({ config: TEST_CONFIG, others: [] });
const url = (path: string) =>
  path.replace(':id', path.includes('/reservations/') ? 'rsv_x' : 'hall');

describe('every field of every body', () => {
  const withBody = routes.filter(
    ({ body, path }) => body !== undefined && path !== '/v1/events/import',
  );

  test('is in the table of good bodies', () => {
    expect(withBody.map(({ path }) => path).sort()).toEqual(Object.keys(GOOD).sort());
    for (const { path, body } of withBody) {
      expect([path, body?.safeParse(GOOD[path]).success]).toEqual([path, true]);
      const fields = fieldsOf(body);
      const tried = new Set([
        ...Object.keys(GOOD[path] ?? {}),
        'sections',
        'quantity',
        'category',
        'section',
        'adjacent',
      ]);
      expect(fields.filter((field) => !tried.has(field))).toEqual([]);
    }
  });

  test.each(withBody.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s refuses what is no such thing',
    async (_, route) => {
      const gateway = await hallGateway();
      for (const bad of badBodies(GOOD[route.path] ?? {})) {
        if (
          bad.path === 'maxSeatsPerUser' &&
          JSON.stringify(bad.body).includes('"maxSeatsPerUser":null')
        )
          continue;
        await expectRefused(gateway, route.method, url(route.path), bad);
      }
      expect(gateway.desk.commandCount).toBe(1); // the hall itself
    },
  );

  test('best available refuses what is no such thing', async () => {
    const gateway = await hallGateway();
    for (const bad of badBodies(BEST))
      await expectRefused(gateway, 'POST', url('/v1/events/:id/reservations'), bad);
    for (const more of [{ seatIds: ['A1'] }, { quantity: 0 }, { quantity: 1.5 }]) {
      const reply = await gateway.post('/v1/events/hall/reservations', { ...BEST, ...more });
      expect(reply.status).toBe(400);
    }
  });

  test.each([
    ['sections', []],
    ['sections', [{ name: 'S' }]],
    ['sections', [{ name: 'S', rows: [], capacity: 1 }]],
    ['sections.0.rows.0.seats', [{ name: 'S', rows: [{ name: 'A', seats: 1.5 }] }]],
    ['sections.0.rows.0.seats', [{ name: 'S', rows: [{ name: 'A', seats: 1_000_001 }] }]],
    ['sections.0.rows.0.seats', [{ name: 'S', rows: [{ name: 'A', seats: [] }] }]],
    ['sections.0.rows.0.seats.0', [{ name: 'S', rows: [{ name: 'A', seats: ['\u0000'] }] }]],
    [
      'sections.0.rows.0.seats.0.x',
      [{ name: 'S', rows: [{ name: 'A', seats: [{ label: 'a', x: 'y' }] }] }],
    ],
    [
      'sections.0.rows.0.seats.0.no',
      [{ name: 'S', rows: [{ name: 'A', seats: [{ label: 'a', no: 1 }] }] }],
    ],
    [
      'sections.0.rows.0.__proto__',
      [{ name: 'S', rows: [JSON.parse('{"name":"A","seats":1,"__proto__":{}}')] }],
    ],
    ['sections.0.price', [{ name: 'S', price: 1.5, capacity: 1 }]],
    ['sections.0.price', [{ name: 'S', price: -1, capacity: 1 }]],
    ['sections.0.price', [{ name: 'S', price: 1e300, capacity: 1 }]],
    ['sections.0.name', [{ name: '\ud800', capacity: 1 }]],
    ['sections.0.category', [{ name: 'S', category: '', capacity: 1 }]],
    ['sections.0.capacity', [{ name: 'S', capacity: 0 }]],
  ])('a plan is refused at %s', async (path, sections) => {
    const gateway = await hallGateway();
    await expectRefused(gateway, 'POST', '/v1/events', { path, body: { ...SECTIONS, sections } });
    expect(gateway.desk.commandCount).toBe(1);
  });

  test.each([
    { name: 'x' },
    { name: 'x', totalSeats: 1, sections: [] },
    { name: 'x', totalSeats: 1_000_001 },
  ])('an event of no seats, two plans or too many seats: %j', async (body) => {
    const gateway = await hallGateway();
    expect((await gateway.post('/v1/events', body)).status).toBe(400);
  });

  test('a body of ten thousand bad fields is answered, with a thousand of them', async () => {
    const gateway = await hallGateway();
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`k${index}`, 1]));
    const reply = await gateway.post('/v1/events', { name: 'x', totalSeats: 1, ...many });
    expect(reply.json.issues).toHaveLength(1_000);
  });
});

function fieldsOf(schema: z.ZodType | undefined): string[] {
  if (schema === undefined) return [];
  const { shape, options, innerType } = schema.def as unknown as {
    shape?: Record<string, unknown>;
    options?: z.ZodType[];
    innerType?: z.ZodType;
  };
  return [
    ...Object.keys(shape ?? {}),
    ...(options ?? []).flatMap(fieldsOf),
    ...fieldsOf(innerType),
  ];
}

describe('every path parameter', () => {
  const withParams = routes.filter(
    ({ path, params }) => path.includes(':') && params !== undefined,
  );

  test('is checked', () => {
    expect(routes.filter(({ path, params }) => path.includes(':') && params === undefined)).toEqual(
      [],
    );
    expect(withParams.length).toBeGreaterThan(15);
  });

  test.each(withParams.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s refuses what cannot be one',
    async (_, route) => {
      const gateway = await hallGateway();
      const names = Array.from(route.path.matchAll(/:(\w+)/g), ([, name = '']) => name);
      for (const name of names) {
        for (const bad of [
          '%',
          '%zz',
          '%ff',
          '%c3%28',
          '%ed%a0%80',
          '%00',
          'a%0ab',
          'x'.repeat(129),
        ]) {
          if (name === 'file' && /^(%00|a%0ab)$/.test(bad)) continue; // compared, not kept
          const path = route.path
            .replace(`:${name}`, bad)
            .replace(':id', 'hall')
            .replace(':seatId', 'A1');
          const body = route.body === undefined ? {} : { body: GOOD[route.path] ?? {} };
          const reply = await gateway.ask(route.method, path, body);
          expect([path, reply.status, reply.json.issues?.[0]]).toMatchObject([
            path,
            400,
            { in: 'path', path: name },
          ]);
        }
      }
      expect(gateway.desk.commandCount).toBe(1);
    },
  );
});

describe('every query parameter', () => {
  const withQuery = routes.filter(({ query }) => query !== undefined);
  const BAD: Readonly<Record<string, readonly string[]>> = {
    limit: ['0', '1001', '-1', '1.5', 'x', '', '1e2', '9'.repeat(20), '%31x'],
    cursor: ['', '%20', '%00', 'x'.repeat(513), '%C3%A9'],
    from: ['0', '1000001', '-1', 'x', ''],
    after: ['-1', 'x', '', '9'.repeat(17)],
    status: ['', 'x', 'AVAILABLE', 'available,booked'],
    section: ['', '%00', 'x'.repeat(129)],
    session: ['', '%00', 'x'.repeat(129)],
    category: ['', '%0a', 'x'.repeat(129)],
    eventId: ['', '%7f', 'x'.repeat(129)],
    force: ['', '1', 'yes', 'TRUE'],
  };

  test.each(withQuery.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s refuses what cannot be one',
    async (_, route) => {
      const gateway = await hallGateway();
      const ask = (query: string) =>
        gateway.ask(route.method, `${url(route.path).replace(':userId', 'ann')}?${query}`, {
          ...(route.method === 'POST' ? { body: {} } : {}),
        });
      const refused = async (query: string, name: string): Promise<void> => {
        const reply = await ask(query);
        expect([query, reply.status, reply.json?.issues?.[0]?.path]).toEqual([query, 400, name]);
      };
      for (const name of fieldsOf(route.query)) {
        if (route.path === '/v1/events/import') break; // see event-routes.test.ts
        expect([name, BAD[name]?.length]).not.toEqual([name, undefined]);
        for (const bad of BAD[name] ?? []) await refused(`${name}=${bad}`, name);
        await refused(`${name}=%`, name);
        await refused(`${name}=%ff`, name);
      }
      await refused('limit=1&limit=2', 'limit');
      for (const name of ['nonsense', '__proto__', 'constructor']) await refused(`${name}=1`, name);
      await refused('%=1', '');
      expect(gateway.desk.commandCount).toBe(1);
    },
  );

  test('plus is a space, and empty pairs are nothing', async () => {
    const gateway = await hallGateway();
    expect((await gateway.get('/v1/events/hall/seats?section=Main+Hall&&')).json.data).toEqual([]);
  });
});

test('a path that is not ASCII is refused', async () => {
  const gateway = await hallGateway();
  const bytes = Buffer.from(
    'GET /v1/events/caf\u00e9s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  );
  expect((await gateway.raw(bytes)).text).toMatch(/^HTTP\/1\.1 400 /);
});
