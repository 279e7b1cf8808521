/** The typed client over HTTP, on the built server. */
import { afterEach, describe, expect, it } from 'vitest';
import { HoldfastClient } from '../../src/client/holdfast-client.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer | undefined;
afterEach(() => server?.kill9());

async function open(): Promise<HoldfastClient> {
  server = await startServer();
  return new HoldfastClient({ url: server.url });
}

describe('the HTTP client', () => {
  it('shows an event and its seats', async () => {
    const client = await open();
    const event = await client.event('default');
    expect(event).toMatchObject({ ok: true, status: 200, body: { totalSeats: 100 } });
    const seats = await client.seats('default');
    if (!seats.ok) throw new Error(seats.body.detail);
    expect(seats.body.data).toHaveLength(100);
    expect(seats.body.data[0]).toMatchObject({ seatId: 'A1', seatNumber: 1, status: 'available' });
  });

  it('takes a reservation through its life', async () => {
    const client = await open();
    const wish = { userId: 'ada', seatIds: ['A1', 'A2', 'A3'] };
    const reserved = await client.reserve('default', wish, { idempotencyKey: 'ada-1' });
    if (!reserved.ok) throw new Error(reserved.body.detail);
    expect(await client.reserve('default', wish, { idempotencyKey: 'ada-1' })).toEqual(reserved);
    const of = { reservationId: reserved.body.id, userId: 'ada' };
    expect(await client.extend(of)).toMatchObject({ ok: true, body: { status: 'reserved' } });
    const released = await client.release({ ...of, seatIds: ['A3'] });
    expect(released).toMatchObject({ ok: true, body: { seatIds: ['A1', 'A2'] } });
    const confirmed = await client.confirm(of);
    expect(confirmed).toMatchObject({ ok: true, body: { status: 'confirmed' } });
    expect(await client.reservation(of.reservationId)).toEqual(confirmed);
  });

  it('gives refusals as values', async () => {
    const client = await open();
    await client.reserve('default', { userId: 'ada', seatIds: ['A1'] });
    expect(await client.reserve('default', { userId: 'bob', seatIds: ['A1'] })).toMatchObject({
      ok: false,
      status: 409,
      body: { code: 'seat_unavailable', conflicts: [{ seatId: 'A1', status: 'reserved' }] },
    });
    const best = await client.reserve('default', { userId: 'bob', quantity: 2 });
    if (!best.ok) throw new Error(best.body.detail);
    const of = { reservationId: best.body.id, userId: 'bob' };
    expect(await client.cancel(of)).toMatchObject({ ok: true, body: { status: 'cancelled' } });
    expect(await client.confirm(of)).toMatchObject({
      ok: false,
      status: 409,
      body: { code: 'reservation_cancelled' },
    });
    expect(await client.event('no where/..?')).toMatchObject({ ok: false, status: 404 });
  });

  it('sends its token, and names what did not come from Holdfast', async () => {
    const asked: unknown[] = [];
    const client = new HoldfastClient({
      url: 'https://tickets.example/seats/',
      token: 'secret',
      fetch: async (url, { headers, signal }) => {
        asked.push(url, headers, signal);
        return { status: 502, headers: { get: () => 'text/html' }, text: async () => '<h1>' };
      },
    });
    expect(await client.event('gala')).toMatchObject({
      ok: false,
      status: 502,
      body: { code: 'not_a_problem' },
    });
    const headers = { authorization: 'Bearer secret' };
    expect(asked).toEqual(['https://tickets.example/seats/v1/events/gala', headers, null]);
  });

  it('rejects where nobody answers', async () => {
    const client = await open();
    await server?.kill9();
    await expect(client.event('default')).rejects.toThrow();
  });
});
