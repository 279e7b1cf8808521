/** API §5.5 as a client of the earlier system knows it: everything is in the path and the query. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/server.js';
import { type ContractClient, type Reply, startContractServer } from './support/contract-client.js';
import { askUntil, askUntilTaken, boundaryBreaches } from './support/waiting.js';

let server: TestServer;
let client: ContractClient;

beforeAll(async () => {
  ({ server, client } = await startContractServer());
});
afterAll(() => server.stop());

function reserve(seatId: string, userId: string, on = client): Promise<Reply> {
  return on.post(`/seats/${seatId}/reserve?user_id=${userId}`);
}

function confirm(seatId: string, userId: string, on = client): Promise<Reply> {
  return on.post(`/seats/${seatId}/confirm?user_id=${userId}`);
}

/** The whole answer: this contract has no other words than these. */
function said({ status, json }: Reply): unknown[] {
  return [status, json];
}

const RESERVED = [400, { detail: 'Seat already reserved' }];
const SOLD = [400, { detail: 'Seat already sold' }];
const NOT_RESERVED = [400, { detail: 'Seat is not reserved' }];
const NOT_YOURS = [400, { detail: 'Seat is reserved by another user' }];
const NO_SEAT = [404, { detail: 'Seat not found' }];

it('is in good health', async () => {
  expect(said(await client.get('/health'))).toEqual([200, { status: 'ok' }]);
});

describe('POST /seats/:id/reserve', () => {
  it('reserves a seat for five minutes', async () => {
    const before = Date.now();
    const { status, json } = await reserve('A1', 'ann');
    const { expires_at: expiresAt, ...rest } = json;
    expect(status).toBe(200);
    expect(rest).toEqual({
      message: 'Seat reserved successfully',
      seat_id: 'A1',
      status: 'RESERVED',
    });
    expect(Date.parse(expiresAt)).toBeGreaterThanOrEqual(before + 300_000);
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + 300_000);
  });

  it('changes nothing when the same user asks again', async () => {
    const first = await reserve('A2', 'ann');
    const cursor = (await client.get('/v1/events/default/seats')).json.cursor;
    const again = await reserve('A2', 'ann');
    expect(said(again)).toEqual([200, first.json]);
    expect((await client.get('/v1/events/default/seats')).json.cursor).toBe(cursor);
  });

  it('says the same of a seat that the user holds together with others', async () => {
    const seatIds = ['A3', 'A4'];
    const { json } = await client.post('/v1/events/default/reservations', {
      userId: 'ann',
      seatIds,
    });
    const again = await reserve('A4', 'ann');
    expect(said(again)).toEqual([
      200,
      {
        message: 'Seat reserved successfully',
        seat_id: 'A4',
        status: 'RESERVED',
        expires_at: json.expiresAt,
      },
    ]);
  });

  it('refuses a seat that another user has reserved', async () => {
    await reserve('A5', 'ann');
    expect(said(await reserve('A5', 'bob'))).toEqual(RESERVED);
  });

  it('refuses a sold seat, to its owner too', async () => {
    await reserve('A6', 'ann');
    await confirm('A6', 'ann');
    expect(said(await reserve('A6', 'bob'))).toEqual(SOLD);
    expect(said(await reserve('A6', 'ann'))).toEqual(SOLD);
  });

  it('gives a seat that many ask for at once to one of them', async () => {
    const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const replies = await Promise.all(users.map((user) => reserve('A7', user)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const loser of replies.filter(({ status }) => status !== 200)) {
      expect(said(loser)).toEqual(RESERVED);
    }
  });

  it('gives one user who asks many times at once one reservation', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => reserve('A8', 'ann')));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies[0]?.status).toBe(200);
  });

  it('lets one user reserve many seats', async () => {
    expect((await reserve('A9', 'bob')).status).toBe(200);
    expect((await reserve('A10', 'bob')).status).toBe(200);
  });
});

describe('POST /seats/:id/confirm', () => {
  const confirmed = (seatId: string) => [
    200,
    { message: 'Seat confirmed successfully', seat_id: seatId, status: 'CONFIRMED' },
  ];

  it('sells the seat, and says the same when it is asked again', async () => {
    await reserve('B1', 'ann');
    expect(said(await confirm('B1', 'ann'))).toEqual(confirmed('B1'));
    expect(said(await confirm('B1', 'ann'))).toEqual(confirmed('B1'));
  });

  it('refuses a seat that is not reserved', async () => {
    expect(said(await confirm('B2', 'ann'))).toEqual(NOT_RESERVED);
  });

  it('refuses a seat that another user has reserved', async () => {
    await reserve('B3', 'ann');
    expect(said(await confirm('B3', 'bob'))).toEqual(NOT_YOURS);
  });

  it('refuses a seat that was sold to another user', async () => {
    await reserve('B4', 'ann');
    await confirm('B4', 'ann');
    expect(said(await confirm('B4', 'bob'))).toEqual(SOLD);
  });
});

describe('a seat’s id', () => {
  it('is a label or a number, and comes back as it was sent', async () => {
    expect((await reserve('21', 'ann')).json.seat_id).toBe('21');
    expect((await reserve('C1', 'ann')).json.seat_id).toBe('C1');
    expect((await reserve('%43%31', 'ann')).json.seat_id).toBe('C1');
    expect((await confirm('21', 'ann')).json.seat_id).toBe('21');
    expect(said(await reserve('C1', 'ann'))).toEqual(SOLD);
  });

  it.each(['Z99', '0', '101', '-1', 'A1%20'])('%s is no seat', async (seatId) => {
    expect(said(await reserve(seatId, 'ann'))).toEqual(NO_SEAT);
    expect(said(await confirm(seatId, 'ann'))).toEqual(NO_SEAT);
  });
});

describe.each(['reserve', 'confirm'])('%s without a user', (action) => {
  it.each(['', '?user_id=', '?user=ann', '?user_id=ann&user_id=bob', '?user_id=%00'])(
    '(%s) is 400',
    async (query) => {
      const { status, json } = await client.post(`/seats/D1/${action}${query}`);
      expect([status, Object.keys(json)]).toEqual([400, ['detail']]);
      expect(json.detail).toContain('user_id');
    },
  );
});

it('passes over parameters and bodies that it does not know', async () => {
  const reply = await client.ask('POST', '/seats/D2/reserve?user_id=ann&lang=en', { raw: 'hello' });
  expect(reply.status).toBe(200);
});

it('sells no house seat', async () => {
  await client.post('/v1/events/default/seats/block', { seatIds: ['D3'] });
  expect(said(await reserve('D3', 'ann'))).toEqual(SOLD);
  expect(said(await confirm('D3', 'ann'))).toEqual(NOT_RESERVED);
});

it('gives the first answer again for an Idempotency-Key', async () => {
  const key = { 'idempotency-key': 'arena-d4' };
  const first = await client.post('/seats/D4/reserve?user_id=ann', undefined, key);
  await confirm('D4', 'ann');
  const again = await client.post('/seats/D4/reserve?user_id=ann', undefined, key);
  expect(said(again)).toEqual([200, first.json]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
});

describe('a hold that is over', () => {
  let lapsing: TestServer;
  let short: ContractClient;

  beforeAll(async () => {
    const env = { HOLDFAST_HOLD_SECONDS: '0.4' };
    ({ server: lapsing, client: short } = await startContractServer(env));
  });
  afterAll(() => lapsing.stop());

  it('cannot be confirmed any more', async () => {
    const { json } = await reserve('A1', 'ann', short);
    await askUntil(Date.parse(json.expires_at), () => short.get('/health'));
    expect(said(await confirm('A1', 'ann', short))).toEqual(NOT_RESERVED);
  });

  it('gives the same user a new one', async () => {
    const first = await reserve('A2', 'ann', short);
    await askUntil(Date.parse(first.json.expires_at), () => short.get('/health'));
    const again = await reserve('A2', 'ann', short);
    expect(again.status).toBe(200);
    expect(Date.parse(again.json.expires_at)).toBeGreaterThan(Date.parse(first.json.expires_at));
  });

  it('is over at its end, and not before', async () => {
    const { json } = await reserve('A3', 'ann', short);
    const replies = await askUntilTaken(() => reserve('A3', 'bob', short));
    expect(boundaryBreaches(replies, Date.parse(json.expires_at))).toEqual([]);
  });
});

describe('an event with rules of its own', () => {
  let strict: TestServer;
  let other: ContractClient;

  beforeAll(async () => {
    ({ server: strict, client: other } = await startContractServer());
  });
  afterAll(() => strict.stop());

  it('refuses in the same shape', async () => {
    await other.ask('PATCH', '/v1/events/default', { body: { maxSeatsPerUser: 1 } });
    await reserve('A1', 'ann', other);
    const limited = await reserve('A2', 'ann', other);
    expect([limited.status, Object.keys(limited.json)]).toEqual([400, ['detail']]);
    await other.ask('PATCH', '/v1/events/default', { body: { status: 'closed' } });
    const closed = await reserve('A3', 'bob', other);
    expect([closed.status, Object.keys(closed.json)]).toEqual([400, ['detail']]);
    expect((await confirm('A1', 'ann', other)).status).toBe(200);
  });

  it('has no seats once it is deleted', async () => {
    await other.ask('DELETE', '/v1/events/default?force=true');
    expect(said(await reserve('A5', 'ann', other))).toEqual(NO_SEAT);
    expect((await other.get('/seats')).status).toBe(404);
  });
});
