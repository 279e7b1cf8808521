import { describe, expect, test } from 'vitest';
import { hallGateway } from './support/test-gateway.js';

describe("a user's reservations", () => {
  test('newest first, page by page, by status and event', async () => {
    const gateway = await hallGateway();
    await gateway.post('/v1/events', { id: 'lear', name: 'Lear', totalSeats: 9 });
    const ids: string[] = [];
    for (const seat of ['1', '2', '3']) {
      const event = seat === '3' ? 'lear' : 'hall';
      const reply = await gateway.post(`/v1/events/${event}/reservations`, {
        userId: 'ann \u00e9',
        seatIds: [seat],
      });
      ids.unshift(reply.json.id);
      gateway.desk.time += 1_000;
    }
    const path = '/v1/users/ann%20%C3%A9/reservations';
    const list = async (query: string) => {
      const { json } = await gateway.get(`${path}?${query}`);
      return [json.data.map(({ id }: { id: string }) => id), json.nextCursor];
    };
    expect(await list('')).toEqual([ids, null]);
    const [first, cursor] = await list('limit=2');
    expect(first).toEqual(ids.slice(0, 2));
    expect(await list(`limit=2&cursor=${cursor}`)).toEqual([ids.slice(2), null]);
    expect(await list('eventId=lear')).toEqual([ids.slice(0, 1), null]);
    expect(await list('eventId=nope')).toEqual([[], null]);
    gateway.desk.time += 297_500; // the first hold is over, nobody wrote it down
    expect(await list('status=expired')).toEqual([ids.slice(2), null]);
    expect(await list('status=reserved')).toEqual([ids.slice(0, 2), null]);
  });

  test.each([
    'x',
    'cnN2Xw',
    Buffer.from('rsv_0mwq6g80000000010000000000000001 ').toString('base64url'),
    `${Buffer.from('rsv_0mwq6g80000000010000000000000001').toString('base64url')}=`,
  ])('the cursor %s is nobody’s', async (cursor) => {
    const gateway = await hallGateway();
    const reply = await gateway.get(`/v1/users/ann/reservations?cursor=${cursor}`);
    expect([reply.status, reply.json.issues[0].path]).toEqual([400, 'cursor']);
  });
});
