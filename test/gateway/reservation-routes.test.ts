import { describe, expect, test } from 'vitest';
import { hallGateway, type TestGateway } from './support/test-gateway.js';

const RESERVE = '/v1/events/hall/reservations';
const WISH = { userId: 'ann', seatIds: ['A1', 'Floor-2'] };

async function reserved(gateway: TestGateway): Promise<string> {
  return (await gateway.post(RESERVE, WISH)).json.id;
}

describe('seats are reserved', () => {
  test('and the answer says all of it', async () => {
    const gateway = await hallGateway();
    const reply = await gateway.post(RESERVE, WISH);
    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe(`/v1/reservations/${reply.json.id}`);
    expect(reply.json).toEqual({
      id: reply.json.id,
      eventId: 'hall',
      ...WISH,
      seats: [
        { seatId: 'A1', category: 'Seated', price: 4_500 },
        { seatId: 'Floor-2', category: null, price: null },
      ],
      amount: 4_500,
      currency: 'EUR',
      status: 'reserved',
      createdAt: '2026-11-21T09:00:00.000Z',
      expiresAt: '2026-11-21T09:05:00.000Z',
    });
    expect((await gateway.get(reply.headers.location ?? '')).json).toEqual(reply.json);
  });

  test('by number where there is no such label, in the order asked for', async () => {
    const gateway = await hallGateway();
    const reply = await gateway.post(RESERVE, { userId: 'ann', seatIds: ['12', 'B1', '1'] });
    expect(reply.json.seatIds).toEqual(['Floor-2', 'B1', 'A1']);
  });

  test('for the seconds asked for', async () => {
    const gateway = await hallGateway();
    const reply = await gateway.post(RESERVE, { ...WISH, holdSeconds: 1.5 });
    expect(reply.json.expiresAt).toBe('2026-11-21T09:00:01.500Z');
  });

  test('again: the reservation comes back, 200, unchanged', async () => {
    const gateway = await hallGateway();
    const first = await gateway.post(RESERVE, WISH);
    gateway.desk.time += 1_000;
    const again = await gateway.post(RESERVE, { ...WISH, seatIds: ['Floor-2', 'A1'] });
    expect([again.status, again.text]).toEqual([200, first.text]);
  });

  test('all or none: every seat in the way is named', async () => {
    const gateway = await hallGateway();
    await gateway.post(RESERVE, WISH);
    await gateway.post('/v1/events/hall/seats/block', { seatIds: ['B1'] });
    const reply = await gateway.post(RESERVE, { userId: 'bob', seatIds: ['B1', 'A2', 'A1'] });
    expect([reply.status, reply.json.code, reply.json.title]).toEqual([
      409,
      'seat_unavailable',
      'A seat is not available',
    ]);
    expect(reply.json.conflicts).toEqual([
      { seatId: 'B1', status: 'blocked' },
      { seatId: 'A1', status: 'reserved', expiresAt: '2026-11-21T09:05:00.000Z' },
    ]);
    expect((await gateway.get('/v1/events/hall')).json.reservedSeats).toBe(2);
  });

  test('best available, by category and section', async () => {
    const gateway = await hallGateway();
    const ask = (more: object) => gateway.post(RESERVE, { userId: 'ann', quantity: 2, ...more });
    expect((await ask({})).json.seatIds).toEqual(['A1', 'A2']);
    expect(gateway.desk.bestRequest?.adjacent).toBe(true);
    expect((await ask({ section: 'Floor', adjacent: false })).json.seatIds).toEqual([
      'Floor-1',
      'Floor-2',
    ]);
    expect((await ask({ category: 'Seated', holdSeconds: 2 })).json.expiresAt).toBe(
      '2026-11-21T09:00:02.000Z',
    );
    const reply = await ask({ section: 'Floor' });
    expect([reply.status, reply.json.code]).toEqual([409, 'sold_out']);
  });

  test.each([
    [
      ['Z1', 'A1', '0', '14', '01', 'a1'],
      ['seatIds.0', 'seatIds.2', 'seatIds.3', 'seatIds.4', 'seatIds.5'],
    ],
  ])('unknown seats are all named', async (seatIds, paths) => {
    const gateway = await hallGateway();
    const reply = await gateway.post(RESERVE, { userId: 'ann', seatIds });
    expect([reply.status, reply.json.code]).toEqual([404, 'seat_not_found']);
    expect(reply.json.issues.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  test.each([[['A1', 'A1']], [['A1', '1']]])('one seat twice is invalid: %j', async (seatIds) => {
    const gateway = await hallGateway();
    const reply = await gateway.post(RESERVE, { userId: 'ann', seatIds });
    expect([reply.status, reply.json.issues[0].path]).toEqual([400, 'seatIds.1']);
  });

  test('a hundred seats at most', async () => {
    const gateway = await hallGateway();
    await gateway.post('/v1/events', { id: 'big', name: 'Big', totalSeats: 200 });
    const seatIds = Array.from({ length: 101 }, (_, index) => String(index + 1));
    const ask = (count: number) =>
      gateway.post('/v1/events/big/reservations', {
        userId: 'ann',
        seatIds: seatIds.slice(0, count),
      });
    expect((await ask(101)).status).toBe(400);
    expect((await ask(100)).status).toBe(201);
    const best = { userId: 'ann', quantity: 101 };
    expect((await gateway.post('/v1/events/big/reservations', best)).status).toBe(400);
  });

  test.each(['nope', 'x'.repeat(128), '%F0%9F%8E%AD', 'a%2Fb'])('in no event: %s', async (id) => {
    const gateway = await hallGateway();
    const reply = await gateway.post(`/v1/events/${id}/reservations`, WISH);
    expect([reply.status, reply.json.code]).toEqual([404, 'event_not_found']);
  });
});

describe('a reservation', () => {
  const user = { userId: 'ann' };

  test('is confirmed, again with the same answer', async () => {
    const gateway = await hallGateway();
    const path = `/v1/reservations/${await reserved(gateway)}/confirm`;
    gateway.desk.time += 299_999;
    const reply = await gateway.post(path, user);
    expect(reply.json).toMatchObject({
      status: 'confirmed',
      confirmedAt: '2026-11-21T09:04:59.999Z',
    });
    gateway.desk.time += 1_000;
    expect((await gateway.post(path, user)).text).toBe(reply.text);
  });

  test('is expired at its deadline, and says so to the millisecond', async () => {
    const gateway = await hallGateway();
    const id = await reserved(gateway);
    gateway.desk.time += 300_000;
    const reply = await gateway.post(`/v1/reservations/${id}/confirm`, user);
    expect([reply.status, reply.json.code]).toEqual([409, 'reservation_expired']);
    const { json } = await gateway.get(`/v1/reservations/${id}`);
    expect([json.status, json.expiredAt]).toEqual(['expired', '2026-11-21T09:05:00.000Z']);
  });

  test('is cancelled, and its seats are free', async () => {
    const gateway = await hallGateway();
    const id = await reserved(gateway);
    const reply = await gateway.post(`/v1/reservations/${id}/cancel`, user);
    expect(reply.json).toMatchObject({
      status: 'cancelled',
      cancelledAt: '2026-11-21T09:00:00.000Z',
    });
    expect((await gateway.get('/v1/events/hall')).json.availableSeats).toBe(13);
  });

  test('is extended', async () => {
    const gateway = await hallGateway();
    const id = await reserved(gateway);
    gateway.desk.time += 60_000;
    const reply = await gateway.post(`/v1/reservations/${id}/extend`, user);
    expect(reply.json.expiresAt).toBe('2026-11-21T09:06:00.000Z');
  });

  test('gives up some of its seats, and with the last itself', async () => {
    const gateway = await hallGateway();
    const path = `/v1/reservations/${await reserved(gateway)}/release`;
    const some = await gateway.post(path, { ...user, seatIds: ['1'] });
    expect([some.json.seatIds, some.json.amount, some.json.status]).toEqual([
      ['Floor-2'],
      0,
      'reserved',
    ]);
    const other = await gateway.post(path, { ...user, seatIds: ['A1'] });
    expect([other.status, other.json.code]).toEqual([404, 'seat_not_found']);
    const last = await gateway.post(path, { ...user, seatIds: ['Floor-2'] });
    expect(last.json.status).toBe('cancelled');
  });

  test('is refunded, once it is confirmed, with an empty body or none', async () => {
    const gateway = await hallGateway();
    const id = await reserved(gateway);
    const path = `/v1/reservations/${id}/refund`;
    const early = await gateway.ask('POST', path);
    expect([early.status, early.json.code]).toEqual([409, 'reservation_not_confirmed']);
    await gateway.post(`/v1/reservations/${id}/confirm`, user);
    const reply = await gateway.post(path, {});
    expect(reply.json).toMatchObject({
      status: 'refunded',
      refundedAt: '2026-11-21T09:00:00.000Z',
    });
    expect((await gateway.ask('POST', path)).text).toBe(reply.text);
    expect((await gateway.post(path, { reason: 'x' })).status).toBe(400);
  });

  test.each(['confirm', 'cancel', 'extend', 'release'])(
    '%s by another is not_holder',
    async (move) => {
      const gateway = await hallGateway();
      const id = await reserved(gateway);
      const seatIds = move === 'release' ? { seatIds: ['A1'] } : {};
      const reply = await gateway.post(`/v1/reservations/${id}/${move}`, {
        userId: 'bob',
        ...seatIds,
      });
      expect([reply.status, reply.json.code]).toEqual([403, 'not_holder']);
    },
  );

  test.each([
    'rsv_0',
    'nope',
    'rsv_0mwq6g80000000010000000000000099',
    'blk_0mwq6g80000000010000000000000099',
  ])('%s is not found, whatever is done with it', async (id) => {
    const gateway = await hallGateway();
    const bodies = {
      confirm: user,
      cancel: user,
      extend: user,
      refund: {},
      release: { ...user, seatIds: ['A1'] },
    };
    expect((await gateway.get(`/v1/reservations/${id}`)).json.code).toBe('reservation_not_found');
    for (const [move, body] of Object.entries(bodies)) {
      const reply = await gateway.post(`/v1/reservations/${id}/${move}`, body);
      expect([move, reply.status, reply.json.code]).toEqual([move, 404, 'reservation_not_found']);
    }
  });

  test('outlives its event', async () => {
    const gateway = await hallGateway();
    const id = await reserved(gateway);
    await gateway.ask('DELETE', '/v1/events/hall?force=true');
    expect((await gateway.get(`/v1/reservations/${id}`)).json.seatIds).toEqual(WISH.seatIds);
    expect((await gateway.get('/v1/users/ann/reservations')).json.data).toHaveLength(1);
  });
});
