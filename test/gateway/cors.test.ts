import { expect, test } from 'vitest';
import { testGateway } from './support/test-gateway.js';

const SHOP = 'https://shop.example';
const config = { corsOrigins: [SHOP, 'http://localhost:5173'] };

test('an allowed origin may read every answer, errors too', async () => {
  const gateway = await testGateway({ config });
  for (const path of ['/v1/events', '/nowhere', '/livez']) {
    const { headers } = await gateway.get(path, { origin: SHOP });
    expect(headers['access-control-allow-origin']).toBe(SHOP);
    expect(headers['access-control-expose-headers']).toContain('X-Holdfast-Cursor');
    expect(headers.vary).toContain('Origin');
  }
});

test('another origin may not, and caches are told that it matters', async () => {
  const gateway = await testGateway({ config });
  const { headers } = await gateway.get('/v1/events', { origin: 'https://shop.example.evil' });
  expect(headers['access-control-allow-origin']).toBeUndefined();
  expect(headers.vary).toContain('Origin');
});

test('a preflight of an allowed origin says what it may send', async () => {
  const gateway = await testGateway({ config });
  const { status, headers } = await gateway.ask('OPTIONS', '/v1/events/x/reservations', {
    headers: {
      origin: SHOP,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,idempotency-key',
    },
  });
  expect(status).toBe(204);
  expect(headers['access-control-allow-methods']).toContain('POST');
  expect(headers['access-control-allow-headers']).toContain('Idempotency-Key');
  expect(headers['access-control-max-age']).toBe('600');
});

test('a preflight of another origin is told nothing', async () => {
  const gateway = await testGateway({ config });
  const { headers } = await gateway.ask('OPTIONS', '/v1/events', {
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  });
  expect(headers).not.toHaveProperty('access-control-allow-methods');
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('without origins there is no CORS at all', async () => {
  const gateway = await testGateway();
  const { headers } = await gateway.get('/v1/events', { origin: SHOP });
  expect(Object.keys(headers).filter((name) => /access-control|vary/.test(name))).toEqual([]);
});
