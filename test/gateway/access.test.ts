import { describe, expect, test } from 'vitest';
import { Access } from '../../src/gateway/access.js';
import { RequestHeaders } from '../../src/gateway/request-headers.js';
import { hallGateway, testGateway } from './support/test-gateway.js';

const KEY = 'correct-horse-battery';
const EVENT = { name: 'Lear', totalSeats: 3 };

function headersOf(pairs: Record<string, string>): RequestHeaders {
  const headers = new RequestHeaders();
  for (const [name, value] of Object.entries(pairs)) headers.add(name, value);
  return headers;
}

describe('with an admin key', () => {
  test.each([
    ['none', {}],
    ['another key', { authorization: 'Bearer correct-horse-batterx' }],
    ['a prefix', { authorization: 'Bearer correct-horse' }],
    ['no scheme', { authorization: KEY }],
    ['another scheme', { authorization: `Basic ${KEY}` }],
    ['an empty one', { authorization: 'Bearer ' }],
  ])('%s is unauthenticated on every admin route', async (_, headers) => {
    const gateway = await hallGateway({ config: { adminKey: KEY } });
    const admin = gateway.routes.filter((route) => route.admin);
    expect(admin.length).toBeGreaterThan(7);
    for (const { method, path } of admin) {
      const reply = await gateway.ask(method, path.replace(':id', 'hall'), {
        headers,
        ...(method === 'GET' ? {} : { body: {} }),
      });
      expect([path, reply.status, reply.json.code]).toEqual([path, 401, 'unauthenticated']);
      expect(reply.headers['www-authenticate']).toContain('Bearer');
    }
    expect(gateway.desk.commandCount).toBe(1);
  });

  test('the key opens them', async () => {
    const gateway = await testGateway({ config: { adminKey: KEY } });
    const reply = await gateway.post('/v1/events', EVENT, { authorization: `Bearer ${KEY}` });
    expect(reply.status).toBe(201);
  });

  test('any host name and any origin is served', async () => {
    const gateway = await hallGateway({ config: { adminKey: KEY } });
    const headers = { host: 'tickets.example', origin: 'http://shop.example' };
    const wish = { userId: 'ann', seatIds: ['A1'] };
    expect((await gateway.post('/v1/events/hall/reservations', wish, headers)).status).toBe(201);
  });

  test('one seat shows its holder to admins only', async () => {
    const gateway = await hallGateway({ config: { adminKey: KEY } });
    const path = '/v1/events/hall/seats/A1';
    expect((await gateway.get(path)).json).not.toHaveProperty('holder');
    const seen = await gateway.get(path, { authorization: `Bearer ${KEY}` });
    expect(seen.json.holder).toBeNull();
  });
});

describe('without a key', () => {
  test('loopback is admin', async () => {
    const gateway = await testGateway();
    expect((await gateway.post('/v1/events', EVENT)).status).toBe(201);
  });

  test.each([
    [[127, 0, 0, 1], true],
    [[127, 9, 9, 9], true],
    [[10, 0, 0, 1], false],
    [[128, 0, 0, 1], false],
    [[...new Array(15).fill(0), 1], true],
    [[...new Array(10).fill(0), 255, 255, 127, 0, 0, 1], true],
    [[...new Array(10).fill(0), 255, 255, 10, 0, 0, 1], false],
    [[...new Array(15).fill(0), 2], false],
    [[32, 1, ...new Array(13).fill(0), 1], false],
  ])('a peer %j is admin: %s', (peer, isAdmin) => {
    const access = new Access({ adminKey: undefined, corsOrigins: [] }, '0.0.0.0');
    expect(access.isAdmin(new RequestHeaders(), () => Uint8Array.from(peer))).toBe(isAdmin);
    expect(access.refuseAdmin().code).toBe('forbidden');
  });

  test.each([
    'localhost',
    'LOCALHOST:1',
    'holdfast.localhost:8080',
    '127.0.0.1',
    '127.1.2.3:99',
    '[::1]:8080',
  ])('the host %s is served', async (host) => {
    const gateway = await testGateway();
    expect((await gateway.get('/livez', { host })).status).toBe(200);
  });

  test.each([
    'evil.example',
    'localhost.evil.example',
    'evillocalhost',
    '10.0.0.1:80',
    '127.0.0.1.evil.example',
    '[::2]',
    'evil.example:127',
  ])('the host %s is forbidden, whatever is asked (DNS rebinding)', async (host) => {
    const gateway = await hallGateway();
    for (const path of ['/v1/events', '/livez', '/nowhere', '/docs']) {
      const reply = await gateway.get(path, { host });
      expect([path, reply.status, reply.json.code]).toEqual([path, 403, 'forbidden']);
    }
  });

  test('pages of other origins may read, and not write', async () => {
    const gateway = await testGateway();
    const headersFor = (origin: string) => ({ origin });
    const foreign = headersFor('http://evil.example');
    expect((await gateway.get('/v1/events', foreign)).status).toBe(200);
    const reply = await gateway.post('/v1/events', EVENT, foreign);
    expect([reply.status, reply.json.code]).toEqual([403, 'forbidden']);
    expect((await gateway.post('/v1/events', EVENT, headersFor('null'))).status).toBe(403);
    const own = headersFor(`http://localhost:${gateway.port}`);
    expect((await gateway.post('/v1/events', EVENT, own)).status).toBe(201);
  });

  test('an allowed origin may write', () => {
    const access = new Access(
      { adminKey: undefined, corsOrigins: ['https://shop.example'] },
      'localhost',
    );
    const headers = { host: 'localhost', origin: 'https://shop.example' };
    expect(access.refuseForeign('POST', headersOf(headers))).toBeUndefined();
  });
});
