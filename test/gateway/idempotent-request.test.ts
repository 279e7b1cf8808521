import { describe, expect, test } from 'vitest';
import type { RequestMark } from '../../src/desk/requests.js';
import { eventId } from '../../src/domain/ids.js';
import { planFromRequest } from '../../src/domain/plan-request.js';
import { effectAnswer } from '../../src/gateway/answer.js';
import { idempotently } from '../../src/gateway/idempotent-request.js';
import { route } from '../../src/gateway/route.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import { MemoryDesk } from './support/memory-desk.js';
import { hallGateway } from './support/test-gateway.js';

const RESERVE = '/v1/events/hall/reservations';
const WISH = { userId: 'ann', seatIds: ['A1', 'A2'] };
const key = (value: string, more: Record<string, string> = {}) => ({
  'idempotency-key': value,
  ...more,
});

describe('the same key and the same request', () => {
  test('an effect happens once, and its answer is given again', async () => {
    const gateway = await hallGateway();
    const first = await gateway.post(RESERVE, WISH, key('k1'));
    gateway.desk.time += 1_000;
    await gateway.post(`/v1/reservations/${first.json.id}/cancel`, { userId: 'ann' });
    const again = await gateway.post(RESERVE, WISH, key('k1'));
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers.location).toBe(first.headers.location);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(gateway.desk.records.size).toBe(1);
  });

  test('a refusal is given again too, with the first request id in its body', async () => {
    const gateway = await hallGateway();
    await gateway.post(RESERVE, { ...WISH, userId: 'bob' });
    const first = await gateway.post(RESERVE, WISH, key('k1', { 'x-request-id': 'one' }));
    expect([first.status, first.json.requestId]).toEqual([409, 'one']);
    gateway.desk.time += 300_000; // bob's hold is over: the first answer stands
    const again = await gateway.post(RESERVE, WISH, key('k1', { 'x-request-id': 'two' }));
    expect(again.text).toBe(first.text);
    expect(again.headers['x-request-id']).toBe('two');
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  test.each([
    ['invalid', { userId: '' }, 400],
    ['unknown seats', { ...WISH, seatIds: ['Z9'] }, 404],
  ])('an answer to %s is kept', async (_, body, status) => {
    const gateway = await hallGateway();
    const first = await gateway.post(RESERVE, body, key('k1'));
    const again = await gateway.post(RESERVE, body, key('k1'));
    expect([first.status, again.status, again.text]).toEqual([status, status, first.text]);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  test('a reservation that was there already is given again as it was, though it has changed', async () => {
    const gateway = await hallGateway();
    const made = await gateway.post(RESERVE, WISH);
    const first = await gateway.post(RESERVE, WISH, key('k1'));
    expect(first.status).toBe(200);
    await gateway.post(`/v1/reservations/${made.json.id}/confirm`, { userId: 'ann' });
    const again = await gateway.post(RESERVE, WISH, key('k1'));
    expect([again.status, again.text]).toEqual([200, first.text]);
  });

  test('block and unblock are kept', async () => {
    const gateway = await hallGateway();
    const path = '/v1/events/hall/seats/unblock';
    await gateway.post('/v1/events/hall/seats/block', { seatIds: ['A1'] }, key('b'));
    const first = await gateway.post(path, { seatIds: ['A1'] }, key('k1'));
    const again = await gateway.post(path, { seatIds: ['A1'] }, key('k1'));
    expect([first.json.seatIds, again.text]).toEqual([['A1'], first.text]);
  });

  test('an event that was made is given again as it was made', async () => {
    const gateway = await hallGateway();
    const body = { id: 'lear', name: 'Lear', totalSeats: 5 };
    const first = await gateway.post('/v1/events', body, key('k1'));
    await gateway.post('/v1/events/lear/reservations', { userId: 'ann', seatIds: ['1'] });
    await gateway.ask('DELETE', '/v1/events/lear?force=true');
    const again = await gateway.post('/v1/events', body, key('k1'));
    expect([again.status, again.text]).toEqual([201, first.text]);
  });

  test('the answer comes again though the event is deleted', async () => {
    const gateway = await hallGateway();
    const first = await gateway.post(RESERVE, WISH, key('k1'));
    await gateway.ask('DELETE', '/v1/events/hall?force=true');
    const again = await gateway.post(RESERVE, WISH, key('k1'));
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect((await gateway.post(RESERVE, WISH, key('k2'))).status).toBe(404);
  });
});

test('a key is for requests that do something: a GET is answered as things are', async () => {
  const gateway = await hallGateway();
  const before = await gateway.get('/v1/events/hall', key('k1'));
  await gateway.desk.block({ eventId: eventId('hall'), seats: [1] });
  const after = await gateway.get('/v1/events/hall', key('k1'));
  expect([before.json.blockedSeats, after.json.blockedSeats]).toEqual([0, 1]);
  expect(after.headers).not.toHaveProperty('idempotent-replayed');
});

describe('the same key and another request', () => {
  test.each([
    ['body', RESERVE, { ...WISH, seatIds: ['A3'] }],
    ['user', RESERVE, { ...WISH, userId: 'bob' }],
    ['path', '/v1/events/other/reservations', WISH],
    ['query', `${RESERVE}?x=1`, WISH],
  ])('another %s is 422', async (_, path, body) => {
    const gateway = await hallGateway();
    await gateway.post(RESERVE, WISH, key('k1'));
    const reply = await gateway.post(path, body, key('k1'));
    expect([reply.status, reply.json.code]).toEqual([422, 'idempotency_key_reused']);
    expect(gateway.desk.records.size).toBe(1);
  });

  test('a key belongs to its principal: an admin and a stranger do not meet', async () => {
    const gateway = await hallGateway({ config: { adminKey: 'secret' } });
    await gateway.post(RESERVE, WISH, key('k1'));
    const other = { userId: 'bob', seatIds: ['A3'] };
    const admin = key('k1', { authorization: 'Bearer secret' });
    expect((await gateway.post(RESERVE, other, admin)).status).toBe(201);
  });
});

test('a duplicate in flight is 409 with Retry-After', async () => {
  const gateway = await hallGateway();
  let open = (): void => {};
  gateway.desk.gate = new Promise((resolve) => {
    open = resolve;
  });
  const first = gateway.post(RESERVE, WISH, key('k1'));
  await gateway.get('/livez');
  const second = await gateway.post(RESERVE, WISH, key('k1'));
  expect([second.status, second.json.code]).toEqual([409, 'idempotency_in_flight']);
  expect(second.headers['retry-after']).toBe('1');
  expect(second.json.retryAfterMs).toBe(1_000);
  open();
  expect((await first).status).toBe(201);
});

test('a fault is not kept: the key is free again', async () => {
  const gateway = await hallGateway();
  let open = (): void => {};
  gateway.desk.gate = new Promise((resolve) => {
    open = resolve;
  });
  const first = gateway.post(RESERVE, WISH, key('k1'));
  await gateway.get('/livez');
  gateway.desk.fault = new ServerFault('down', { code: 'shard_restarting', hint: 'wait' });
  open();
  expect((await first).status).toBe(503);
  gateway.desk.fault = undefined;
  const again = await gateway.post(RESERVE, WISH, key('k1'));
  expect(again.status).toBe(201);
  expect(again.headers).not.toHaveProperty('idempotent-replayed');
});

test('a handler that tells its request id tells the first again', async () => {
  const plan = { totalSeats: 1, categories: [], sections: [] };
  const row = { name: '', first: 1, count: 1, labelPrefix: '' };
  const sections = [{ name: '', kind: 'numbered' as const, rows: [row] }];
  const settings = { currency: 'EUR', holdMs: 1, maxSeatsPerUser: null, preventOrphans: false };
  const other = route({
    method: 'POST',
    path: '/other',
    operation: { summary: 'x', tags: [], responses: { 200: { description: 'x' } } },
    async handle({ desk, marked, requestId }) {
      await desk.createEvent({ name: 'x', ...settings, plan: { ...plan, sections }, ...marked });
      return effectAnswer(200, { requestId });
    },
  });
  const gateway = await hallGateway({ others: [other] });
  await gateway.post('/other', {}, key('k1', { 'x-request-id': 'one' }));
  const again = await gateway.post('/other', {}, key('k1', { 'x-request-id': 'two' }));
  expect([again.json, again.headers['x-request-id']]).toEqual([{ requestId: 'one' }, 'two']);
});

describe('in one place', () => {
  const mark = { key: 'anyone k1', fingerprint: 'f', requestId: 'one' };
  const answer = { status: 200, body: '{}', contentType: 'application/json' };

  test.each([429, 500, 503])('an answer %s is not kept, however it came about', async (status) => {
    const desk = new MemoryDesk();
    await idempotently(desk, mark, async () => ({ ...answer, status }));
    const again = await idempotently(desk, mark, async () => answer);
    expect(again).toEqual(answer);
  });

  test('an effect is rendered again under the first request id', async () => {
    const desk = new MemoryDesk();
    const plan = planFromRequest({ totalSeats: 1 });
    if (!('plan' in plan)) throw new Error('one seat is a plan');
    const settings = { currency: 'EUR', holdMs: 1, maxSeatsPerUser: null, preventOrphans: false };
    const seen: RequestMark[] = [];
    const run = async (idempotency: RequestMark) => {
      seen.push(idempotency);
      await desk.createEvent({ name: 'x', ...settings, ...plan, idempotency });
      return { ...answer, keptWithEffect: true as const };
    };
    await idempotently(desk, mark, run);
    await idempotently(desk, { ...mark, requestId: 'two' }, run);
    expect(seen.map(({ requestId, replay }) => [requestId, replay?.ok])).toEqual([
      ['one', undefined],
      ['one', true],
    ]);
  });

  test('a fault of the desk frees the key', async () => {
    const desk = new MemoryDesk();
    const fault = new ServerFault('x', { code: 'storage_failed', hint: 'x' });
    await expect(idempotently(desk, mark, () => Promise.reject(fault))).rejects.toBe(fault);
    expect(await idempotently(desk, mark, async () => answer)).toEqual(answer);
  });

  test('a fault after which the effect may happen yet keeps the key', async () => {
    const desk = new MemoryDesk();
    const fault = new ServerFault('x', { code: 'overloaded', hint: 'x', mayHappenYet: true });
    await expect(idempotently(desk, mark, () => Promise.reject(fault))).rejects.toBe(fault);
    const again = await idempotently(desk, mark, async () => answer);
    expect(again).toMatchObject({ code: 'idempotency_in_flight' });
  });
});

test.each([' ', 'a b', 'x'.repeat(256), 'caf\u00c3\u00a9s', ''])(
  'the key %j is invalid',
  async (value) => {
    const gateway = await hallGateway();
    const body = JSON.stringify(WISH);
    const head = `POST ${RESERVE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n`;
    const bytes = `${head}Idempotency-Key: ${value}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const { text } = await gateway.raw(Buffer.from(bytes, 'latin1'));
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('Idempotency-Key');
    expect(gateway.desk.records.size).toBe(0);
  },
);

test('a key of 255 characters is honoured', async () => {
  const gateway = await hallGateway();
  await gateway.post(RESERVE, WISH, key('~'.repeat(255)));
  const again = await gateway.post(RESERVE, WISH, key('~'.repeat(255)));
  expect(again.headers['idempotent-replayed']).toBe('true');
});

test('every POST honours a key', async () => {
  const gateway = await hallGateway();
  const posts = gateway.routes.filter(({ method }) => method === 'POST');
  expect(posts.length).toBeGreaterThan(9);
  for (const [index, { path }] of posts.entries()) {
    const url = path.replace(':id', 'hall');
    const first = await gateway.post(url, { no: 'sense' }, key(`k${index}`));
    const again = await gateway.post(url, { no: 'sense' }, key(`k${index}`));
    expect([path, again.status, again.text]).toEqual([path, first.status, first.text]);
    expect([path, again.headers['idempotent-replayed']]).toEqual([path, 'true']);
  }
});
