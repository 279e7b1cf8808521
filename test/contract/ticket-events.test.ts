/** API §5.3, the events: made with a number of seats, and shown. How seats are booked is in `ticket-booking.test.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/server.js';
import { type ContractClient, type Reply, startContractServer } from './support/contract-client.js';

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

/** A hold of several seats, by the native API. */
async function hold(eventId: string, userId: string, seatIds: readonly string[]): Promise<string> {
  const { json } = await client.post(`/v1/events/${eventId}/reservations`, { userId, seatIds });
  return json.id;
}

/** The whole answer. */
function said({ status, json }: Reply): unknown[] {
  return [status, json];
}

const NO_EVENT = [404, { error: true, message: 'Event not found' }];
const BOOKED = [409, { error: true, message: 'Seat already booked' }];

describe('POST /events', () => {
  it('makes an event of numbered seats', async () => {
    const before = Date.now();
    const { status, headers, json } = await client.post('/events', { name: 'Gala', totalSeats: 3 });
    const { id, eventId, createdAt, updatedAt, ...rest } = json;
    expect(status).toBe(201);
    expect(rest).toEqual({ name: 'Gala', totalSeats: 3, availableSeats: 3 });
    expect(eventId).toBe(id);
    expect(headers.get('location')).toBe(`/events/${id}`);
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(before);
    expect(updatedAt).toBe(createdAt);
    expect((await client.get(`/events/${id}`)).json).toEqual(json);
  });

  it.each([
    ['nothing', undefined],
    ['no name', { totalSeats: 3 }],
    ['an empty name', { name: '', totalSeats: 3 }],
    ['no number of seats', { name: 'Gala' }],
    ['no seats', { name: 'Gala', totalSeats: 0 }],
    ['less than none', { name: 'Gala', totalSeats: -1 }],
    ['half a seat', { name: 'Gala', totalSeats: 1.5 }],
    ['a number that is a text', { name: 'Gala', totalSeats: '3' }],
    ['more than a million', { name: 'Gala', totalSeats: 1_000_001 }],
  ])('refuses %s', async (_, body) => {
    const { status, json } = await client.post('/events', body);
    expect([status, json.error]).toEqual([400, true]);
  });

  it('passes over fields that it does not know', async () => {
    const event = { name: 'Gala', totalSeats: 1, venue: 'Hall' };
    expect((await client.post('/events', event)).status).toBe(201);
  });

  it('makes the retry with an Idempotency-Key the same event', async () => {
    const key = { 'idempotency-key': 'gala' };
    const first = await client.post('/events', { name: 'Gala', totalSeats: 2 }, key);
    const again = await client.post('/events', { name: 'Gala', totalSeats: 2 }, key);
    expect(said(again)).toEqual([201, first.json]);
  });
});

describe('GET /events/:id', () => {
  it('counts what can still be had', async () => {
    const id = await newEvent(5);
    await book(id, 'ann', 1);
    await hold(id, 'bob', ['2', '3']);
    const { json } = await client.get(`/events/${id}`);
    expect(json).toMatchObject({ id, totalSeats: 5, availableSeats: 2 });
  });

  it('is not sent again to who has it', async () => {
    const id = await newEvent(5);
    const etag = (await client.get(`/events/${id}`)).headers.get('etag') ?? '';
    const reply = await client.get(`/events/${id}`, { 'if-none-match': etag });
    expect(reply.status).toBe(304);
  });

  it('shows the events of the native API', async () => {
    const { json } = await client.get('/events/default');
    expect(json).toMatchObject({ id: 'default', totalSeats: 100 });
  });

  it('knows no other event', async () => {
    expect(said(await client.get('/events/nowhere'))).toEqual(NO_EVENT);
    expect(said(await client.get('/events/nowhere/seats'))).toEqual(NO_EVENT);
    expect(said(await book('nowhere', 'ann', 1))).toEqual(NO_EVENT);
    expect(said(await book('nowhere', 'ann'))).toEqual(NO_EVENT);
  });

  it('knows no event that was deleted', async () => {
    const id = await newEvent(1);
    await client.ask('DELETE', `/v1/events/${id}`);
    expect(said(await client.get(`/events/${id}`))).toEqual(NO_EVENT);
    expect(said(await book(id, 'ann', 1))).toEqual(NO_EVENT);
  });
});

describe('GET /events/:id/seats', () => {
  it('lists every number, and which cannot be had', async () => {
    const id = await newEvent(4);
    await book(id, 'ann', 2);
    await hold(id, 'bob', ['3']);
    await client.post(`/v1/events/${id}/seats/block`, { seatIds: ['4'] });
    const { json } = await client.get(`/events/${id}/seats`);
    expect(json).toEqual([
      { seatNumber: 1, booked: false },
      { seatNumber: 2, booked: true },
      { seatNumber: 3, booked: true },
      { seatNumber: 4, booked: true },
    ]);
    expect(said(await book(id, 'ann', 4))).toEqual(BOOKED);
  });

  it('is whole however long it is', async () => {
    const id = await newEvent(10_000);
    await book(id, 'ann', 4_096);
    await book(id, 'ann', 4_097);
    const { headers, text, json } = await client.get(`/events/${id}/seats`);
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(json.map((seat: { seatNumber: number }) => seat.seatNumber)).toEqual(
      Array.from({ length: 10_000 }, (_, index) => index + 1),
    );
    const booked = json.filter((seat: { booked: boolean }) => seat.booked);
    expect(booked.map((seat: { seatNumber: number }) => seat.seatNumber)).toEqual([4_096, 4_097]);
  });
});

describe('with an admin key', () => {
  let guarded: TestServer;
  let strangers: ContractClient;

  beforeAll(async () => {
    const env = { HOLDFAST_ADMIN_KEY: 'a-key-that-is-long-enough' };
    ({ server: guarded, client: strangers } = await startContractServer(env));
  });
  afterAll(() => guarded.stop());

  it('creating an event needs it, and booking does not', async () => {
    const event = { name: 'Gala', totalSeats: 1 };
    const refused = await strangers.post('/events', event);
    expect([refused.status, refused.json.error]).toEqual([401, true]);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
    const admin = { authorization: 'Bearer a-key-that-is-long-enough' };
    const { status, json } = await strangers.post('/events', event, admin);
    expect(status).toBe(201);
    const booked = await strangers.post(`/events/${json.id}/book`, {
      userId: 'ann',
      seatNumber: 1,
    });
    expect(booked.status).toBe(200);
  });
});
