/** API §5: a seat taken through one contract is seen through all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/server.js';
import { type ContractClient, type Reply, startContractServer } from './support/contract-client.js';

let server: TestServer;
let client: ContractClient;

beforeAll(async () => {
  ({ server, client } = await startContractServer());
});
afterAll(() => server.stop());

type Take = (seat: Seat, userId: string) => Promise<Reply>;

interface Seat {
  readonly label: string;
  readonly number: number;
}

const seatOf = (row: number, place: number): Seat => ({
  label: `${String.fromCharCode(65 + row)}${place}`,
  number: row * 10 + place,
});

const reserveTemporarily: Take = ({ label }, user) =>
  client.post('/reserve', { user_id: user, seat_id: label });
const reserveByBackend: Take = ({ label }, userId) =>
  client.post('/reservations', { seatId: label, userId });
const bookTicket: Take = ({ number }, userId) =>
  client.post('/events/default/book', { userId, seatNumber: number });
const reserveInArena: Take = ({ label }, user) =>
  client.post(`/seats/${label}/reserve?user_id=${user}`);
const reserveNatively: Take = ({ label }, userId) =>
  client.post('/v1/events/default/reservations', { userId, seatIds: [label] });

const WAYS: readonly (readonly [string, Take, 'reserved' | 'booked'])[] = [
  ['5.1', reserveTemporarily, 'reserved'],
  ['5.2', reserveByBackend, 'reserved'],
  ['5.3', bookTicket, 'booked'],
  ['5.5', reserveInArena, 'reserved'],
  ['the native API', reserveNatively, 'reserved'],
];

describe.each(WAYS.map((way, row) => [...way, row] as const))(
  'a seat taken through %s',
  (_, take, status, row) => {
    const seat = seatOf(row, 1);

    beforeAll(async () => {
      expect((await take(seat, 'ann')).status).toBeLessThan(300);
    });

    it('is refused by all', async () => {
      const replies = await Promise.all(WAYS.map(([, other]) => other(seat, 'bob')));
      expect(replies.map((reply) => reply.status)).toEqual([409, 409, 409, 400, 409]);
      const arena = status === 'booked' ? 'Seat already sold' : 'Seat already reserved';
      expect(replies[3]?.json).toEqual({ detail: arena });
    });

    it('is shown by every list', async () => {
      const temporary = (await client.get('/seats')).json[seat.number - 1];
      expect(temporary).toEqual({ seat_id: seat.label, status });
      const ticket = (await client.get('/events/default/seats')).json[seat.number - 1];
      expect(ticket).toEqual({ seatNumber: seat.number, booked: true });
      const native = (await client.get(`/v1/events/default/seats/${seat.label}`)).json;
      expect(native).toMatchObject({ seatId: seat.label, status });
    });
  },
);

describe('a seat held through one contract', () => {
  it('is confirmed through another', async () => {
    const seat = seatOf(7, 1);
    await reserveTemporarily(seat, 'ann');
    expect((await client.post('/seats/H1/confirm?user_id=ann')).status).toBe(200);
    expect((await client.post('/confirm', { user_id: 'ann', seat_id: 'H1' })).status).toBe(200);
    const { status, json } = await bookTicket(seat, 'ann');
    expect(status).toBe(200);
    expect((await client.get(`/reservations/${json.bookingId}`)).json.status).toBe('CONFIRMED');
  });

  it('is free for all once another has cancelled it', async () => {
    const seat = seatOf(7, 2);
    const { json } = await client.post('/reservations', { seatId: seat.label, userId: 'ann' });
    await client.post(`/reservations/${json.reservationId}/cancel`);
    expect((await reserveInArena(seat, 'bob')).status).toBe(200);
  });

  it('is one user’s when all ask for it at once', async () => {
    for (let place = 1; place <= 10; place += 1) {
      const seat = seatOf(8, place);
      const replies = await Promise.all(
        WAYS.map(([name, take]) => take(seat, `user of ${name}`.replaceAll(/\W/g, '-'))),
      );
      const winners = replies.filter((reply) => reply.status < 300);
      expect(winners).toHaveLength(1);
    }
  });
});
