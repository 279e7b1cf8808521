import { describe, expect, it } from 'vitest';
import type { ReserveSeats } from '../../src/desk/requests.js';
import { eventId, userId } from '../../src/domain/ids.js';
import { run } from '../simulation/run.js';
import { smallHouse } from '../simulation/venue.js';
import { World } from '../simulation/world.js';

const ID = eventId('show');
const ann = userId('ann');
const bob = userId('bob');
const HOLD_MS = 1_000;

function wish(user: typeof ann, seats: number[]): ReserveSeats {
  return { eventId: ID, userId: user, seats, purpose: 'hold', reuseOwn: true };
}

async function worldOf(shardCount: number): Promise<World> {
  const world = await World.open({ seed: 1, shardCount, gatewayCount: 1 });
  const event = {
    id: ID,
    name: 'Show',
    currency: 'EUR',
    holdMs: HOLD_MS,
    plan: smallHouse(10, 20),
  };
  const rules = { maxSeatsPerUser: null, preventOrphans: false };
  await run(world, world.desk().createEvent({ ...event, ...rules }));
  return world;
}

describe.each([1, 3])('a hold, with %i shards', (shardCount) => {
  it('is given back to its user who asks for exactly its seats again', async () => {
    const world = await worldOf(shardCount);
    const first = await run(world, world.desk().reserve(wish(ann, [1, 100, 200])));
    const again = await run(world, world.desk().reserve(wish(ann, [200, 1, 100])));
    expect(first).toMatchObject({ ok: true, value: { created: true } });
    if (!first.ok) return;
    expect(again).toEqual({ ok: true, value: { record: first.value.record, created: false } });
    const less = await run(world, world.desk().reserve(wish(ann, [1, 100])));
    expect(less).toMatchObject({ ok: false, rejection: { code: 'seat_unavailable' } });
  });

  it('stands in the way of others, who are told of every seat, until it ends', async () => {
    const world = await worldOf(shardCount);
    await run(world, world.desk().reserve(wish(ann, [1, 100, 200])));
    const refused = await run(world, world.desk().reserve(wish(bob, [1, 2, 100])));
    expect(refused).toMatchObject({
      rejection: { code: 'seat_unavailable', conflicts: [{ seat: 1 }, { seat: 100 }] },
    });
    world.advance(HOLD_MS - 1);
    await world.settle();
    expect(world.desk().event('show')?.counts(world.now)).toMatchObject({ reserved: 3 });
    world.advance(1);
    expect((await run(world, world.desk().reserve(wish(bob, [1, 2, 100])))).ok).toBe(true);
  });

  it('cannot be confirmed once it is over, and is a booking for good once it is', async () => {
    const world = await worldOf(shardCount);
    const late = await run(world, world.desk().reserve(wish(ann, [1, 100])));
    world.advance(HOLD_MS);
    const booked = await run(world, world.desk().reserve(wish(bob, [100, 101])));
    if (!late.ok || !booked.ok) throw new Error('not reserved');
    const tooLate = world.desk().confirm({ reservationId: late.value.record.id, userId: ann });
    expect(await run(world, tooLate)).toMatchObject({ rejection: { code: 'reservation_expired' } });
    const reservationId = booked.value.record.id;
    const confirm = await run(world, world.desk().confirm({ reservationId, userId: bob }));
    expect(confirm).toMatchObject({ ok: true, value: { status: 'confirmed' } });
    await world.settle();
    await world.killProcess();
    const counts = { available: 198, reserved: 0, booked: 2, blocked: 0 };
    expect(world.desk().event('show')?.counts(world.now)).toEqual(counts);
    expect(await run(world, world.desk().refund({ reservationId }))).toMatchObject({ ok: true });
    await world.settle();
    expect(world.desk().event('show')?.counts(world.now)).toMatchObject({ available: 200 });
  });
});
