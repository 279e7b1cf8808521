import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventReplica } from '../../src/desk/event-replica.js';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import type { PlanSpec } from '../../src/domain/plan-spec.js';
import { SEAT_STATUSES } from '../../src/domain/seat-status.js';
import { SeatList } from '../../src/gateway/seat-list.js';
import { SeatLists } from '../../src/gateway/seat-lists.js';
import type { SeatFilter } from '../../src/gateway/seat-selection.js';
import { seatTemplate } from '../../src/gateway/seat-template.js';
import { hallGateway, testGateway } from './support/test-gateway.js';

const NOW = Date.parse('2026-11-21T09:00:00.000Z');
const SEATS = '/v1/events/hall/seats';

const PLAN: PlanSpec = {
  totalSeats: 14,
  categories: [{ name: 'Best "A"', price: 9_900 }, { name: 'Gr\u00fcn \u{1F3AD}' }],
  sections: [
    {
      name: 'Parkett',
      kind: 'rows',
      category: 0,
      rows: [
        { name: 'A', first: 1, count: 5, labelPrefix: 'A' },
        {
          name: 'B',
          first: 6,
          count: 3,
          labelPrefix: '',
          labels: ['\u00fc1', '"q"', 'z'],
          x: [1, 2, 3],
          y: [4, 5.5, -6],
        },
      ],
    },
    {
      name: 'Balkon',
      kind: 'rows',
      price: 0,
      rows: [{ name: 'C', first: 9, count: 4, labelPrefix: 'C', categories: [1, 0, 1, 1] }],
    },
    {
      name: 'Steh',
      kind: 'general',
      rows: [{ name: '', first: 13, count: 2, labelPrefix: 'Steh-' }],
    },
  ],
};

/** An event with these codes on its seats; reserved ones end a second after each other. */
function eventWith(codes: readonly number[]): EventReplica {
  const of = (code: number): number[] =>
    codes.flatMap((each, index) => (each === code ? [index + 1] : []));
  const id = eventId('evt');
  const record = {
    id,
    name: 'x',
    status: 'on_sale' as const,
    currency: 'EUR',
    holdMs: 300_000,
    maxSeatsPerUser: null,
    preventOrphans: false,
    plan: PLAN,
    createdAt: NOW,
    updatedAt: NOW,
    version: 1,
  };
  const reserved = of(1).map((seat) => ({
    id: reservationId(`rsv_${seat}`),
    eventId: id,
    userId: userId('ann'),
    seats: [seat],
    status: 'reserved' as const,
    createdAt: NOW,
    expiresAt: NOW + seat * 1_000,
    holdMs: 300_000,
    extensions: 0,
  }));
  const snapshot = {
    event: record,
    booked: Uint32Array.from(of(2)),
    blocked: Uint32Array.from(of(3)),
  };
  const replica = new EventReplica(snapshot, NOW);
  replica.restore(reserved);
  return replica;
}

/** The list, said simply. */
function plainly(event: EventReplica, filter: SeatFilter, now: number): unknown[] {
  const { from = 1, limit = Infinity, status, section, category } = filter;
  const seats = [];
  for (let seat = 1; seat <= PLAN.totalSeats && seats.length < limit; seat += 1) {
    const place = event.plan.placeOf(seat);
    const is = SEAT_STATUSES[event.statusAt(seat, now)];
    if (seat < from || (status ?? is) !== is) continue;
    if ((section ?? place.section) !== place.section) continue;
    if ((category ?? place.category) !== place.category) continue;
    const expiresAt = event.expiresAt(seat, now);
    const end = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() };
    seats.push({
      seatId: event.plan.labelOf(seat),
      seatNumber: seat,
      ...place,
      status: is,
      ...end,
    });
  }
  return seats;
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

test('a list is what the plan and the statuses say, whatever the filter, and as long as it says', async () => {
  const filters = fc.record({
    from: maybe(fc.integer({ min: 1, max: 16 })),
    limit: maybe(fc.integer({ min: 1, max: 16 })),
    status: maybe(fc.constantFrom(...SEAT_STATUSES)),
    section: maybe(fc.constantFrom('Parkett', 'Balkon', 'Steh', 'nowhere')),
    category: maybe(fc.constantFrom('Best "A"', 'Gr\u00fcn \u{1F3AD}', 'none')),
  });
  const codes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 14, maxLength: 14 });
  const property = fc.asyncProperty(codes, filters, fc.nat(15), async (list, filter, seconds) => {
    const event = eventWith(list);
    const now = NOW + seconds * 1_000;
    const seatList = new SeatList(await seatTemplate(event.plan), event, filter, now);
    const walk = seatList.pieces();
    const pieces: Uint8Array[] = [];
    for (let next = walk.next(); next.done !== true; next = walk.next()) pieces.push(next.value);
    const bytes = Buffer.concat(pieces);
    expect(pieces.every(({ length }) => length > 0)).toBe(true);
    expect(bytes.length).toBe(seatList.byteCount);
    expect(JSON.parse(bytes.toString())).toEqual({
      eventId: 'evt',
      cursor: event.cursor(now),
      data: plainly(event, filter, now),
    });
  });
  await fc.assert(property, { numRuns: 300 });
});

test('a template goes with its plan, not with the id of its event', async () => {
  const lists = new SeatLists(1_000_000);
  const before = eventWith([]);
  const after = eventWith([]);
  const together = await Promise.all([lists.template(before), lists.template(after)]);
  expect(together[0].plan).toBe(before.plan);
  expect(together[1].plan).toBe(after.plan);
  expect(await lists.template(after)).toBe(await lists.template(after));
  expect((await lists.template(before)).plan).toBe(before.plan);
});

test('a whole list is made once a cursor', async () => {
  const lists = new SeatLists(1_000_000);
  const event = eventWith([1]);
  const template = await lists.template(event);
  const first = lists.bodyAt(template, event, {}, NOW);
  expect(lists.bodyAt(template, event, {}, NOW + 999)).toBe(first);
  expect(lists.bodyAt(template, event, {}, NOW + 1_000)).not.toBe(first);
});

test('a map is made once a cursor, and is of the plan that the event has', () => {
  const lists = new SeatLists(1_000_000);
  const event = eventWith([1]);
  const first = lists.mapAt(event, NOW);
  expect(first).toEqual(event.statuses(NOW));
  expect(lists.mapAt(event, NOW + 999)).toBe(first);
  expect(lists.mapAt(event, NOW + 1_000)).toEqual(event.statuses(NOW + 1_000));
  expect(lists.mapAt(event, NOW + 1_000)).not.toEqual(first);
  const sameAgain = eventWith([1]);
  expect(lists.mapAt(sameAgain, NOW + 1_000)).not.toBe(lists.mapAt(event, NOW + 1_000));
});

describe('over HTTP', () => {
  test('statuses, places and deadlines are in it', async () => {
    const gateway = await hallGateway();
    await gateway.post('/v1/events/hall/reservations', { userId: 'ann', seatIds: ['A2'] });
    const reply = await gateway.get(`${SEATS}?limit=2`);
    const seat = { section: 'Stalls', row: 'A', category: 'Seated', price: 4_500 };
    expect(reply.json.data).toEqual([
      { seatId: 'A1', seatNumber: 1, ...seat, status: 'available' },
      {
        seatId: 'A2',
        seatNumber: 2,
        ...seat,
        status: 'reserved',
        expiresAt: '2026-11-21T09:05:00.000Z',
      },
    ]);
    expect(reply.headers['x-holdfast-cursor']).toBe(reply.json.cursor);
  });

  test('a hold that is over reads as available, to the millisecond', async () => {
    const gateway = await hallGateway();
    await gateway.post('/v1/events/hall/reservations', { userId: 'ann', seatIds: ['A1'] });
    const first = async () => (await gateway.get(SEATS)).json.data[0].status;
    gateway.desk.time += 299_999;
    expect(await first()).toBe('reserved');
    gateway.desk.time += 1;
    expect(await first()).toBe('available');
  });

  test('the map has two bits a seat', async () => {
    const gateway = await hallGateway();
    await gateway.post('/v1/events/hall/reservations', { userId: 'ann', seatIds: ['A2'] });
    await gateway.post('/v1/events/hall/seats/block', { seatIds: ['A4'] });
    const response = await fetch(`http://127.0.0.1:${gateway.port}${SEATS}`, {
      headers: { accept: 'application/vnd.holdfast.seatmap' },
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([...bytes]).toEqual([0b11_00_01_00, 0, 0, 0]);
    expect(response.headers.get('content-type')).toBe('application/vnd.holdfast.seatmap');
    expect(response.headers.get('x-holdfast-cursor')).toBe((await gateway.get(SEATS)).json.cursor);
    const filtered = await gateway.get(`${SEATS}?from=2`, {
      accept: 'application/vnd.holdfast.seatmap',
    });
    expect([filtered.status, filtered.json.issues[0].path]).toEqual([400, 'from']);
  });

  test('If-None-Match gives 304 until something changes, for list and map apart', async () => {
    const gateway = await hallGateway();
    const map = { accept: 'application/vnd.holdfast.seatmap' };
    const etag = (await gateway.get(SEATS)).headers.etag ?? '';
    const mapEtag = (await gateway.get(SEATS, map)).headers.etag ?? '';
    expect(mapEtag).not.toBe(etag);
    for (const condition of [etag, `"x", ${etag}`, '*', etag.replace('W/', '')]) {
      const reply = await gateway.get(SEATS, { 'if-none-match': condition });
      expect([condition, reply.status, reply.text]).toEqual([condition, 304, '']);
      expect(reply.headers.etag).toBe(etag);
    }
    expect((await gateway.get(SEATS, { ...map, 'if-none-match': etag })).status).toBe(200);
    expect((await gateway.get(SEATS, { ...map, 'if-none-match': mapEtag })).status).toBe(304);
    await gateway.post('/v1/events/hall/reservations', { userId: 'ann', seatIds: ['A2'] });
    expect((await gateway.get(SEATS, { 'if-none-match': etag })).status).toBe(200);
    gateway.desk.time += 300_000; // the hold lapses: nobody wrote that down, and yet it is another list
    const held = (await gateway.get(SEATS)).headers.etag;
    expect(held).not.toBe(etag);
  });
});

describe('a large house', () => {
  test('comes whole to a reader that takes its time, and holds nobody up', async () => {
    const gateway = await testGateway();
    await gateway.post('/v1/events', { id: 'big', name: 'Big', totalSeats: 150_000 });
    await gateway.post('/v1/events/big/reservations', { userId: 'ann', seatIds: ['7', '149999'] });
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(
      'GET /v1/events/big/seats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    const chunks: Buffer[] = [];
    let pauses = 0;
    for await (const chunk of socket) {
      chunks.push(chunk);
      if (pauses >= 20) continue;
      pauses += 1;
      expect((await gateway.get('/v1/events')).status).toBe(200);
    }
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    expect(Number(/Content-Length: (\d+)/.exec(head)?.[1])).toBe(Buffer.byteLength(body));
    const { data } = JSON.parse(body);
    expect(data).toHaveLength(150_000);
    expect(data[149_998]).toMatchObject({ seatId: '149999', status: 'reserved' });
    const head2 = await gateway.ask('HEAD', '/v1/events/big/seats');
    expect(head2.headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });

  test('a reader that leaves half-way is forgotten', async () => {
    const gateway = await testGateway();
    await gateway.post('/v1/events', { id: 'big', name: 'Big', totalSeats: 150_000 });
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write('GET /v1/events/big/seats HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    expect((await gateway.get('/metrics')).text).toContain('holdfast_http_requests_in_flight 1\n');
    socket.destroy();
    await new Promise((resolve) => socket.once('close', resolve));
    await gateway.get('/livez');
    expect((await gateway.get('/metrics')).text).toContain('holdfast_http_requests_in_flight 0\n');
  });
});
