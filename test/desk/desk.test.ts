import { describe, expect, it } from 'vitest';
import type { CreateEvent } from '../../src/desk/requests.js';
import { eventId, userId } from '../../src/domain/ids.js';
import { keyed } from '../simulation/keyed.js';
import { run } from '../simulation/run.js';
import { smallHouse } from '../simulation/venue.js';
import { World } from '../simulation/world.js';

const ID = eventId('show');

async function house(
  more: Partial<CreateEvent> = {},
  options = { seed: 7, shardCount: 3, gatewayCount: 2 },
): Promise<World> {
  const world = await World.open(options);
  const event = {
    id: ID,
    name: 'Show',
    currency: 'EUR',
    holdMs: 1_000,
    maxSeatsPerUser: null,
    preventOrphans: false,
  };
  const outcome = await run(
    world,
    world.desk().createEvent({ ...event, plan: smallHouse(6, 30), ...more }),
  );
  expect(outcome.ok).toBe(true);
  await world.settle();
  return world;
}

function reserve(world: World, user: string, seats: number[], gateway = 0) {
  return world
    .desk(gateway)
    .reserve({ eventId: ID, userId: userId(user), seats, purpose: 'hold', reuseOwn: true });
}

describe('the desk and its shards', () => {
  it('let a user have no more than the limit, however the requests race and wherever the seats are', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const world = await house({ maxSeatsPerUser: 4 }, { seed, shardCount: 3, gatewayCount: 2 });
      const wishes = Array.from({ length: 30 }, (_, index) =>
        reserve(world, 'ann', [1 + index * 6, 2 + index * 6], index % 2),
      );
      const outcomes = await run(world, Promise.all(wishes));
      const codes = outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.rejection.code));
      expect(codes.filter((code) => code === 'ok')).toHaveLength(2);
      expect(codes.filter((code) => code === 'limit_exceeded')).toHaveLength(28);
    }
  });

  it('count a limit that comes later against what the user has already', async () => {
    const world = await house();
    expect((await run(world, reserve(world, 'ann', [1, 70, 150]))).ok).toBe(true);
    await run(world, world.desk().patchEvent({ eventId: ID, patch: { maxSeatsPerUser: 4 } }));
    expect(await run(world, reserve(world, 'ann', [2, 71]))).toMatchObject({
      rejection: { code: 'limit_exceeded' },
    });
    expect((await run(world, reserve(world, 'ann', [2]))).ok).toBe(true);
  });

  it('sell nothing anywhere once the closing of an event was answered', async () => {
    const world = await house();
    const held = await run(world, reserve(world, 'ann', [1, 70]));
    await run(world, world.desk(0).patchEvent({ eventId: ID, patch: { status: 'closed' } }));
    for (const [gateway, seat] of [
      [0, 10],
      [1, 100],
      [1, 160],
    ] as const) {
      expect(await run(world, reserve(world, 'bob', [seat], gateway))).toMatchObject({
        rejection: { code: 'event_closed' },
      });
    }
    if (!held.ok) throw new Error('not held');
    const confirmed = await run(
      world,
      world.desk(1).confirm({ reservationId: held.value.record.id, userId: userId('ann') }),
    );
    expect(confirmed).toMatchObject({ ok: true, value: { status: 'confirmed' } });
  });

  it('delete an event only when nothing of it is live, or by force', async () => {
    const world = await house();
    const held = await run(world, reserve(world, 'ann', [1, 70]));
    const booked = await run(world, reserve(world, 'bob', [2, 100, 160]));
    if (!held.ok || !booked.ok) throw new Error('not reserved');
    await run(
      world,
      world.desk().confirm({ reservationId: booked.value.record.id, userId: userId('bob') }),
    );
    await run(world, world.desk().block({ eventId: ID, seats: [5, 99] }));
    expect(await run(world, world.desk().deleteEvent({ eventId: ID, force: false }))).toMatchObject(
      { rejection: { code: 'event_in_use' } },
    );
    expect(world.desk().event(ID)?.record.status).toBe('on_sale');
    expect((await run(world, world.desk().deleteEvent({ eventId: ID, force: true }))).ok).toBe(
      true,
    );
    await world.settle();
    expect(world.desk().event(ID)).toBeUndefined();
    expect(await run(world, world.desk().reservation(held.value.record.id))).toMatchObject({
      status: 'cancelled',
    });
    expect(await run(world, world.desk().reservation(booked.value.record.id))).toMatchObject({
      status: 'refunded',
    });
    expect(await run(world, reserve(world, 'eve', [3]))).toMatchObject({
      rejection: { code: 'event_not_found' },
    });
    const again = world.desk().createEvent({
      id: ID,
      name: 'Again',
      currency: 'EUR',
      holdMs: 1,
      maxSeatsPerUser: null,
      preventOrphans: false,
      plan: smallHouse(1, 5),
    });
    expect(await run(world, again)).toMatchObject({ rejection: { code: 'event_exists' } });
  });

  it('block all of the seats or none, over all shards', async () => {
    const world = await house();
    await run(world, reserve(world, 'ann', [100]));
    const refused = await run(world, world.desk().block({ eventId: ID, seats: [1, 100, 170] }));
    expect(refused).toMatchObject({
      rejection: { code: 'seat_unavailable', conflicts: [{ seat: 100, status: 'reserved' }] },
    });
    await world.settle();
    expect(world.desk().event(ID)?.counts(world.now)).toMatchObject({ blocked: 0 });
    expect((await run(world, world.desk().block({ eventId: ID, seats: [1, 170] }))).ok).toBe(true);
    // The other owner has heard.
    await world.settle();
    expect(await run(world, reserve(world, 'bob', [170, 171]))).toMatchObject({
      rejection: { conflicts: [{ seat: 170, status: 'blocked' }] },
    });
    await world.killProcess();
    expect(world.desk().event(ID)?.counts(world.now)).toMatchObject({ blocked: 2, reserved: 1 });
    expect(await run(world, world.desk().unblock({ eventId: ID, seats: [1, 2, 170] }))).toEqual({
      ok: true,
      value: [1, 170],
    });
    expect((await run(world, reserve(world, 'bob', [1, 170]))).ok).toBe(true);
  });

  it('refuse a selection that leaves a seat alone, where the event minds', async () => {
    const world = await house({ preventOrphans: true });
    expect(await run(world, reserve(world, 'ann', [2, 3]))).toMatchObject({
      rejection: { code: 'leaves_orphan', conflicts: [{ seat: 1 }] },
    });
    expect((await run(world, reserve(world, 'ann', [1, 2]))).ok).toBe(true);
  });

  it('give every one of a crowd that asks for the best seats seats of its own, until none is left', async () => {
    const world = await house({}, { seed: 3, shardCount: 3, gatewayCount: 2 });
    const wishes = Array.from({ length: 200 }, (_, index) =>
      world.desk(index % 2).reserveBest({
        eventId: ID,
        userId: userId(`u${index}`),
        quantity: 1,
        adjacent: true,
        purpose: 'book',
      }),
    );
    const outcomes = await run(world, Promise.allSettled(wishes));
    const seats = outcomes.flatMap((one) =>
      one.status === 'fulfilled' && one.value.ok ? one.value.value.record.seats : [],
    );
    expect(new Set(seats).size).toBe(seats.length);
    expect(seats).toHaveLength(180);
  });

  it('keep the key of a command that was given up, which may happen yet', async () => {
    const world = await house({}, { seed: 3, shardCount: 1, gatewayCount: 1 });
    const best = { eventId: ID, userId: userId('ann'), quantity: 1, adjacent: true } as const;
    const ask = () =>
      keyed(world.desk(), 'once', (idempotency) =>
        world.desk().reserveBest({ ...best, purpose: 'hold', idempotency }),
      );
    const first = ask();
    world.machine.threads
      .filter(({ name }) => name.startsWith('shard'))
      .forEach((shard) => {
        shard.stalledUntil = world.machine.time + 20_000;
      });
    await world.settle();
    world.advance(world.limits.desk.answerMsMax);
    await expect(run(world, first)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await run(world, ask())).toMatchObject({ code: 'idempotency_in_flight' });
    world.machine.liftStalls();
    await world.settle();
    expect(await run(world, ask())).toMatchObject({ code: 'accepted', isReplayed: true });
    expect(world.history.reservationsOf('ann')).toHaveLength(1);
  });

  it('write down what is over before an event is deleted', async () => {
    const world = await house();
    // No timer does it first.
    for (const shard of [0, 1, 2]) world.machine.deaf.add(`shard-${shard}`);
    const held = await run(world, reserve(world, 'ann', [1, 70, 150]));
    if (!held.ok) throw new Error('not held');
    await world.settle();
    world.advance(1_000);
    const deleted = world.desk().deleteEvent({ eventId: ID, force: false });
    expect((await run(world, deleted)).ok).toBe(true);
    expect(world.history.reservations.get(held.value.record.id)).toMatchObject({
      status: 'expired',
    });
    world.advance(1_000);
    await world.settle();
  });

  it('let a seat of another shard’s overdue hold be taken from the very millisecond', async () => {
    const world = await house();
    expect((await run(world, reserve(world, 'ann', [1, 70, 150]))).ok).toBe(true);
    await world.settle();
    world.advance(999);
    expect(await run(world, reserve(world, 'bob', [150]))).toMatchObject({ ok: false });
    world.advance(1);
    expect((await run(world, reserve(world, 'bob', [150]))).ok).toBe(true);
  });

  it('move the reservations on with another number of shards after a restart', async () => {
    const world = await house({}, { seed: 5, shardCount: 3, gatewayCount: 1 });
    const held = await run(world, reserve(world, 'ann', [1, 70, 150]));
    if (!held.ok) throw new Error('not held');
    for (const shardCount of [1, 4, 2]) {
      Object.assign(world, { shardCount });
      await world.killProcess();
      expect(await run(world, reserve(world, 'bob', [70]))).toMatchObject({ ok: false });
    }
    const confirmed = await run(
      world,
      world.desk().confirm({ reservationId: held.value.record.id, userId: userId('ann') }),
    );
    expect(confirmed).toMatchObject({ ok: true });
  });
});
