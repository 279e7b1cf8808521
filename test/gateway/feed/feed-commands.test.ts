import { describe, expect, test } from 'vitest';
import { FEED_LIMITS } from '../../../src/limits.js';
import { hallGateway, type TestGateway } from '../support/test-gateway.js';
import { type FeedClient, openFeed } from './support/feed-client.js';

const RESERVE = '/v1/events/hall/reservations';
const FEED = { ...FEED_LIMITS, gatherMs: 10, viewersMax: 100 };

async function watching(gateway: TestGateway): Promise<FeedClient> {
  const viewer = await openFeed(gateway.port, 'hall');
  await viewer.one();
  return viewer;
}

/** Commands wait until it is called. */
function gated(gateway: TestGateway): () => void {
  let open = (): void => {};
  gateway.desk.gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

describe('a command', () => {
  /** Each on two halls that are the same: over the socket in one, over HTTP in the other. */
  const steps = [
    ['reserve', { userId: 'ann', seatIds: ['A1', 'A2', 'A3'] }],
    ['reserve', { userId: 'ann', seatIds: ['A1', 'A2', 'A3'] }],
    ['reserve', { userId: 'bob', seatIds: ['A1'] }],
    ['reserve', { userId: 'bob', seatIds: ['Z9'] }],
    ['reserve', { userId: 'bob', seatIds: [] }],
    ['reserve', { userId: 'bob', seatIds: ['B1'], colour: 'red' }],
    ['reserve', { userId: 'bob', quantity: 2, category: 'Seated', holdSeconds: 60 }],
    ['reserve', { userId: 'bob', quantity: 99 }],
    ['extend', { userId: 'ann' }],
    ['release', { userId: 'ann', seatIds: ['A3'] }],
    ['release', { userId: 'ann', seatIds: ['B5'] }],
    ['confirm', { userId: 'bob' }],
    ['confirm', {}],
    ['confirm', { userId: 'ann' }],
    ['cancel', { userId: 'ann' }],
  ] as const;

  test('has the status and the body of its HTTP route, whatever it is', async () => {
    const [spoken, posted] = [await hallGateway(), await hallGateway()];
    const viewer = await watching(spoken);
    let reservationId = '';
    for (const [index, [type, body]] of steps.entries()) {
      const requestId = `step-${index}`;
      const path = type === 'reserve' ? RESERVE : `/v1/reservations/${reservationId}/${type}`;
      const named = type === 'reserve' ? {} : { reservationId };
      const result = await viewer.command({ type, requestId, ...named, ...body });
      const reply = await posted.post(path, body, { 'x-request-id': requestId });
      expect([type, body, result.status]).toEqual([type, body, reply.status]);
      expect(result.body).toEqual(reply.json);
      if (reservationId === '') reservationId = reply.json.id;
    }
    expect(spoken.desk.facts).toEqual(posted.desk.facts);
  });

  test('goes to the socket’s own event', async () => {
    const gateway = await hallGateway();
    await gateway.post('/v1/events', { id: 'other', name: 'Other', totalSeats: 4 });
    const viewer = await openFeed(gateway.port, 'other');
    const { body } = await viewer.command({ type: 'reserve', userId: 'ann', seatIds: ['4'] });
    expect(body).toMatchObject({ eventId: 'other', seatIds: ['4'] });
  });

  test('that is no reservation’s is refused as over HTTP', async () => {
    const gateway = await hallGateway();
    const viewer = await watching(gateway);
    const odd = 'rsv_/../events/hall?x=#é';
    const result = await viewer.command({ type: 'confirm', userId: 'ann', reservationId: odd });
    expect(result).toMatchObject({ status: 404, body: { code: 'reservation_not_found' } });
  });

  test('with an idempotency key happens once, over a socket or over HTTP', async () => {
    const gateway = await hallGateway();
    const viewer = await watching(gateway);
    const wish = { userId: 'ann', seatIds: ['A1'] };
    const first = await viewer.command({ type: 'reserve', ...wish, idempotencyKey: 'k1' });
    const again = await viewer.command({ type: 'reserve', ...wish, idempotencyKey: 'k1' });
    expect(first).not.toHaveProperty('idempotentReplayed');
    expect(again).toMatchObject({ status: 201, body: first.body, idempotentReplayed: true });
    const posted = await gateway.post(RESERVE, wish, { 'idempotency-key': 'k1' });
    expect([posted.status, posted.json]).toEqual([201, first.body]);
    expect(posted.headers['idempotent-replayed']).toBe('true');
    const other = { ...wish, seatIds: ['A2'] };
    const reused = await viewer.command({ type: 'reserve', ...other, idempotencyKey: 'k1' });
    expect(reused).not.toHaveProperty('idempotentReplayed');
    expect(reused).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const bad = await viewer.command({ type: 'reserve', ...other, idempotencyKey: 'a b' });
    expect(bad).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(gateway.desk.commandCount).toBe(2); // the hall, and one seat
  });

  test('has the idempotency keys of who opened the socket', async () => {
    const gateway = await hallGateway({ config: { adminKey: 'secret' } });
    const wish = { userId: 'ann', seatIds: ['A1'], idempotencyKey: 'k1' };
    const anyone = await watching(gateway);
    const headers = { authorization: 'Bearer secret' };
    const admin = await openFeed(gateway.port, 'hall', { headers });
    expect((await anyone.command({ type: 'reserve', ...wish })).status).toBe(201);
    // Another's key, though it looks the same: ann asks again for what she has.
    const other = await admin.command({ type: 'reserve', ...wish });
    expect(other.status).toBe(200);
    expect(other).not.toHaveProperty('idempotentReplayed');
    expect(await anyone.command({ type: 'reserve', ...wish, requestId: 'again' })).toMatchObject({
      status: 201,
      idempotentReplayed: true,
    });
  });

  test('is counted with its route, under a method of its own', async () => {
    const gateway = await hallGateway();
    const viewer = await watching(gateway);
    await viewer.command({ type: 'reserve', userId: 'ann', seatIds: ['A1'] });
    await viewer.command({ type: 'reserve', userId: 'bob', seatIds: ['A1'] });
    const { text } = await gateway.get('/metrics');
    const labels = 'route="/v1/events/:id/reservations",method="WS"';
    expect(text).toContain(`holdfast_http_requests_total{${labels},status="201"} 1\n`);
    expect(text).toContain(`holdfast_http_requests_total{${labels},status="409"} 1\n`);
    expect(text).toContain('holdfast_http_conflicts_total{code="seat_unavailable"} 1\n');
    expect(text).toContain('holdfast_feed_frames_total{type="result"} 2\n');
  });
});

describe('too many commands', () => {
  test('in flight are refused, and those in flight are answered', async () => {
    const gateway = await hallGateway({ config: { feed: { ...FEED, commandsInFlightMax: 2 } } });
    const viewer = await watching(gateway);
    const open = gated(gateway);
    const first = ['A1', 'A2'].map((seat) =>
      viewer.command({ type: 'reserve', userId: 'ann', seatIds: [seat] }),
    );
    const third = await viewer.command({ type: 'reserve', userId: 'ann', seatIds: ['A3'] });
    expect(third).toMatchObject({ status: 503, body: { code: 'overloaded', retryAfterMs: 1_000 } });
    open();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([201, 201]);
  });

  test('in all of the gateway are refused like requests', async () => {
    const gateway = await hallGateway({ config: { requestsInFlightMax: 1 } });
    const viewer = await watching(gateway);
    const open = gated(gateway);
    const first = gateway.post(RESERVE, { userId: 'ann', seatIds: ['A1'] });
    const line = 'holdfast_http_requests_in_flight 1\n';
    while (!(await gateway.get('/metrics')).text.includes(line));
    const refused = await viewer.command({ type: 'reserve', userId: 'ann', seatIds: ['A2'] });
    expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' } });
    open();
    expect((await first).status).toBe(201);
  });

  test('in a second are refused, and a flood ends the socket', async () => {
    const feed = { ...FEED, commandsPerSecondMax: 3, floodedCommandsMax: 2 };
    const gateway = await hallGateway({ config: { feed } });
    const viewer = await watching(gateway);
    const wish = { type: 'extend', userId: 'ann', reservationId: 'rsv_1' };
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await viewer.command(wish)).status);
    expect(statuses).toEqual([404, 404, 404, 429, 429]);
    const labels = 'route="/v1/reservations/:id/extend",method="WS",status="429"';
    const { text } = await gateway.get('/metrics');
    expect(text).toContain(`holdfast_http_requests_total{${labels}} 2\n`);
    gateway.desk.time += 1_000;
    expect((await viewer.command(wish)).status).toBe(404);
    for (let count = 0; count < 4; count += 1)
      viewer.send(JSON.stringify({ requestId: 'x', ...wish }));
    expect(await viewer.ended).toEqual({ code: 1008, reason: '{"code":"rate_limited"}' });
  });

  test('of one address are refused', async () => {
    const gateway = await hallGateway({ config: { rateLimitPerSecond: 3 } }); // the hall took one
    const viewer = await watching(gateway); // and this another
    const wish = { type: 'extend', userId: 'ann', reservationId: 'rsv_1' };
    expect((await viewer.command(wish)).status).toBe(404);
    expect(await viewer.command(wish)).toMatchObject({
      status: 429,
      body: { code: 'rate_limited' },
    });
  });

  test('of one harm nobody else', async () => {
    const feed = { ...FEED, commandsPerSecondMax: 10, floodedCommandsMax: 50 };
    const gateway = await hallGateway({ config: { feed } });
    const [flooder, viewer] = [await watching(gateway), await watching(gateway)];
    for (let count = 0; count < 2_000; count += 1) {
      flooder.send('{"type":"extend","requestId":"x","userId":"ann","reservationId":"rsv_1"}');
    }
    const { status } = await viewer.command({ type: 'reserve', userId: 'ann', seatIds: ['A1'] });
    expect(status).toBe(201);
    expect((await flooder.ended).code).toBe(1008);
  });
});

describe('a message that is no command', () => {
  test.each([
    ['', 'invalid_request'],
    ['{', 'malformed_json'],
    ['null', 'invalid_request'],
    ['[]', 'invalid_request'],
    ['{"type":"reserve"}', 'invalid_request'],
    ['{"type":"refund","requestId":"r"}', 'invalid_request'],
    ['{"type":"confirm","requestId":"r","userId":"ann"}', 'invalid_request'],
    ['{"type":"confirm","requestId":"r","reservationId":"\\ud800"}', 'invalid_request'],
    ['{"type":"reserve","requestId":"r","idempotencyKey":5}', 'invalid_request'],
    ['{"type":"reserve","requestId":""}', 'invalid_request'],
    ['{"__proto__":{"type":"reserve","requestId":"r"}}', 'invalid_request'],
  ])('%s is answered by an error', async (text, code) => {
    const gateway = await hallGateway();
    const viewer = await watching(gateway);
    viewer.send(text);
    const frame = await viewer.one();
    expect(frame).toMatchObject({ type: 'error', code });
    const requestId = text.includes('"requestId":"r"') && !text.includes('__proto__');
    expect('requestId' in frame && frame.requestId === 'r').toBe(requestId);
    // And the socket is as good as before.
    const { status } = await viewer.command({ type: 'reserve', userId: 'ann', seatIds: ['A1'] });
    expect(status).toBe(201);
  });

  test('names every bad field', async () => {
    const viewer = await watching(await hallGateway());
    viewer.send('{"type":"cancel"}');
    expect(await viewer.one()).toMatchObject({
      issues: [{ path: 'requestId' }, { path: 'reservationId' }],
    });
  });

  test('ends the socket when there are too many', async () => {
    const gateway = await hallGateway({ config: { feed: { ...FEED, badMessagesMax: 3 } } });
    const viewer = await watching(gateway);
    for (let count = 0; count < 4; count += 1) viewer.send('junk');
    expect(await viewer.ended).toEqual({ code: 1008, reason: '{"code":"invalid_request"}' });
    expect(viewer.frames.map(({ type }) => type)).toEqual(['error', 'error', 'error']);
  });

  test('but binary ends it', async () => {
    const viewer = await watching(await hallGateway());
    viewer.send(Uint8Array.of(1, 2, 3));
    expect((await viewer.ended).code).toBe(1003);
  });

  test('but too large ends it', async () => {
    const gateway = await hallGateway();
    const [viewer, other] = [await watching(gateway), await watching(gateway)];
    const fitting = { type: 'reserve', userId: 'ann', seatIds: ['A1'], requestId: 'fits' };
    const room = FEED.messageBytesMax - JSON.stringify(fitting).length;
    viewer.send(JSON.stringify(fitting) + ' '.repeat(room));
    await viewer.until(() => viewer.frames.some((frame) => frame.type === 'result'));
    viewer.send(JSON.stringify(fitting) + ' '.repeat(room + 1));
    expect((await viewer.ended).code).toBe(1009);
    other.send(' '.repeat(4 * FEED.messageBytesMax));
    expect((await other.ended).code).toBe(1006); // cut off by the transport
    expect((await gateway.get('/livez')).status).toBe(200);
  });
});
