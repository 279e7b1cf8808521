/** API §5.1 as a client of the earlier system knows it: reserve a seat, confirm it in time, or lose it. */
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
  return on.post('/reserve', { user_id: userId, seat_id: seatId });
}

function confirm(seatId: string, userId: string, on = client): Promise<Reply> {
  return on.post('/confirm', { user_id: userId, seat_id: seatId });
}

async function statusOf(seatId: string): Promise<string | undefined> {
  const { json } = await client.get('/seats');
  return json.find((seat: { seat_id: string }) => seat.seat_id === seatId)?.status;
}

/** A reservation of several seats, by the native API. */
async function reserveTogether(seatIds: readonly string[], userId: string): Promise<string> {
  const { json } = await client.post('/v1/events/default/reservations', { userId, seatIds });
  return json.id;
}

function refusal(reply: Reply): unknown[] {
  return [reply.status, reply.json.error.code, reply.json.error.message];
}

const TAKEN = [409, 'seat_unavailable', 'The seat is reserved or booked already.'];
const NOT_YOURS = [403, 'not_holder', 'The seat is reserved or booked by somebody else.'];
const NOT_RESERVED = [409, 'seat_not_reserved', 'The seat is not reserved.'];
const EXPIRED = [409, 'reservation_expired', 'The reservation has expired.'];
const NO_SEAT = [404, 'seat_not_found', 'There is no such seat.'];

describe('GET /seats', () => {
  it('lists the seats A1..J10 in their order', async () => {
    const { status, json } = await client.get('/seats');
    expect(status).toBe(200);
    expect(json).toHaveLength(100);
    expect([json[0].seat_id, json[10].seat_id, json[99].seat_id]).toEqual(['A1', 'B1', 'J10']);
    expect(json[98]).toEqual({ seat_id: 'J9', status: 'available' });
  });

  it('shows each step of a seat', async () => {
    expect(await statusOf('A1')).toBe('available');
    await reserve('A1', 'ann');
    expect(await statusOf('A1')).toBe('reserved');
    await confirm('A1', 'ann');
    expect(await statusOf('A1')).toBe('booked');
  });

  it('is not sent again to who has it, until a seat changes', async () => {
    const etag = (await client.get('/seats')).headers.get('etag') ?? '';
    expect((await client.get('/seats', { 'if-none-match': etag })).status).toBe(304);
    await reserve('A2', 'ann');
    expect((await client.get('/seats', { 'if-none-match': etag })).status).toBe(200);
  });
});

describe('POST /reserve', () => {
  it('reserves a seat for five minutes', async () => {
    const { status, json } = await reserve('B1', 'ann');
    expect(status).toBe(201);
    const { reserved_at: reservedAt, expires_at: expiresAt, ...rest } = json;
    expect(rest).toEqual({ seat_id: 'B1', user_id: 'ann', status: 'reserved' });
    expect(Date.parse(expiresAt) - Date.parse(reservedAt)).toBe(300_000);
  });

  it('lets one user reserve many seats', async () => {
    const replies = await Promise.all(['B2', 'B3', 'B4', 'B5'].map((seat) => reserve(seat, 'bob')));
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  it('refuses a seat that another has reserved', async () => {
    await reserve('B6', 'ann');
    expect(refusal(await reserve('B6', 'bob'))).toEqual(TAKEN);
  });

  it('refuses the user’s own reserved seat', async () => {
    await reserve('B7', 'ann');
    expect(refusal(await reserve('B7', 'ann'))).toEqual(TAKEN);
  });

  it('refuses a booked seat, to its owner too', async () => {
    await reserve('B8', 'ann');
    await confirm('B8', 'ann');
    expect(refusal(await reserve('B8', 'bob'))).toEqual(TAKEN);
    expect(refusal(await reserve('B8', 'ann'))).toEqual(TAKEN);
  });

  it('gives a seat that many ask for at once to one of them', async () => {
    const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const replies = await Promise.all(users.map((user) => reserve('B9', user)));
    const winners = replies.filter(({ status }) => status === 201);
    const losers = replies.filter(({ status }) => status !== 201);
    expect(winners).toHaveLength(1);
    for (const loser of losers) expect(refusal(loser)).toEqual(TAKEN);
  });

  it('takes a seat’s number for its label', async () => {
    expect((await reserve('20', 'ann')).json.seat_id).toBe('B10');
  });

  it('knows no seat of another name', async () => {
    expect(refusal(await reserve('Z99', 'ann'))).toEqual(NO_SEAT);
    expect(refusal(await reserve('101', 'ann'))).toEqual(NO_SEAT);
  });
});

describe('POST /confirm', () => {
  it('books the seat', async () => {
    const { json: held } = await reserve('C1', 'ann');
    const { status, json } = await confirm('C1', 'ann');
    expect(status).toBe(200);
    const { booked_at: bookedAt, ...rest } = json;
    expect(rest).toEqual({ seat_id: 'C1', user_id: 'ann', status: 'booked' });
    expect(Date.parse(bookedAt)).toBeGreaterThanOrEqual(Date.parse(held.reserved_at));
  });

  it('gives the same answer when it is asked again', async () => {
    await reserve('C2', 'ann');
    const first = await confirm('C2', 'ann');
    const again = await confirm('C2', 'ann');
    expect([again.status, again.json]).toEqual([200, first.json]);
  });

  it('refuses a seat that somebody else has reserved or booked', async () => {
    await reserve('C3', 'ann');
    expect(refusal(await confirm('C3', 'bob'))).toEqual(NOT_YOURS);
    await confirm('C3', 'ann');
    expect(refusal(await confirm('C3', 'bob'))).toEqual(NOT_YOURS);
    expect(await statusOf('C3')).toBe('booked');
  });

  it('refuses a seat that was never reserved', async () => {
    expect(refusal(await confirm('C4', 'ann'))).toEqual(NOT_RESERVED);
    expect(await statusOf('C4')).toBe('available');
  });

  it('refuses a seat that was given back', async () => {
    const id = await reserveTogether(['C5'], 'ann');
    await client.post(`/v1/reservations/${id}/cancel`, { userId: 'ann' });
    expect(refusal(await confirm('C5', 'ann'))).toEqual(NOT_RESERVED);
  });

  it('knows no seat of another name', async () => {
    expect(refusal(await confirm('Z99', 'ann'))).toEqual(NO_SEAT);
  });

  it('confirms a reservation of several seats whole', async () => {
    const id = await reserveTogether(['C6', 'C7'], 'ann');
    const { json } = await confirm('C7', 'ann');
    expect(json).toMatchObject({ seat_id: 'C7', status: 'booked' });
    expect([await statusOf('C6'), await statusOf('C7')]).toEqual(['booked', 'booked']);
    const { json: native } = await client.get(`/v1/reservations/${id}`);
    expect(json.booked_at).toBe(native.confirmedAt);
  });
});

describe('house seats', () => {
  it('are listed as blocked and cannot be had', async () => {
    await client.post('/v1/events/default/seats/block', { seatIds: ['D1'] });
    expect(await statusOf('D1')).toBe('blocked');
    expect(refusal(await reserve('D1', 'ann'))).toEqual(TAKEN);
    expect(refusal(await confirm('D1', 'ann'))).toEqual(NOT_RESERVED);
  });
});

describe.each(['/reserve', '/confirm'])('POST %s with a bad body', (path) => {
  it.each([
    ['nothing', undefined],
    ['an array', []],
    ['no seat', { user_id: 'ann' }],
    ['no user', { seat_id: 'E1' }],
    ['an empty user', { user_id: '', seat_id: 'E1' }],
    ['a user that is a number', { user_id: 7, seat_id: 'E1' }],
    ['a seat that is null', { user_id: 'ann', seat_id: null }],
    ['a control character', { user_id: 'a\u0007b', seat_id: 'E1' }],
    ['129 characters', { user_id: 'x'.repeat(129), seat_id: 'E1' }],
  ])('%s is 400', async (_, body) => {
    const reply = await client.post(path, body);
    expect(refusal(reply).slice(0, 2)).toEqual([400, 'invalid_request']);
  });
});

it('passes over fields that it does not know', async () => {
  const reply = await client.post('/reserve', { user_id: 'ann', seat_id: 'E2', note: 'aisle' });
  expect(reply.status).toBe(201);
});

describe('Idempotency-Key', () => {
  it('makes the retry of a reservation the same reservation', async () => {
    const wish = { user_id: 'ann', seat_id: 'F1' };
    const first = await client.post('/reserve', wish, { 'idempotency-key': 'reserve-f1' });
    const again = await client.post('/reserve', wish, { 'idempotency-key': 'reserve-f1' });
    expect([again.status, again.json]).toEqual([201, first.json]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('gives the first confirmation again, though the seat is another’s by now', async () => {
    const id = await reserveTogether(['F2'], 'ann');
    const wish = { user_id: 'ann', seat_id: 'F2' };
    const first = await client.post('/confirm', wish, { 'idempotency-key': 'confirm-f2' });
    await client.post(`/v1/reservations/${id}/refund`, {});
    expect((await reserve('F2', 'bob')).status).toBe(201);
    const again = await client.post('/confirm', wish, { 'idempotency-key': 'confirm-f2' });
    expect([again.status, again.json]).toEqual([200, first.json]);
    expect(refusal(await confirm('F2', 'ann'))).toEqual(NOT_YOURS);
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

  /** Resolves when its time is up. */
  async function reserveAndWait(seatId: string): Promise<void> {
    const { json } = await reserve(seatId, 'ann', short);
    await askUntil(Date.parse(json.expires_at), () => short.get('/seats'));
  }

  it('cannot be confirmed any more, from its very millisecond on', async () => {
    await reserveAndWait('A1');
    expect(refusal(await confirm('A1', 'ann', short))).toEqual(EXPIRED);
  });

  it('shows the seat as available at once', async () => {
    await reserveAndWait('A2');
    const { json } = await short.get('/seats');
    expect(json[1]).toEqual({ seat_id: 'A2', status: 'available' });
  });

  it('leaves the seat to the next user, whose it is then', async () => {
    await reserveAndWait('A3');
    expect((await reserve('A3', 'bob', short)).status).toBe(201);
    // Unless that hold is over by now, too.
    expect([NOT_YOURS, EXPIRED]).toContainEqual(refusal(await confirm('A3', 'ann', short)));
  });

  it('is nobody else’s expired reservation', async () => {
    await reserveAndWait('A4');
    expect(refusal(await confirm('A4', 'bob', short))).toEqual(NOT_RESERVED);
  });

  it('is over at its end, and not before', async () => {
    const { json } = await reserve('A5', 'ann', short);
    const replies = await askUntilTaken(() => reserve('A5', 'bob', short));
    expect(boundaryBreaches(replies, Date.parse(json.expires_at))).toEqual([]);
  });
});
