import { describe, expect, test } from 'vitest';
import { hallGateway } from './support/test-gateway.js';

const RESERVE = '/v1/events/hall/reservations';
const WISH = { userId: 'ann', seatIds: ['A1', 'Floor-2'] };

describe('one seat', () => {
  test('shows an admin its holder and its history, newest first', async () => {
    const gateway = await hallGateway();
    const id = (await gateway.post(RESERVE, WISH)).json.id;
    const { json } = await gateway.get('/v1/events/hall/seats/1');
    expect(json).toMatchObject({
      seatId: 'A1',
      seatNumber: 1,
      status: 'reserved',
      state: 'reserved',
    });
    expect(json.expiresAt).toBe('2026-11-21T09:05:00.000Z');
    expect(json.holder).toEqual({ reservationId: id, userId: 'ann', status: 'reserved' });
    await gateway.post(`/v1/reservations/${id}/confirm`, { userId: 'ann' });
    const later = await gateway.get('/v1/events/hall/seats/A1');
    expect(later.json.holder.status).toBe('confirmed');
    expect(later.json.history.map(({ type }: { type: string }) => type)).toEqual([
      'reservation.confirmed',
      'reservation.reserved',
    ]);
    expect((await gateway.get('/v1/events/hall/seats/A2')).json.holder).toBeNull();
  });

  test('that there is not is not found', async () => {
    const gateway = await hallGateway();
    const reply = await gateway.get('/v1/events/hall/seats/Z1');
    expect([reply.status, reply.json.code]).toEqual([404, 'seat_not_found']);
  });
});

describe('house seats', () => {
  test('are blocked, all or none, and unblocked', async () => {
    const gateway = await hallGateway();
    await gateway.post(RESERVE, WISH);
    const block = '/v1/events/hall/seats/block';
    const refused = await gateway.post(block, { seatIds: ['A2', 'A1'] });
    expect([refused.status, refused.json.conflicts[0].seatId]).toEqual([409, 'A1']);
    const reply = await gateway.post(block, { seatIds: ['A2', '3'], reason: 'sound desk' });
    expect(reply.json).toEqual({ eventId: 'hall', seatIds: ['A2', 'A3'] });
    expect((await gateway.get('/v1/events/hall')).json.blockedSeats).toBe(2);
    const free = await gateway.post('/v1/events/hall/seats/unblock', { seatIds: ['A3', 'A4'] });
    expect(free.json.seatIds).toEqual(['A3']);
  });
});
