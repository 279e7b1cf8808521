import { describe, expect, test } from 'vitest';
import { hallGateway, type TestGateway } from './support/test-gateway.js';

const POST =
  'POST /v1/events/hall/reservations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const BODY = '{"userId":"ann","seatIds":["A1"]}';

const EVENT = '{"name":"Lear","totalSeats":1}';
const SECOND = `POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${EVENT.length}\r\n\r\n${EVENT}`;

/** The body, and behind it what an attacker would have the server take for the next request. */
function smuggled(headers: string): string {
  return `${POST}${headers}\r\n\r\n${BODY}${SECOND}`;
}

test('a second request in the same packet is served, where the first is clear', async () => {
  const gateway = await hallGateway();
  await gateway.raw(`GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n${SECOND}`, 300);
  expect(gateway.desk.commandCount).toBe(2);
});

async function refused(gateway: TestGateway, bytes: string): Promise<void> {
  const { text, isClosed } = await gateway.raw(bytes);
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(isClosed).toBe(true);
  expect(gateway.desk.commandCount).toBe(1); // the hall itself
}

describe('a body whose end is open to two readings', () => {
  test.each([
    ['two lengths', `Content-Length: ${BODY.length}\r\nContent-Length: 5`],
    ['the same length twice', `Content-Length: ${BODY.length}\r\nContent-Length: ${BODY.length}`],
    ['an empty length', 'Content-Length:'],
    ['a list of lengths', `Content-Length: ${BODY.length}, ${BODY.length}`],
    ['a negative length', 'Content-Length: -1'],
    ['a length in hex', 'Content-Length: 0x21'],
    ['a length with a sign', `Content-Length: +${BODY.length}`],
    ['a length with a fraction', 'Content-Length: 33.0'],
    ['an encoding that is not chunked', 'Transfer-Encoding: gzip'],
    ['a list of encodings', 'Transfer-Encoding: gzip, chunked'],
    ['two encodings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'],
    ['identity', 'Transfer-Encoding: identity'],
    ['length and encoding', `Content-Length: ${BODY.length}\r\nTransfer-Encoding: chunked`],
    ['encoding and length', `Transfer-Encoding: chunked\r\nContent-Length: ${BODY.length}`],
    ['an empty encoding', 'Transfer-Encoding:'],
  ])('%s: 400, and the connection is closed', async (_, headers) => {
    await refused(await hallGateway(), smuggled(headers));
  });
});

test.each([
  'Host: other',
  'Content-Type: text/plain',
  'Authorization: Bearer x\r\nAuthorization: Bearer y',
])('a second %s is refused', async (header) => {
  await refused(await hallGateway(), smuggled(`Content-Length: ${BODY.length}\r\n${header}`));
});

describe('connections', () => {
  test('Connection: close is honoured', async () => {
    const gateway = await hallGateway();
    const { text, isClosed } = await gateway.raw(
      'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(isClosed).toBe(true);
  });

  test('a connection is kept for the next request otherwise', async () => {
    const gateway = await hallGateway();
    const ask = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const { text, isClosed } = await gateway.raw(ask, 300);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(isClosed).toBe(false);
  });

  test('HTTP/1.0 is answered 505 and closed, not left hanging', async () => {
    const gateway = await hallGateway();
    const { text, isClosed } = await gateway.raw('GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 505 /);
    expect(isClosed).toBe(true);
  });

  test('a client that leaves in the middle of its body costs nothing', async () => {
    const gateway = await hallGateway();
    await gateway.raw(`${POST}Content-Length: 100\r\n\r\n{"userId":`, 50);
    const reply = await gateway.get('/metrics');
    expect(reply.text).toContain('holdfast_http_requests_in_flight 0\n');
    expect(gateway.desk.commandCount).toBe(1);
  });

  test('a client that leaves while its request is worked on does not undo it', async () => {
    const gateway = await hallGateway();
    let open = (): void => {};
    gateway.desk.gate = new Promise((resolve) => {
      open = resolve;
    });
    const leaving = gateway.raw(`${POST}Content-Length: ${BODY.length}\r\n\r\n${BODY}`, 50);
    await metric(gateway, 'holdfast_http_connections 2');
    await leaving;
    await metric(gateway, 'holdfast_http_connections 1');
    await metric(gateway, 'holdfast_http_requests_in_flight 1');
    open();
    await metric(gateway, 'holdfast_http_requests_in_flight 0');
    expect((await gateway.get('/v1/events/hall/seats/A1')).json.status).toBe('reserved');
  });
});

/** Resolves when the line is among the metrics. */
async function metric(gateway: TestGateway, line: string): Promise<void> {
  while (!(await gateway.get('/metrics')).text.includes(`${line}\n`))
    await new Promise(setImmediate);
}

test('after it, the same address is served again', async () => {
  const gateway = await hallGateway();
  await refused(gateway, smuggled('Transfer-Encoding: gzip'));
  expect((await gateway.get('/v1/events')).status).toBe(200);
});

test('HEAD is refused too, without a body, and closed', async () => {
  const gateway = await hallGateway();
  const head = 'HEAD /livez HTTP/1.1\r\nHost: localhost\r\n';
  const { text, isClosed } = await gateway.raw(
    `${head}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\n\r\n$/);
  expect(isClosed).toBe(true);
});
