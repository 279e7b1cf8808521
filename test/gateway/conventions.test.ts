import { describe, expect, test } from 'vitest';
import { hallGateway, testGateway } from './support/test-gateway.js';

const RESERVE = '/v1/events/hall/reservations';
const WISH = { userId: 'ann', seatIds: ['A1'] };

describe('request ids', () => {
  test.each(['abc', 'A-b_c.9', 'x'.repeat(128)])('a sane one comes back: %s', async (id) => {
    const gateway = await testGateway();
    const reply = await gateway.get('/nowhere', { 'x-request-id': id });
    expect(reply.headers['x-request-id']).toBe(id);
    expect(reply.json.requestId).toBe(id);
  });

  test.each(['', 'a b', 'x'.repeat(129), 'a/b', 'a"b'])('another is replaced: %j', async (id) => {
    const gateway = await testGateway();
    const reply = await gateway.get('/livez', { 'x-request-id': id });
    expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f]{16}-[0-9a-z]+$/);
  });
});

describe('routes that are not there', () => {
  test.each([
    '/nowhere',
    '/',
    '/v1/events/',
    '/v1/events/hall/seats/A1/more',
    '/v1//seats',
    '/v1/Events',
    '/docs/package.json',
    '/docs/..%2Fpackage.json',
  ])('%s is route_not_found', async (path) => {
    const gateway = await hallGateway();
    const reply = await gateway.get(path);
    expect([reply.status, reply.json.code]).toEqual([404, 'route_not_found']);
    expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test.each([
    ['DELETE', '/v1/events', 'POST, GET, HEAD, OPTIONS'],
    ['PUT', '/v1/events/hall', 'GET, PATCH, DELETE, HEAD, OPTIONS'],
    ['GET', '/v1/reservations/x/confirm', 'POST, OPTIONS'],
    ['TRACE', '/livez', 'GET, HEAD, OPTIONS'],
    // A GET there is an event called import; a POST is the import.
    ['PUT', '/v1/events/import', 'GET, PATCH, DELETE, POST, HEAD, OPTIONS'],
  ])('%s %s is 405 with Allow', async (method, path, allow) => {
    const gateway = await hallGateway();
    const bytes = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const { text } = await gateway.raw(bytes);
    expect(text).toMatch(/^HTTP\/1\.1 405 /);
    expect(text).toContain(`Allow: ${allow}\r\n`);
    expect(text).toContain('"code":"method_not_allowed"');
  });

  test('OPTIONS says what there is, and nothing of CORS', async () => {
    const gateway = await testGateway();
    const reply = await gateway.ask('OPTIONS', '/v1/events', {
      headers: { origin: 'http://shop.example', 'access-control-request-method': 'POST' },
    });
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(reply.headers.allow).toBe('POST, GET, HEAD, OPTIONS');
    expect(Object.keys(reply.headers).join()).not.toContain('access-control');
  });
});

describe('HEAD', () => {
  test('has the headers of GET and no body, for every GET', async () => {
    const gateway = await hallGateway();
    const paths = gateway.routes
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => path)
      .map((path) => path.replace(':id', 'hall').replace(':seatId', 'A1').replace(':userId', 'ann'))
      .map((path) => path.replace(':file', 'swagger-ui.css'))
      .filter((path) => path !== '/metrics');
    expect(paths.length).toBeGreaterThan(12);
    for (const path of [...paths, '/nowhere']) {
      const full = await gateway.get(path);
      const head = await gateway.ask('HEAD', path);
      expect([path, head.status, head.text]).toEqual([path, full.status, '']);
      const isText = full.status === 404; // its request id differs in value, not in length
      expect([path, head.headers['content-length']]).toEqual([
        path,
        full.headers['content-length'],
      ]);
      expect(head.headers['content-type']).toBe(full.headers['content-type']);
      if (!isText) expect(head.headers.etag).toBe(full.headers.etag);
    }
  });
});

describe('media types', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'APPLICATION/JSON',
    'application/vnd.shop+json',
  ])('%s is JSON', async (type) => {
    const gateway = await hallGateway();
    const reply = await gateway.post(RESERVE, WISH, { 'content-type': type });
    expect(reply.status).toBe(201);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=latin1',
    'multipart/form-data; boundary=json',
    '',
  ])('%j is 415', async (type) => {
    const gateway = await hallGateway();
    const reply = await gateway.post(RESERVE, WISH, { 'content-type': type });
    expect([reply.status, reply.json.code]).toEqual([415, 'unsupported_media_type']);
    expect(gateway.desk.commandCount).toBe(1); // the hall itself
  });
});

describe('bodies', () => {
  test.each([
    '{',
    '{"userId":"ann",}',
    'hello',
    '{"userId":"ann"} x',
    '\ufeff{}',
    '[1,2',
    '"\u0001"',
  ])('%j is malformed_json', async (raw) => {
    const gateway = await hallGateway();
    const reply = await gateway.ask('POST', RESERVE, { raw });
    expect([reply.status, reply.json.code]).toEqual([400, 'malformed_json']);
  });

  test('bytes that are no UTF-8 are malformed_json', async () => {
    const gateway = await hallGateway();
    const raw = Buffer.from('{"userId":"\xff","seatIds":["A1"]}', 'latin1');
    const reply = await gateway.ask('POST', RESERVE, { raw });
    expect([reply.status, reply.json.code]).toEqual([400, 'malformed_json']);
  });

  test('no body at all is invalid_request', async () => {
    const gateway = await hallGateway();
    const reply = await gateway.ask('POST', RESERVE);
    expect([reply.status, reply.json.code]).toEqual([400, 'invalid_request']);
  });

  test('64 KiB are read, one byte more is body_too_large and closes the connection', async () => {
    const gateway = await hallGateway();
    const padded = (byteCount: number): string => JSON.stringify(WISH).padEnd(byteCount);
    expect((await gateway.ask('POST', RESERVE, { raw: padded(65_536) })).status).toBe(201);
    const reply = await gateway.ask('POST', RESERVE, { raw: padded(65_537) });
    expect([reply.status, reply.json.code]).toEqual([413, 'body_too_large']);
    expect(reply.headers.connection).toBe('close');
  });

  test('a chunked body is held to the same limit', async () => {
    const gateway = await hallGateway();
    const head = `POST ${RESERVE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    const small = await gateway.raw(
      `${head}27\r\n{"userId":"bob","seatIds":["A2"]}      \r\n0\r\n\r\n`,
      500,
    );
    expect(small.text).toMatch(/^HTTP\/1\.1 201 /);
    const large = await gateway.raw(`${head}${chunk.repeat(5)}0\r\n\r\n`);
    expect(large.text).toMatch(/^HTTP\/1\.1 413 /);
    expect(large.isClosed).toBe(true);
  });

  test('a body that never ends is cut off', async () => {
    const gateway = await hallGateway();
    const head = `POST ${RESERVE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    const { isClosed } = await gateway.raw(`${head}${chunk.repeat(100)}`);
    expect(isClosed).toBe(true);
    expect((await gateway.get('/metrics')).text).toContain('status="413"} 1\n');
  });

  test('a body that says it is huge is refused at once', async () => {
    const gateway = await hallGateway();
    const head = `POST ${RESERVE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`;
    const { text, isClosed } = await gateway.raw(`${head}{`);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(isClosed).toBe(true);
  });

  test('an event may take 8 MiB', async () => {
    const gateway = await testGateway();
    const labels = Array.from({ length: 60_000 }, (_, index) => `Seat number ${index}`);
    const sections = [{ name: 'Hall', rows: [{ name: 'A', seats: labels }] }];
    const reply = await gateway.post('/v1/events', { name: 'Big', sections });
    expect([reply.status, reply.json.totalSeats]).toEqual([201, 60_000]);
  });

  test('a body that nobody reads does not hold up the next request', async () => {
    const gateway = await hallGateway();
    const body = 'x'.repeat(30_000);
    const first = `POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const second = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const { text } = await gateway.raw(first + second);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });
});
