import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hallGateway, testGateway } from './support/test-gateway.js';

const RESERVE = '/v1/events/hall/reservations';

describe('an event is made', () => {
  test('with what the contract says where nothing is said', async () => {
    const gateway = await testGateway({ config: { holdMs: 1_500 } });
    const reply = await gateway.post('/v1/events', { name: 'Lear', totalSeats: 7 });
    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe(`/v1/events/${reply.json.id}`);
    expect(reply.json).toEqual({
      id: 'evt_1',
      name: 'Lear',
      status: 'on_sale',
      totalSeats: 7,
      availableSeats: 7,
      reservedSeats: 0,
      bookedSeats: 0,
      blockedSeats: 0,
      currency: 'EUR',
      holdSeconds: 1.5,
      maxSeatsPerUser: null,
      preventOrphans: false,
      createdAt: '2026-11-21T09:00:00.000Z',
      updatedAt: '2026-11-21T09:00:00.000Z',
    });
  });

  test('with everything that can be said', async () => {
    const gateway = await testGateway();
    const said = {
      id: 'My-event_1',
      name: 'Lear \u{1F451}',
      currency: 'CHF',
      holdSeconds: 90.5,
      maxSeatsPerUser: 4,
      preventOrphans: true,
    };
    const seats = [
      { label: 'L1', x: 1, y: 2 },
      { label: 'L2', x: 2, y: 2 },
    ];
    const sections = [{ name: 'Box', category: 'Best', price: 100, rows: [{ name: 'L', seats }] }];
    const reply = await gateway.post('/v1/events', { ...said, sections });
    expect(reply.json).toMatchObject({ ...said, totalSeats: 2 });
    const list = await gateway.get('/v1/events/My-event_1/seats');
    expect(list.json.data[1]).toMatchObject({
      seatId: 'L2',
      category: 'Best',
      price: 100,
      x: 2,
      y: 2,
    });
  });

  test('once: the id is taken then', async () => {
    const gateway = await hallGateway();
    const reply = await gateway.post('/v1/events', { id: 'hall', name: 'x', totalSeats: 1 });
    expect([reply.status, reply.json.code]).toEqual([409, 'event_exists']);
  });

  test('every fault of its plan is named', async () => {
    const gateway = await testGateway();
    const rows = [
      { name: 'A', seats: 0 },
      { name: 'B', seats: ['x', 'x'] },
    ];
    const reply = await gateway.post('/v1/events', { name: 'x', sections: [{ name: 'S', rows }] });
    expect(reply.status).toBe(400);
    expect(reply.json.issues.map(({ path }: { path: string }) => path)).toEqual([
      'sections.0.rows.0.seats',
      'sections.0.rows.1.seats.1',
    ]);
  });
});

describe('a pretix plan', () => {
  const plan = JSON.parse(readFileSync('src/demo/playhouse-plan.json', 'utf8'));

  test('becomes an event, with what the query says', async () => {
    const gateway = await testGateway();
    const prices = encodeURIComponent('{"Premium":9900,"Box":12000}');
    const query = `id=play&currency=GBP&holdSeconds=60.5&maxSeatsPerUser=8&preventOrphans=true&prices=${prices}`;
    const reply = await gateway.post(`/v1/events/import?${query}`, plan);
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      id: 'play',
      name: plan.name,
      totalSeats: 1_362,
      currency: 'GBP',
      holdSeconds: 60.5,
      maxSeatsPerUser: 8,
      preventOrphans: true,
    });
    const list = await gateway.get('/v1/events/play/seats?category=Box&limit=1');
    expect(list.json.data[0].price).toBe(12_000);
  });

  test('may have another name', async () => {
    const gateway = await testGateway();
    const reply = await gateway.post('/v1/events/import?name=Lear%20in%20the%20park', plan);
    expect(reply.json.name).toBe('Lear in the park');
  });

  test.each([
    ['prices={', 'prices'],
    ['prices=%5B%5D', 'prices'],
    ['prices=%7B%22Box%22%3A-1%7D', 'prices'],
    ['prices=%7B%22__proto__%22%3A1%7D', 'prices'],
    ['prices=null', 'prices'],
    ['holdSeconds=0.5', 'holdSeconds'],
    ['holdSeconds=7201', 'holdSeconds'],
    ['holdSeconds=1e3', 'holdSeconds'],
    ['maxSeatsPerUser=0', 'maxSeatsPerUser'],
    ['preventOrphans=yes', 'preventOrphans'],
    ['currency=eur', 'currency'],
    ['id=-x', 'id'],
    ['name=', 'name'],
    ['nmae=x', 'nmae'],
  ])('?%s is refused', async (query, path) => {
    const gateway = await testGateway();
    const reply = await gateway.post(`/v1/events/import?${query}`, plan);
    expect([reply.status, reply.json.issues[0].path, reply.json.issues[0].in]).toEqual([
      400,
      path,
      'query',
    ]);
  });

  test.each([
    [{ ...plan, name: undefined }, 'name'],
    [{ ...plan, zones: undefined }, 'zones'],
    [{}, 'name'],
    [[], ''],
  ])('what is wrong with it is named (%#)', async (body, path) => {
    const gateway = await testGateway();
    const reply = await gateway.post('/v1/events/import', body);
    expect([reply.status, reply.json.issues[0].path]).toEqual([400, path]);
  });

  test('a price for a category that there is not is a fault', async () => {
    const gateway = await testGateway();
    const reply = await gateway.post('/v1/events/import?prices=%7B%22Nope%22%3A1%7D', plan);
    const [issue] = reply.json.issues;
    expect([reply.status, issue.in, issue.path]).toEqual([400, 'query', 'prices.Nope']);
  });
});

describe('the list', () => {
  test('goes page by page, in order of creation, over events that come and go', async () => {
    const gateway = await testGateway();
    for (const id of ['c', 'a', 'b', 'd', 'e']) {
      await gateway.post('/v1/events', { id, name: id, totalSeats: 1 });
      gateway.desk.time += id === 'a' ? 0 : 1; // a and b are as old as each other
    }
    const page = async (query: string) => {
      const { json } = await gateway.get(`/v1/events?limit=2${query}`);
      return [json.data.map(({ id }: { id: string }) => id).join(''), json.nextCursor];
    };
    const [first, cursor] = await page('');
    expect(first).toBe('ca');
    await gateway.ask('DELETE', '/v1/events/a');
    const [second, next] = await page(`&cursor=${cursor}`);
    expect(second).toBe('bd');
    expect(await page(`&cursor=${next}`)).toEqual(['e', null]);
    const reply = await gateway.get('/v1/events?cursor=bm9uc2Vuc2U');
    expect([reply.status, reply.json.issues[0].path]).toEqual([400, 'cursor']);
  });

  test('an exact last page has no next', async () => {
    const gateway = await hallGateway();
    expect((await gateway.get('/v1/events?limit=1')).json.nextCursor).toBeNull();
  });
});

test.each(['/v1/events', '/v1/events/hall'])(
  '%s has an ETag that changes with its counts',
  async (path) => {
    const gateway = await hallGateway();
    const etag = (await gateway.get(path)).headers.etag ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect((await gateway.get(path, { 'if-none-match': `W/${etag}` })).status).toBe(304);
    await gateway.post(RESERVE, { userId: 'ann', seatIds: ['A1'] });
    expect((await gateway.get(path, { 'if-none-match': etag })).status).toBe(200);
  },
);

describe('an event is changed', () => {
  test.each([
    [{ name: 'Macbeth' }, { name: 'Macbeth' }],
    [{ holdSeconds: 1.25 }, { holdSeconds: 1.25 }],
    [{ maxSeatsPerUser: 2 }, { maxSeatsPerUser: 2 }],
    [{ maxSeatsPerUser: null }, { maxSeatsPerUser: null }],
    [{ preventOrphans: true }, { preventOrphans: true }],
    [{ status: 'closed' }, { status: 'closed' }],
  ])('%j', async (patch, shown) => {
    const gateway = await hallGateway();
    gateway.desk.time += 5;
    const reply = await gateway.ask('PATCH', '/v1/events/hall', { body: patch });
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ ...shown, updatedAt: '2026-11-21T09:00:00.005Z' });
    expect((await gateway.get('/v1/events/hall')).json).toEqual(reply.json);
  });

  test('closed, it takes no reservations', async () => {
    const gateway = await hallGateway();
    await gateway.ask('PATCH', '/v1/events/hall', { body: { status: 'closed' } });
    const reply = await gateway.post(RESERVE, { userId: 'ann', seatIds: ['A1'] });
    expect([reply.status, reply.json.code]).toEqual([409, 'event_closed']);
  });

  test('not by nothing', async () => {
    const gateway = await hallGateway();
    expect((await gateway.ask('PATCH', '/v1/events/hall', { body: {} })).status).toBe(400);
  });
});

describe('an event is deleted', () => {
  test('and is not found then', async () => {
    const gateway = await hallGateway();
    const reply = await gateway.ask('DELETE', '/v1/events/hall');
    expect([reply.status, reply.text]).toEqual([204, '']);
    for (const path of ['', '/seats', '/seats/A1', '/stats', '/log']) {
      const gone = await gateway.get(`/v1/events/hall${path}`);
      expect([path, gone.status, gone.json.code]).toEqual([path, 404, 'event_not_found']);
    }
  });

  test('with a live hold only by force', async () => {
    const gateway = await hallGateway();
    await gateway.post(RESERVE, { userId: 'ann', seatIds: ['A1'] });
    for (const query of ['', '?force=false']) {
      const reply = await gateway.ask('DELETE', `/v1/events/hall${query}`);
      expect([reply.status, reply.json.code]).toEqual([409, 'event_in_use']);
    }
    expect((await gateway.ask('DELETE', '/v1/events/hall?force=true')).status).toBe(204);
  });
});

test('statistics have rates, and none where nothing was sold', async () => {
  const gateway = await hallGateway();
  expect((await gateway.get('/v1/events/hall/stats')).json).toMatchObject({
    conversionRate: null,
    expiryRate: null,
  });
  const { json } = await gateway.post(RESERVE, { userId: 'ann', seatIds: ['A1'] });
  await gateway.post(RESERVE, { userId: 'ann', seatIds: ['A2'] });
  await gateway.post(`/v1/reservations/${json.id}/confirm`, { userId: 'ann' });
  const stats = await gateway.get('/v1/events/hall/stats');
  expect(stats.json).toMatchObject({ conversionRate: 0.5, expiryRate: 0, currency: 'EUR' });
  expect(stats.json.byMinute[0].minute).toBe('2026-11-21T09:00:00.000Z');
});
