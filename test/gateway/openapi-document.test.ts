import { describe, expect, test } from 'vitest';
import { paramNames } from '../../src/gateway/endpoint.js';
import { gatewayRoutes } from '../../src/gateway/gateway-routes.js';
import { PROBLEMS } from '../../src/gateway/problem.js';
import { hallGateway, TEST_CONFIG, testGateway } from './support/test-gateway.js';

const routes = gatewayRoutes({ config: TEST_CONFIG, others: [] });

/** API §3, but for what is not built yet. */
const NATIVE_ROUTES = [
  'POST /v1/events',
  'GET /v1/events',
  'GET /v1/events/:id',
  'PATCH /v1/events/:id',
  'DELETE /v1/events/:id',
  'POST /v1/events/import',
  'GET /v1/events/:id/seats',
  'GET /v1/events/:id/seats/:seatId',
  'GET /v1/events/:id/feed',
  'POST /v1/events/:id/seats/block',
  'POST /v1/events/:id/seats/unblock',
  'POST /v1/events/:id/reservations',
  'GET /v1/events/:id/stats',
  'GET /v1/events/:id/log',
  'GET /v1/reservations/:id',
  'POST /v1/reservations/:id/confirm',
  'POST /v1/reservations/:id/cancel',
  'POST /v1/reservations/:id/release',
  'POST /v1/reservations/:id/extend',
  'POST /v1/reservations/:id/refund',
  'GET /v1/users/:userId/reservations',
  'GET /livez',
  'GET /readyz',
  'GET /healthz',
  'GET /metrics',
  'GET /openapi.json',
  'GET /asyncapi.json',
  'GET /docs',
];
const ADMIN_ROUTES = [
  'POST /v1/events',
  'PATCH /v1/events/:id',
  'DELETE /v1/events/:id',
  'POST /v1/reservations/:id/refund',
  'POST /v1/events/:id/seats/block',
  'POST /v1/events/:id/seats/unblock',
  'GET /v1/events/:id/stats',
  'GET /v1/events/:id/log',
  'POST /v1/events/import',
];

const named = (list: typeof routes) => list.map(({ method, path }) => `${method} ${path}`);

describe('the list of routes', () => {
  test('is the contract’s', () => {
    const served = named(routes).filter((name) => name !== 'GET /docs/:file');
    expect(served.sort()).toEqual([...NATIVE_ROUTES].sort());
  });

  test('has each once', () => {
    expect(new Set(named(routes)).size).toBe(routes.length);
  });

  test('is closed to others where the contract says admin', () => {
    expect(named(routes.filter(({ admin }) => admin)).sort()).toEqual([...ADMIN_ROUTES].sort());
  });
});

describe('the document', () => {
  test('has every route and nothing else, with the status of every answer', async () => {
    const gateway = await testGateway();
    const { json: document } = await gateway.get('/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    const documented = Object.entries<Record<string, unknown>>(document.paths).flatMap(
      ([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const braces = (name: string) => name.replaceAll(/:(\w+)/g, '{$1}');
    expect(documented.sort()).toEqual(named(routes).map(braces).sort());
    for (const route of routes) {
      const operation = document.paths[braces(route.path)][route.method.toLowerCase()];
      expect(operation.summary).toBe(route.operation.summary);
      const inPath = (operation.parameters ?? []).filter(
        ({ in: place }: { in: string }) => place === 'path',
      );
      expect(inPath.map(({ name }: { name: string }) => name)).toEqual(paramNames(route.path));
      expect(operation.requestBody !== undefined).toBe(route.body !== undefined);
      expect(operation.security !== undefined).toBe(route.admin === true);
      const statuses = Object.keys(operation.responses).map(Number);
      for (const code of route.operation.problems ?? [])
        expect(statuses).toContain(PROBLEMS[code].status);
    }
  });

  test('points only to what is in it', async () => {
    const gateway = await testGateway();
    const { json, text } = await gateway.get('/openapi.json');
    const references = [
      ...new Set(Array.from(text.matchAll(/"\$ref":"([^"]+)"/g), ([, ref = '']) => ref)),
    ];
    expect(references.length).toBeGreaterThan(8);
    for (const reference of references) {
      const [, ...steps] = reference.split('/');
      expect([reference, steps.reduce((at, step) => at?.[step], json)]).not.toEqual([
        reference,
        undefined,
      ]);
    }
  });

  test('is not sent to who has it', async () => {
    const gateway = await testGateway();
    const { headers } = await gateway.get('/openapi.json');
    const again = await gateway.get('/openapi.json', { 'if-none-match': headers.etag ?? '' });
    expect(again.status).toBe(304);
  });
});

describe('the pages', () => {
  test('ask nothing of anywhere else', async () => {
    const gateway = await hallGateway();
    const page = await gateway.get('/docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = page.headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    const files = Array.from(
      page.text.matchAll(/(?:src|href)="([^"]+)"/g),
      ([, file = '']) => file,
    );
    expect(files).toHaveLength(5);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\//);
      const reply = await gateway.get(file);
      expect([file, reply.status]).toEqual([file, 200]);
      expect(reply.headers['x-content-type-options']).toBe('nosniff');
      expect(reply.headers['content-security-policy']).toBe(policy);
    }
    expect(page.text).not.toMatch(/<script>|onload=/);
  });

  test.each([
    'index.html',
    'absolute-path.js',
    '__proto__',
    'constructor',
    '..%2F..%2Fpackage.json',
  ])('the package’s %s is not served', async (file) => {
    const gateway = await testGateway();
    expect((await gateway.get(`/docs/${file}`)).status).toBe(404);
  });
});
