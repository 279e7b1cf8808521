/** API §5.2 as a client of the earlier system knows it: a reservation has an id, and one life. */
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

function reserve(seatId: string | number, userId?: string, on = client): Promise<Reply> {
  return on.post('/reservations', { seatId, userId });
}

/** The id of a new reservation. */
async function reserved(seatId: string, userId?: string, on = client): Promise<string> {
  return (await reserve(seatId, userId, on)).json.reservationId;
}

type Action = 'confirm' | 'cancel';
type Act = (action: Action, id: string, userId?: string) => Promise<Reply>;

/** Both forms of an action. */
const FORMS: readonly (readonly [string, Act])[] = [
  ['in the path', (action, id, userId) => client.post(`/reservations/${id}/${action}`, { userId })],
  [
    'in the body',
    (action, id, userId) => client.post('/reservations', { reservationId: id, action, userId }),
  ],
];

function refusal({ status, json }: Reply): unknown[] {
  return [status, json.error];
}

const CONFLICT = [409, 'SeatConflictError'];
const NOT_FOUND = [404, 'NotFoundError'];
const INVALID = [400, 'ValidationError'];

function notReserved(status: string): unknown[] {
  return [400, { error: 'InvalidStateError', message: `The reservation is ${status}.` }];
}

describe('POST /reservations with a seat', () => {
  it('reserves it for five minutes', async () => {
    const before = Date.now();
    const { status, json } = await reserve('A1', 'ann');
    const { reservationId, expiresAt, ...rest } = json;
    expect(status).toBe(201);
    expect(rest).toEqual({ seatId: 'A1', status: 'RESERVED' });
    expect(reservationId).toMatch(/^rsv_/);
    expect(Date.parse(expiresAt)).toBeGreaterThanOrEqual(before + 300_000);
  });

  it('does not need a user', async () => {
    expect((await reserve('A2')).status).toBe(201);
    expect((await reserve('A3')).status).toBe(201);
  });

  it('makes two who do not say who they are two users', async () => {
    const ids = [await reserved('A4'), await reserved('A5')];
    const natives = await Promise.all(ids.map((id) => client.get(`/v1/reservations/${id}`)));
    expect(new Set(natives.map(({ json }) => json.userId)).size).toBe(2);
  });

  it('takes a label or a number, in JSON too', async () => {
    expect((await reserve('7', 'ann')).json.seatId).toBe('A7');
    expect((await reserve(8, 'ann')).json.seatId).toBe('A8');
  });

  it('refuses a seat that is reserved, to its holder too', async () => {
    await reserve('B1', 'ann');
    expect(refusal(await reserve('B1', 'bob'))).toEqual(CONFLICT);
    expect(refusal(await reserve('B1', 'ann'))).toEqual(CONFLICT);
    expect(refusal(await reserve('B1'))).toEqual(CONFLICT);
  });

  it('refuses a seat that is confirmed', async () => {
    const id = await reserved('B2', 'ann');
    await client.post(`/reservations/${id}/confirm`);
    expect(refusal(await reserve('B2', 'bob'))).toEqual(CONFLICT);
  });

  it('gives a seat that many ask for at once to one of them', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => reserve('B3')));
    const losers = replies.filter(({ status }) => status !== 201);
    expect(losers).toHaveLength(19);
    for (const loser of losers) expect(refusal(loser)).toEqual(CONFLICT);
  });

  it('knows no seat of another name', async () => {
    expect(refusal(await reserve('Z99'))).toEqual(NOT_FOUND);
    expect(refusal(await reserve(101))).toEqual(NOT_FOUND);
  });
});

describe.each(FORMS)('confirm and cancel, %s', (form, act) => {
  const row = form === 'in the path' ? 'C' : 'D';

  it('confirms a reservation', async () => {
    const id = await reserved(`${row}1`, 'ann');
    const { status, json } = await act('confirm', id);
    expect([status, json]).toEqual([
      200,
      { reservationId: id, seatId: `${row}1`, status: 'CONFIRMED' },
    ]);
  });

  it('cancels a reservation, and the seat is free at once', async () => {
    const id = await reserved(`${row}2`, 'ann');
    const { status, json } = await act('cancel', id);
    expect([status, json]).toEqual([
      200,
      { reservationId: id, seatId: `${row}2`, status: 'CANCELLED' },
    ]);
    expect((await reserve(`${row}2`, 'bob')).status).toBe(201);
  });

  it('works for who never said who they are', async () => {
    const ids = [await reserved(`${row}3`), await reserved(`${row}4`)];
    expect((await act('confirm', ids[0] ?? '')).status).toBe(200);
    expect((await act('cancel', ids[1] ?? '')).status).toBe(200);
  });

  it('believes the holder, and no other user', async () => {
    const id = await reserved(`${row}5`, 'ann');
    expect(refusal(await act('confirm', id, 'bob'))).toEqual([403, 'NotHolderError']);
    expect((await act('confirm', id, 'ann')).status).toBe(200);
  });

  it.each(['confirm', 'cancel'] as const)('refuses to %s what is confirmed', async (action) => {
    const id = await reserved(`${row}${action === 'confirm' ? 6 : 7}`, 'ann');
    await act('confirm', id);
    const { status, json } = await act(action, id);
    expect([status, json]).toEqual(notReserved('CONFIRMED'));
  });

  it.each(['confirm', 'cancel'] as const)('refuses to %s what is cancelled', async (action) => {
    const id = await reserved(`${row}${action === 'confirm' ? 8 : 9}`, 'ann');
    await act('cancel', id);
    const { status, json } = await act(action, id);
    expect([status, json]).toEqual(notReserved('CANCELLED'));
  });

  it('decides between the two when they come at once', async () => {
    const id = await reserved(`${row}10`, 'ann');
    const replies = await Promise.all([act('confirm', id), act('cancel', id)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    const winner = replies.find(({ status }) => status === 200);
    expect((await client.get(`/reservations/${id}`)).json.status).toBe(winner?.json.status);
  });

  it.each(['rsv_0mwq9xtvx1qwksh81hwM--bdFTqJca6B', 'rsv_1', 'nonsense', 'blk_1'])(
    'knows no reservation %s',
    async (id) => {
      expect(refusal(await act('confirm', id))).toEqual(NOT_FOUND);
      expect(refusal(await act('cancel', id))).toEqual(NOT_FOUND);
    },
  );
});

describe('GET /reservations/:reservationId', () => {
  it('shows a reservation through its life', async () => {
    const { json } = await reserve('E1', 'ann');
    const path = `/reservations/${json.reservationId}`;
    expect((await client.get(path)).json).toEqual(json);
    await client.post(`${path}/confirm`);
    expect((await client.get(path)).json).toEqual({ ...json, status: 'CONFIRMED' });
    await client.post(`/v1/reservations/${json.reservationId}/refund`, {});
    expect((await client.get(path)).json).toEqual({ ...json, status: 'CANCELLED' });
    const { status, json: refused } = await client.post(`${path}/cancel`);
    expect([status, refused]).toEqual(notReserved('CANCELLED'));
  });

  it('shows a native reservation of several seats by its first', async () => {
    const wish = { userId: 'ann', seatIds: ['E3', 'E2'] };
    const { json } = await client.post('/v1/events/default/reservations', wish);
    const shown = await client.get(`/reservations/${json.id}`);
    expect(shown.json).toMatchObject({ seatId: 'E3', status: 'RESERVED' });
    await client.post(`/reservations/${json.id}/confirm`);
    expect(refusal(await reserve('E2', 'bob'))).toEqual(CONFLICT);
  });

  it('knows no reservation of another event', async () => {
    const { json: event } = await client.post('/v1/events', { name: 'Other', totalSeats: 2 });
    const wish = { userId: 'ann', seatIds: ['1'] };
    const { json } = await client.post(`/v1/events/${event.id}/reservations`, wish);
    expect(refusal(await client.get(`/reservations/${json.id}`))).toEqual(NOT_FOUND);
    expect(refusal(await client.post(`/reservations/${json.id}/confirm`))).toEqual(NOT_FOUND);
  });
});

describe('a bad body', () => {
  it.each([
    ['nothing', undefined],
    ['no seat', { userId: 'ann' }],
    ['an empty seat', { seatId: '' }],
    ['a seat that is null', { seatId: null }],
    ['a seat that is half a number', { seatId: 1.5 }],
    ['a user that is a number', { seatId: 'F1', userId: 7 }],
    ['an action without a reservation', { action: 'confirm' }],
    ['an action that there is not', { reservationId: 'rsv_1', action: 'expire' }],
    ['the same with a seat', { reservationId: 'rsv_1', action: 'expire', seatId: 'F1' }],
    ['a reservation without an action', { reservationId: 'rsv_1' }],
    ['a text', 'confirm'],
  ])('%s is 400', async (_, body) => {
    expect(refusal(await client.post('/reservations', body))).toEqual(INVALID);
  });

  it('is 400 of an action too', async () => {
    const id = await reserved('F2', 'ann');
    const reply = await client.post(`/reservations/${id}/confirm`, { userId: 7 });
    expect(refusal(reply)).toEqual(INVALID);
    expect((await client.get(`/reservations/${id}`)).json.status).toBe('RESERVED');
  });

  it('passes over fields that it does not know', async () => {
    const { status, json } = await client.post('/reservations', { seatId: 'F3', price: 10 });
    expect(status).toBe(201);
    const reply = await client.post(`/reservations/${json.reservationId}/confirm`, { paid: true });
    expect(reply.status).toBe(200);
  });
});

describe('Idempotency-Key', () => {
  const key = (value: string) => ({ 'idempotency-key': value });

  it('makes the retry of a reservation the same reservation, without a user too', async () => {
    const first = await client.post('/reservations', { seatId: 'G1' }, key('reserve-g1'));
    const again = await client.post('/reservations', { seatId: 'G1' }, key('reserve-g1'));
    expect([again.status, again.json]).toEqual([201, first.json]);
  });

  it('makes the retry of a confirmation succeed', async () => {
    const id = await reserved('G2', 'ann');
    const path = `/reservations/${id}/confirm`;
    const first = await client.post(path, undefined, key('confirm-g2'));
    const again = await client.post(path, undefined, key('confirm-g2'));
    expect([again.status, again.json]).toEqual([200, first.json]);
    expect((await client.post(path)).status).toBe(400);
  });
});

describe('a hold that is over', () => {
  let lapsing: TestServer;
  let short: ContractClient;

  beforeAll(async () => {
    const env = { HOLDFAST_HOLD_SECONDS: '0.4' };
    ({ server: lapsing, client: short } = await startContractServer(env));
  });
  afterAll(() => lapsing.stop());

  it('reads EXPIRED, and is neither confirmed nor cancelled', async () => {
    const { json } = await reserve('A1', 'ann', short);
    const path = `/reservations/${json.reservationId}`;
    await askUntil(Date.parse(json.expiresAt), () => short.get(path));
    expect((await short.get(path)).json.status).toBe('EXPIRED');
    for (const action of ['confirm', 'cancel']) {
      const { status, json: refused } = await short.post(`${path}/${action}`);
      expect([status, refused]).toEqual(notReserved('EXPIRED'));
    }
  });

  it('is over at its end, and not before', async () => {
    const { json } = await reserve('A2', 'ann', short);
    const replies = await askUntilTaken(() => reserve('A2', 'bob', short));
    expect(boundaryBreaches(replies, Date.parse(json.expiresAt))).toEqual([]);
  });
});
