/** API §5.3 as a client of the earlier system knows it: an event has numbered seats, and each is booked in one step. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/server.js';
import { type ContractClient, type Reply, startContractServer } from './support/contract-client.js';
import { askUntilTaken, boundaryBreaches } from './support/waiting.js';

let server: TestServer;
let client: ContractClient;

beforeAll(async () => {
  ({ server, client } = await startContractServer());
});
afterAll(() => server.stop());

/** The id of a new event. */
async function newEvent(totalSeats: number): Promise<string> {
  return (await client.post('/events', { name: 'Concert', totalSeats })).json.id;
}

function book(eventId: string, userId: string, seatNumber?: number): Promise<Reply> {
  return client.post(`/events/${eventId}/book`, { userId, seatNumber });
}

async function seatsOf(eventId: string): Promise<boolean[]> {
  const { json } = await client.get(`/events/${eventId}/seats`);
  return json.map((seat: { booked: boolean }) => seat.booked);
}

/** A hold of several seats, by the native API. */
async function hold(eventId: string, userId: string, seatIds: readonly string[]): Promise<string> {
  const { json } = await client.post(`/v1/events/${eventId}/reservations`, { userId, seatIds });
  return json.id;
}

/** The whole answer. */
function said({ status, json }: Reply): unknown[] {
  return [status, json];
}

const BOOKED = [409, { error: true, message: 'Seat already booked' }];
const SOLD_OUT = [400, { error: true, message: 'Event is sold out' }];

describe('POST /events/:id/book', () => {
  it('books a seat in one step', async () => {
    const id = await newEvent(3);
    const { status, json } = await book(id, 'ann', 2);
    const { bookingId, ...rest } = json;
    expect(status).toBe(200);
    expect(rest).toEqual({
      success: true,
      eventId: id,
      seatNumber: 2,
      userId: 'ann',
      message: 'Seat booked successfully',
    });
    expect(await seatsOf(id)).toEqual([false, true, false]);
    const { json: native } = await client.get(`/v1/reservations/${bookingId}`);
    expect(native).toMatchObject({ status: 'confirmed', userId: 'ann', seatIds: ['2'] });
  });

  it('refuses a seat that somebody else has booked', async () => {
    const id = await newEvent(3);
    await book(id, 'ann', 1);
    expect(said(await book(id, 'bob', 1))).toEqual(BOOKED);
  });

  it('refuses a seat that somebody else holds', async () => {
    const id = await newEvent(3);
    await hold(id, 'ann', ['1']);
    expect(said(await book(id, 'bob', 1))).toEqual(BOOKED);
  });

  it('gives the same user’s retry the same booking', async () => {
    const id = await newEvent(3);
    const first = await book(id, 'ann', 1);
    expect(said(await book(id, 'ann', 1))).toEqual([200, first.json]);
    expect((await client.get(`/events/${id}`)).json.availableSeats).toBe(2);
  });

  it('gives one user’s many requests at once one booking', async () => {
    const id = await newEvent(3);
    const replies = await Promise.all(Array.from({ length: 10 }, () => book(id, 'ann', 3)));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies[0]?.status).toBe(200);
  });

  it('gives a seat that many ask for at once to one of them', async () => {
    const id = await newEvent(3);
    const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const replies = await Promise.all(users.map((user) => book(id, user, 2)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const loser of replies.filter(({ status }) => status !== 200)) {
      expect(said(loser)).toEqual(BOOKED);
    }
  });

  it('books a seat that the user holds, with all that are held together with it', async () => {
    const id = await newEvent(4);
    const reservationId = await hold(id, 'ann', ['2', '3']);
    const { status, json } = await book(id, 'ann', 3);
    expect([status, json.bookingId, json.seatNumber]).toEqual([200, reservationId, 3]);
    const { json: native } = await client.get(`/v1/reservations/${reservationId}`);
    expect(native).toMatchObject({ status: 'confirmed', seatIds: ['2', '3'] });
    expect(said(await book(id, 'ann', 3))).toEqual([200, json]);
  });

  it('books many seats for one user', async () => {
    const id = await newEvent(3);
    const replies = [await book(id, 'ann', 1), await book(id, 'ann', 2)];
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(replies[0]?.json.bookingId).not.toBe(replies[1]?.json.bookingId);
  });

  it.each([0, -1, 4, 1_000_000])('refuses seat number %d of three', async (seatNumber) => {
    const id = await newEvent(3);
    const { status, json } = await book(id, 'ann', seatNumber);
    expect([status, json.error]).toEqual([400, true]);
    expect(json.message).toContain('seatNumber');
    expect(await seatsOf(id)).toEqual([false, false, false]);
  });

  it.each([
    ['a seat number that is a text', { userId: 'ann', seatNumber: '1' }],
    ['half a seat', { userId: 'ann', seatNumber: 1.5 }],
    ['a seat number that is null', { userId: 'ann', seatNumber: null }],
    ['no user', { seatNumber: 1 }],
    ['an empty user', { userId: '', seatNumber: 1 }],
    ['nothing', undefined],
  ])('refuses %s', async (_, body) => {
    const { status, json } = await client.post('/events/default/book', body);
    expect([status, json.error]).toEqual([400, true]);
  });

  it('takes seats of an event with rows by their number', async () => {
    const { json } = await book('default', 'ann', 11);
    expect(json.seatNumber).toBe(11);
    const { json: seat } = await client.get('/v1/events/default/seats/B1');
    expect(seat.status).toBe('booked');
  });
});

describe('POST /events/:id/book without a seat number', () => {
  it('books the best available seat, another each time', async () => {
    const id = await newEvent(3);
    const replies = [await book(id, 'ann'), await book(id, 'ann'), await book(id, 'bob')];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const numbers = replies.map(({ json }) => json.seatNumber);
    expect(numbers.sort()).toEqual([1, 2, 3]);
    const { json: native } = await client.get(`/v1/reservations/${replies[2]?.json.bookingId}`);
    expect(native).toMatchObject({ status: 'confirmed', userId: 'bob' });
  });

  it('is sold out when every seat is taken', async () => {
    const id = await newEvent(2);
    await book(id, 'ann');
    await hold(id, 'bob', (await seatsOf(id))[0] === false ? ['1'] : ['2']);
    expect(said(await book(id, 'cid'))).toEqual(SOLD_OUT);
  });

  it('sells each seat once, however many ask', async () => {
    const id = await newEvent(5);
    const users = Array.from({ length: 15 }, (_, index) => `user-${index}`);
    const replies = await Promise.all(users.map((user) => book(id, user)));
    const winners = replies.filter(({ status }) => status === 200);
    const numbers = winners.map(({ json }) => json.seatNumber);
    expect(numbers.sort()).toEqual([1, 2, 3, 4, 5]);
    for (const loser of replies.filter(({ status }) => status !== 200)) {
      expect(said(loser)).toEqual(SOLD_OUT);
    }
  });

  it('books one seat for an Idempotency-Key', async () => {
    const id = await newEvent(3);
    const key = { 'idempotency-key': 'best' };
    const first = await client.post(`/events/${id}/book`, { userId: 'ann' }, key);
    const again = await client.post(`/events/${id}/book`, { userId: 'ann' }, key);
    expect(said(again)).toEqual([200, first.json]);
    expect((await client.get(`/events/${id}`)).json.availableSeats).toBe(2);
  });
});

describe('an event that is closed', () => {
  it('sells nothing more, but what is held may be booked', async () => {
    const id = await newEvent(3);
    await hold(id, 'ann', ['1']);
    await client.ask('PATCH', `/v1/events/${id}`, { body: { status: 'closed' } });
    const refused = await book(id, 'ann', 2);
    expect([refused.status, refused.json.error]).toEqual([409, true]);
    const best = await book(id, 'ann');
    expect([best.status, best.json.error]).toEqual([409, true]);
  });
});

describe('a hold that is over', () => {
  it('leaves its seat to whoever books it, at its end and not before', async () => {
    const { server: lapsing, client: short } = await startContractServer({
      HOLDFAST_HOLD_SECONDS: '0.4',
    });
    try {
      const wish = { userId: 'ann', seatIds: ['A1'] };
      const { json } = await short.post('/v1/events/default/reservations', wish);
      const booking = { userId: 'bob', seatNumber: 1 };
      const replies = await askUntilTaken(() => short.post('/events/default/book', booking));
      expect(boundaryBreaches(replies, Date.parse(json.expiresAt))).toEqual([]);
    } finally {
      await lapsing.stop();
    }
  });
});
