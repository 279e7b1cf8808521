import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { jsonAnswer } from '../../src/gateway/answer.js';
import { startGateway } from '../../src/gateway/gateway-server.js';
import { route } from '../../src/gateway/route.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import { probePort } from '../../src/threads/port-probe.js';
import { MemoryDesk } from './support/memory-desk.js';
import { hallGateway, TEST_CONFIG, type TestGateway, testGateway } from './support/test-gateway.js';

const RESERVE = '/v1/events/hall/reservations';
const WISH = { userId: 'ann', seatIds: ['A1'] };

/** Commands wait until it is called. */
function gated(gateway: TestGateway): () => void {
  let open = (): void => {};
  gateway.desk.gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

async function inFlight(gateway: TestGateway, count: number): Promise<void> {
  const line = `holdfast_http_requests_in_flight ${count}\n`;
  while (!(await gateway.get('/metrics')).text.includes(line));
}

describe('requests in flight', () => {
  test('are bounded: one more is overloaded, and probes are answered', async () => {
    const gateway = await hallGateway({ config: { requestsInFlightMax: 2 } });
    const open = gated(gateway);
    const first = [
      gateway.post(RESERVE, WISH),
      gateway.post(RESERVE, { ...WISH, seatIds: ['A2'] }),
    ];
    await inFlight(gateway, 2);
    const reply = await gateway.post(RESERVE, { ...WISH, seatIds: ['A3'] });
    expect([reply.status, reply.json.code, reply.headers['retry-after']]).toEqual([
      503,
      'overloaded',
      '1',
    ]);
    for (const path of ['/livez', '/readyz', '/healthz', '/metrics']) {
      expect((await gateway.get(path)).status).toBe(200);
    }
    open();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([201, 201]);
    expect((await gateway.get('/v1/events')).status).toBe(200);
  });
});

describe('connections', () => {
  test('are bounded: one more is closed, and when one goes there is room again', async () => {
    const gateway = await testGateway({ config: { connectionsMax: 2 } });
    const open = (): Promise<Socket> =>
      new Promise((resolve) => {
        const socket = connect(gateway.port, '127.0.0.1', () => resolve(socket));
      });
    const sockets = [await open(), await open()];
    const refused = await gateway.raw('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(refused).toEqual({ text: '', isClosed: true });
    for (const socket of sockets) {
      socket.destroy();
      await new Promise((resolve) => socket.once('close', resolve));
    }
    const reply = await gateway.get('/metrics');
    expect(reply.text).toContain('holdfast_http_connections 1\n');
  });
});

describe('a client address', () => {
  test('has so many requests a second, and is told when to come back', async () => {
    const gateway = await testGateway({ config: { rateLimitPerSecond: 3 } });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1)
      statuses.push((await gateway.get('/v1/events')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const reply = await gateway.get('/v1/events');
    expect([reply.json.code, reply.headers['retry-after']]).toEqual(['rate_limited', '1']);
    expect(reply.json.retryAfterMs).toBeGreaterThan(0);
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await gateway.get(path)).status).toBe(200);
  });

  test('is not limited where no limit is set', async () => {
    const gateway = await testGateway();
    const replies = await Promise.all(Array.from({ length: 200 }, () => gateway.get('/v1/events')));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('a limited request is not worked on, and its key stays free', async () => {
    const gateway = await hallGateway({ config: { rateLimitPerSecond: 1 } }); // the hall took it
    const reply = await gateway.post(RESERVE, WISH, { 'idempotency-key': 'k' });
    expect(reply.status).toBe(429);
    expect(gateway.desk.records.size).toBe(0);
  });
});

describe('the end', () => {
  test('what is in flight is finished, what comes is refused, and nobody can connect', async () => {
    const gateway = await hallGateway();
    const open = gated(gateway);
    const first = gateway.post(RESERVE, WISH);
    await inFlight(gateway, 1);
    const kept = connect(gateway.port, '127.0.0.1');
    await new Promise((resolve) => kept.once('connect', resolve));
    let text = '';
    kept.on('data', (data) => {
      text += data.toString();
    });
    const closed = new Promise((resolve) => kept.once('close', resolve));
    kept.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => kept.once('data', resolve));

    let isDrained = false;
    const drained = gateway.running.drain().then(() => {
      isDrained = true;
    });
    kept.write('GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 503 [\s\S]*"code":"shutting_down"/);
    expect(text).toMatch(/Retry-After: 1\r\n/);
    expect(await gateway.raw('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')).toEqual({
      text: '',
      isClosed: true,
    });
    expect(isDrained).toBe(false);
    open();
    const reply = await first;
    expect([reply.status, reply.headers.connection]).toEqual([201, 'close']);
    await drained;
    gateway.running.close();
    gateway.running.close(); // again is nothing
  });

  test('readyz says so to who is still connected, livez does not', async () => {
    const gateway = await hallGateway();
    const socket = connect(gateway.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    await gateway.running.drain();
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
  });

  test('a desk that has not heard of the store yet is not ready', async () => {
    const gateway = await testGateway();
    gateway.desk.isOpen = false;
    for (const [path, status] of [
      ['/readyz', 503],
      ['/healthz', 503],
      ['/livez', 200],
    ] as const) {
      expect((await gateway.get(path)).status).toBe(status);
    }
  });
});

describe('the port', () => {
  test('is shared by several gateways', async () => {
    const desk = new MemoryDesk();
    const port = await probePort('127.0.0.1', 0);
    const first = await testGateway({ desk, index: 0, port });
    await testGateway({ desk, index: 1, port });
    const seen = new Set<number>();
    for (let count = 0; count < 200 && seen.size < 2; count += 1) {
      const { text } = await first.raw(
        'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      );
      seen.add(Number(/"gateway":(\d)/.exec(text)?.[1]));
    }
    expect(seen).toEqual(new Set([0, 1]));
  });

  test('that another has to itself is port_in_use', async () => {
    const config = { ...TEST_CONFIG, exclusivePort: true };
    const port = await probePort('127.0.0.1', 0);
    await testGateway({ config, port });
    const options = { desk: new MemoryDesk(), config, routes: [], host: '127.0.0.1', index: 0 };
    await expect(startGateway({ ...options, port })).rejects.toThrow(ServerFault);
  });
});

test('a route may render its own errors, and keeps the headers that they must have', async () => {
  const other = route({
    method: 'POST',
    path: '/other/:id',
    operation: { summary: 'Other', tags: [], responses: { 200: { description: 'x' } } },
    admin: true,
    handle: () => jsonAnswer(200, {}),
    failure: ({ code, detail }, { params, requestId }) =>
      jsonAnswer(418, { error: code, detail, requestId, params }),
  });
  const gateway = await testGateway({ others: [other], config: { adminKey: 'k' } });
  const reply = await gateway.post('/other/a%20b', {}, { 'x-request-id': 'r1' });
  expect(reply.status).toBe(418);
  expect(reply.json).toMatchObject({
    error: 'unauthenticated',
    requestId: 'r1',
    params: { id: 'a b' },
  });
  expect(reply.headers['www-authenticate']).toContain('Bearer');
  expect((await gateway.post('/other/%zz', {})).json.params).toEqual({ id: '%zz' });
});
