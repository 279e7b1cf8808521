import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { refuseOrigin } from '../../../src/gateway/feed/upgrade-gate.js';
import { RequestHeaders } from '../../../src/gateway/request-headers.js';
import { FEED_LIMITS } from '../../../src/limits.js';
import { hallGateway, TEST_CONFIG } from '../support/test-gateway.js';
import { openFeed } from './support/feed-client.js';
import { askUpgrade, upgradeText } from './support/raw-upgrade.js';

const FEED = '/v1/events/hall/feed';

describe('an upgrade', () => {
  test('is granted as RFC 6455 has it', async () => {
    const gateway = await hallGateway();
    const { status, text } = await askUpgrade(gateway.port);
    expect(status).toBe(101);
    expect(text).toMatch(/^Upgrade: websocket\r\n/m);
    expect(text).toMatch(/^Sec-WebSocket-Accept: /m);
  });

  test.each([
    ['of an unknown event', { path: '/v1/events/nowhere/feed' }, 404, 'event_not_found'],
    ['of an event that cannot be', { path: '/v1/events/%zz/feed' }, 400, 'invalid_request'],
    ['with an unknown parameter', { path: `${FEED}?from=1` }, 400, 'invalid_request'],
    ['with an empty cursor', { path: `${FEED}?cursor=` }, 400, 'invalid_request'],
    ['with two cursors', { path: `${FEED}?cursor=1&cursor=2` }, 400, 'invalid_request'],
    ['with half a character', { path: `${FEED}?cursor=%` }, 400, 'invalid_request'],
    ['with another version', { headers: { 'Sec-WebSocket-Version': '8' } }, 400, 'invalid_request'],
    ['that is not asked for', { headers: { Upgrade: '' } }, 400, 'invalid_request'],
    ['over a connection that stays', { headers: { Connection: 'close' } }, 400, 'invalid_request'],
    ['with a body', { headers: { 'Content-Length': '3' } }, 400, 'invalid_request'],
    ['of unclear length', { headers: { 'Transfer-Encoding': 'gzip' } }, 400, 'invalid_request'],
    [
      'with its length twice',
      { headers: { 'Content-Length': '0', 'content-length': '0' } },
      400,
      'invalid_request',
    ],
    ['under a foreign host name', { headers: { Host: 'evil.example' } }, 403, 'forbidden'],
    ['from a foreign page', { headers: { Origin: 'https://evil.example' } }, 403, 'forbidden'],
    ['from nowhere', { headers: { Origin: 'null' } }, 403, 'forbidden'],
  ])('%s is refused before it happens', async (_, options, status, code) => {
    const gateway = await hallGateway();
    const answer = await askUpgrade(gateway.port, options);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text).toMatch(/content-type: application\/problem\+json/i);
    expect(answer.text).toMatch(/x-request-id: /i);
  });

  test('behind a request whose end is unclear is not looked at', async () => {
    const gateway = await hallGateway();
    const lengths = 'Content-Length: 0\r\nContent-Length: 5\r\n';
    const unclear = `POST /v1/events HTTP/1.1\r\nHost: localhost\r\n${lengths}\r\n`;
    const { text, isClosed } = await gateway.raw(unclear + upgradeText());
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    expect(isClosed).toBe(true);
  });

  test('of an event that was deleted is refused', async () => {
    const gateway = await hallGateway();
    await gateway.ask('DELETE', '/v1/events/hall');
    const answer = await askUpgrade(gateway.port);
    expect([answer.status, answer.code]).toEqual([404, 'event_not_found']);
  });

  test('is let in from the server’s own pages and from those that are allowed', async () => {
    const corsOrigins = ['https://shop.example'];
    const gateway = await hallGateway({ config: { adminKey: 'k', corsOrigins } });
    for (const [Host, Origin, status] of [
      ['api.example', 'https://shop.example', 101],
      ['api.example', 'https://api.example', 101],
      ['api.example', 'https://other.example', 403],
    ] as const) {
      const answer = await askUpgrade(gateway.port, { headers: { Host, Origin } });
      expect([Origin, answer.status]).toEqual([Origin, status]);
    }
  });

  test('is refused where there are as many viewers as may be, and let in when one has gone', async () => {
    const feed = { ...FEED_LIMITS, gatherMs: 10, viewersMax: 2 };
    const gateway = await hallGateway({ config: { feed } });
    const viewers = [await openFeed(gateway.port, 'hall'), await openFeed(gateway.port, 'hall')];
    const answer = await askUpgrade(gateway.port);
    expect([answer.status, answer.code]).toEqual([503, 'overloaded']);
    expect(answer.text).toMatch(/retry-after: 1/i);
    await viewers[0]?.close();
    expect((await askUpgrade(gateway.port)).status).toBe(101);
  });

  test('is refused where there are as many requests as may be', async () => {
    const gateway = await hallGateway({ config: { requestsInFlightMax: 1 } });
    let open = (): void => {};
    gateway.desk.gate = new Promise((resolve) => {
      open = resolve;
    });
    const body = { userId: 'ann', seatIds: ['A1'] };
    const first = gateway.post('/v1/events/hall/reservations', body);
    const line = 'holdfast_http_requests_in_flight 1\n';
    while (!(await gateway.get('/metrics')).text.includes(line));
    const answer = await askUpgrade(gateway.port);
    expect([answer.status, answer.code]).toEqual([503, 'overloaded']);
    open();
    expect((await first).status).toBe(201);
    expect((await askUpgrade(gateway.port)).status).toBe(101);
  });

  test('counts for the client’s rate', async () => {
    const gateway = await hallGateway({ config: { rateLimitPerSecond: 3 } }); // the hall took one
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await askUpgrade(gateway.port));
    expect(answers.map(({ status }) => status)).toEqual([101, 101, 429, 429]);
    expect(answers[3]?.text).toMatch(/retry-after: 1/i);
  });

  test('of one that hangs up while its rate is looked at harms nobody', async () => {
    const gateway = await hallGateway({ config: { rateLimitPerSecond: 1_000 } });
    for (let count = 0; count < 20; count += 1) {
      const socket = connect(gateway.port, '127.0.0.1');
      socket.write(upgradeText(), () => socket.resetAndDestroy());
      await new Promise((resolve) => socket.once('close', resolve));
    }
    const viewer = await openFeed(gateway.port, 'hall');
    await viewer.one();
    expect((await gateway.get('/metrics')).text).toContain('holdfast_feed_viewers 1\n');
  });

  test('leaves no connection behind when its socket is closed', async () => {
    const gateway = await hallGateway();
    for (let count = 0; count < 5; count += 1) {
      const viewer = await openFeed(gateway.port, 'hall');
      await viewer.close();
    }
    const { text } = await gateway.get('/metrics');
    expect(text).toContain('holdfast_feed_viewers 0\n');
    expect(text).toMatch(/^holdfast_http_connections [12]$/m); // this one, and the hall's
  });
});

describe('without an upgrade', () => {
  test('the address says what it is', async () => {
    const gateway = await hallGateway();
    const reply = await gateway.get('/v1/events/hall/feed');
    expect([reply.status, reply.json.code]).toEqual([400, 'invalid_request']);
    expect(reply.headers.upgrade).toBe('websocket');
    expect((await gateway.get('/v1/events/nowhere/feed')).json.code).toBe('event_not_found');
  });
});

describe('an origin', () => {
  const refused = (origin: string, host: string, allowed: readonly string[] = []) => {
    const headers = new RequestHeaders();
    headers.add('origin', origin);
    headers.add('host', host);
    return refuseOrigin(headers, allowed) !== undefined;
  };

  test.each([
    ['http://localhost:8080', 'localhost:8080'],
    ['http://LOCALHOST:8080', 'localhost:8080'],
    ['https://tickets.example', 'tickets.example'],
    ['https://tickets.example', 'tickets.example:443'],
    ['http://[::1]:8080', '[::1]:8080'],
  ])('%s is that of %s', (origin, host) => {
    expect(refused(origin, host)).toBe(false);
  });

  test.each([
    ['http://localhost:5173', 'localhost:8080'],
    ['http://127.0.0.1:8080', 'localhost:8080'],
    ['https://tickets.example.evil.example', 'tickets.example'],
    ['https://eviltickets.example', 'tickets.example'],
    ['https://tickets.example', ''],
    ['null', 'null'],
    ['file://', ''],
    ['', 'tickets.example'],
  ])('%s is not that of %s', (origin, host) => {
    expect(refused(origin, host)).toBe(true);
  });

  test('may be allowed by name', () => {
    expect(refused('https://shop.example', 'api.example', ['https://shop.example'])).toBe(false);
    expect(refused('https://shop.example.evil', 'api.example', ['https://shop.example'])).toBe(
      true,
    );
  });

  test('need not be sent by what is no browser', () => {
    expect(refuseOrigin(new RequestHeaders(), TEST_CONFIG.corsOrigins)).toBeUndefined();
  });
});
