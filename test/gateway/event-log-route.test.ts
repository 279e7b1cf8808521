import { describe, expect, test } from 'vitest';
import { factsToCsv } from '../../src/gateway/fact-csv.js';
import { hallGateway } from './support/test-gateway.js';

const RESERVE = '/v1/events/hall/reservations';
const WISH = { userId: 'ann', seatIds: ['A1', 'Floor-2'] };

describe('the log', () => {
  test('has every fact in order, page by page, by after or cursor', async () => {
    const gateway = await hallGateway();
    const id = (await gateway.post(RESERVE, WISH)).json.id;
    await gateway.post(`/v1/reservations/${id}/cancel`, { userId: 'ann' });
    await gateway.post('/v1/events/hall/seats/block', { seatIds: ['A2'], reason: 'desk' });
    const log = async (query: string) => (await gateway.get(`/v1/events/hall/log?${query}`)).json;
    const all = await log('');
    expect(all.data.map(({ type }: { type: string }) => type)).toEqual([
      'event.created',
      'reservation.reserved',
      'reservation.cancelled',
      'seats.blocked',
    ]);
    expect(all.data[1]).toMatchObject({ reservationId: id, userId: 'ann', seatIds: WISH.seatIds });
    expect(all.data[3]).toMatchObject({ reason: 'desk', seatIds: ['A2'] });
    const first = await log('limit=3');
    expect(first.nextCursor).toBe('3');
    for (const name of ['cursor', 'after']) {
      expect(await log(`${name}=3&limit=1`)).toEqual({ data: [all.data[3]], nextCursor: null });
    }
    expect((await gateway.get('/v1/events/hall/log?after=1&cursor=1')).status).toBe(400);
  });

  test('is CSV where that is asked for, and no spreadsheet computes it', async () => {
    const gateway = await hallGateway();
    await gateway.post(RESERVE, { userId: '=1+1', seatIds: ['A1', 'A2'] });
    await gateway.post(RESERVE, { userId: 'a,"b"', seatIds: ['A3'] });
    const reply = await gateway.get('/v1/events/hall/log?limit=2', { accept: 'text/csv' });
    expect(reply.headers['content-type']).toMatch(/^text\/csv/);
    expect(reply.headers.link).toBe('</v1/events/hall/log?after=2&limit=2>; rel="next"');
    const [head, , line] = reply.text.split('\n');
    expect(head).toBe('sequence,at,type,reservationId,userId,seats,expiresAt,reason');
    expect(line).toContain(",'=1+1,A1 A2,2026-11-21T09:05:00.000Z,");
    const next = await gateway.get('/v1/events/hall/log?after=2', { accept: 'text/csv' });
    expect(next.text).toContain('"a,""b"""');
    expect(next.headers).not.toHaveProperty('link');
  });

  test('is line for line what holdfast export writes', async () => {
    const gateway = await hallGateway();
    const { json } = await gateway.post(RESERVE, WISH);
    for (const move of ['extend', 'confirm', 'refund']) {
      const body = move === 'refund' ? {} : { userId: 'ann' };
      await gateway.post(`/v1/reservations/${json.id}/${move}`, body);
    }
    await gateway.post('/v1/events/hall/seats/block', { seatIds: ['A2', 'A3'], reason: '"x", y' });
    await gateway.post('/v1/events/hall/seats/unblock', { seatIds: ['A2'] });
    await gateway.ask('PATCH', '/v1/events/hall', { body: { name: 'New' } });
    const reply = await gateway.get('/v1/events/hall/log', { accept: 'text/csv' });
    const plan = gateway.desk.event('hall')?.plan;
    const options = { labelOf: (seat: number) => plan?.labelOf(seat) ?? '' };
    expect(gateway.desk.facts).toHaveLength(8);
    expect(reply.text).toBe(factsToCsv(gateway.desk.facts, options));
  });
});
