/** Whatever goes wrong with a request of a contract is said in that contract's own shape. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { contractRoutes } from '../../src/gateway/contracts/contract-routes.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import {
  type Reply,
  type TestGateway,
  type TestGatewayOptions,
  testGateway,
} from '../gateway/support/test-gateway.js';
import { documentationFault } from './support/contract-client.js';

interface Contract {
  readonly name: string;
  /** A POST that works. */
  readonly path: string;
  readonly body: unknown;
  /** What names the error in its body; `code` is the native one. */
  readonly named: (code: string) => unknown;
}

const temporary: Contract = {
  name: '5.1',
  path: '/reserve',
  body: { user_id: 'ann', seat_id: '1' },
  named: (code) => ({ error: { code, message: expect.any(String) } }),
};
const backend: Contract = {
  name: '5.2',
  path: '/reservations',
  body: { seatId: '1' },
  named: (code) => ({ error: CLASS_NAMES[code], message: expect.any(String) }),
};
const ticket: Contract = {
  name: '5.3',
  path: '/events/default/book',
  body: { userId: 'ann', seatNumber: 1 },
  named: () => ({ error: true, message: expect.any(String) }),
};
const arena: Contract = {
  name: '5.5',
  path: '/seats/1/reserve?user_id=ann',
  body: undefined,
  named: () => ({ detail: expect.any(String) }),
};

const CLASS_NAMES: Readonly<Record<string, string>> = {
  method_not_allowed: 'MethodNotAllowedError',
  malformed_json: 'ValidationError',
  unsupported_media_type: 'UnsupportedMediaTypeError',
  body_too_large: 'BodyTooLargeError',
  rate_limited: 'RateLimitedError',
  shutting_down: 'ShuttingDownError',
  storage_failed: 'StorageFailedError',
  idempotency_key_reused: 'IdempotencyKeyReusedError',
  forbidden: 'ForbiddenError',
};

const CONTRACTS = [temporary, backend, ticket, arena];
/** 5.5 has no bodies. */
const WITH_BODIES = [temporary, backend, ticket];

async function houseGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await testGateway({ ...options, others: contractRoutes });
  const event = { id: 'default', name: 'Default', totalSeats: 3 };
  const { status } = await gateway.post('/v1/events', event);
  expect(status).toBe(201);
  return gateway;
}

/** On a connection that was open before: new ones are refused. */
async function askWhileDraining(
  gateway: TestGateway,
  method: string,
  { path, body }: Contract,
): Promise<Reply> {
  const socket = connect(gateway.port, '127.0.0.1').setEncoding('utf8');
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'data');
  const drained = gateway.running.drain();
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  const payload = body === undefined ? '' : JSON.stringify(body);
  const headers = `Content-Type: application/json\r\nContent-Length: ${payload.length}`;
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n${payload}`);
  await Promise.all([once(socket, 'close'), drained]);
  const [head = '', json = ''] = text.split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const pairs = fields.map((field) => field.split(': '));
  return {
    status: Number(line.split(' ')[1]),
    headers: Object.fromEntries(
      pairs.map(([name = '', value = '']) => [name.toLowerCase(), value]),
    ),
    text: json,
    json: JSON.parse(json),
  };
}

function expectRefusal(
  { path, named }: Contract,
  reply: Reply,
  status: number,
  code: string,
): void {
  expect([reply.status, reply.json]).toEqual([status, named(code)]);
  expect(reply.headers['content-type']).toMatch(/^application\/json/);
  expect(documentationFault('POST', path, reply)).toBeUndefined();
}

describe.each(WITH_BODIES)('$name', (contract) => {
  it('says that a body is not JSON', async () => {
    const gateway = await houseGateway();
    const reply = await gateway.ask('POST', contract.path, { raw: '{"seat' });
    expectRefusal(contract, reply, 400, 'malformed_json');
  });

  it('says that a body is of another type', async () => {
    const gateway = await houseGateway();
    const headers = { 'content-type': 'text/plain' };
    const reply = await gateway.ask('POST', contract.path, { raw: '{}', headers });
    expectRefusal(contract, reply, 415, 'unsupported_media_type');
  });
});

describe.each(CONTRACTS)('$name', (contract) => {
  const { path, body } = contract;

  it('says which methods a path has', async () => {
    const gateway = await houseGateway();
    const reply = await gateway.ask('PATCH', path);
    expect([reply.status, reply.json]).toEqual([405, contract.named('method_not_allowed')]);
    expect(reply.headers.allow).toMatch(/POST/);
  });

  it('says that a body is too large', async () => {
    const gateway = await houseGateway();
    const reply = await gateway.ask('POST', path, { raw: JSON.stringify('x'.repeat(65_536)) });
    expectRefusal(contract, reply, 413, 'body_too_large');
  });

  it('says that a client asks too much, and when to come back', async () => {
    const gateway = await houseGateway({ config: { rateLimitPerSecond: 1 } });
    const replies = await Promise.all([1, 2, 3].map(() => gateway.ask('POST', path, { body })));
    const limited = replies.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    for (const reply of limited) {
      expectRefusal(contract, reply, 429, 'rate_limited');
      expect(reply.headers['retry-after']).toMatch(/^[1-9]/);
    }
  });

  it('says that the server is ill, and when to come back', async () => {
    const gateway = await houseGateway();
    gateway.desk.fault = new ServerFault('the disk', { code: 'storage_failed', hint: 'see to it' });
    const reply = await gateway.ask('POST', path, { body });
    expectRefusal(contract, reply, 503, 'storage_failed');
    expect(reply.headers['retry-after']).toBe('1');
  });

  it('says that the server is shutting down', async () => {
    const gateway = await houseGateway();
    const reply = await askWhileDraining(gateway, 'POST', contract);
    expectRefusal(contract, reply, 503, 'shutting_down');
  });

  it('says that an Idempotency-Key is another request’s', async () => {
    const gateway = await houseGateway();
    const headers = { 'idempotency-key': 'one' };
    await gateway.ask('POST', '/v1/events', { body: { name: 'Other', totalSeats: 1 }, headers });
    const reply = await gateway.ask('POST', path, { body, headers });
    expectRefusal(contract, reply, 422, 'idempotency_key_reused');
  });

  it('says that it does not serve a foreign name', async () => {
    const gateway = await houseGateway();
    const reply = await gateway.ask('POST', path, { body, headers: { host: 'evil.example' } });
    expectRefusal(contract, reply, 403, 'forbidden');
  });
});

it('5.5 is in bad health while the server shuts down', async () => {
  const gateway = await houseGateway();
  const health = { ...arena, path: '/health', body: undefined };
  const { status, json } = await askWhileDraining(gateway, 'GET', health);
  expect([status, json]).toEqual([503, { detail: expect.any(String) }]);
});
