import { describe, expect, it } from 'vitest';
import { eventId, userId } from '../../src/domain/ids.js';
import { World } from './world.js';

const plan = {
  totalSeats: 200,
  categories: [],
  sections: [
    {
      name: 'Stalls',
      kind: 'rows' as const,
      rows: Array.from({ length: 10 }, (_, row) => ({
        name: String.fromCharCode(65 + row),
        first: row * 20 + 1,
        count: 20,
        labelPrefix: String.fromCharCode(65 + row),
      })),
    },
  ],
};

async function run<T>(world: World, work: Promise<T>): Promise<T> {
  let isDone = false;
  void work.then(
    () => {
      isDone = true;
    },
    () => {
      isDone = true;
    },
  );
  for (let steps = 0; steps < 10_000 && !isDone; steps += 1) await world.step();
  return work;
}

describe('a simulated world', () => {
  it.each([1, 3])('reserves, confirms and expires with %i shards', async (shardCount) => {
    const world = new World({ seed: 1, shardCount, gatewayCount: 1 });
    const id = eventId('show');
    const created = await run(
      world,
      world.desk().createEvent({
        id,
        name: 'Show',
        currency: 'EUR',
        holdMs: 1000,
        maxSeatsPerUser: null,
        preventOrphans: false,
        plan,
      }),
    );
    expect(created.ok).toBe(true);
    const ann = userId('ann');
    const first = await run(
      world,
      world.desk().reserve({
        eventId: id,
        userId: ann,
        seats: [1, 100, 200],
        purpose: 'hold',
        reuseOwn: true,
      }),
    );
    expect(first).toMatchObject({
      ok: true,
      value: { created: true, record: { seats: [1, 100, 200] } },
    });
    const again = await run(
      world,
      world.desk().reserve({
        eventId: id,
        userId: ann,
        seats: [1, 100, 200],
        purpose: 'hold',
        reuseOwn: true,
      }),
    );
    expect(again).toMatchObject({ ok: true, value: { created: false } });
    const other = await run(
      world,
      world.desk().reserve({
        eventId: id,
        userId: userId('bob'),
        seats: [1, 2, 100],
        purpose: 'hold',
        reuseOwn: true,
      }),
    );
    expect(other).toMatchObject({
      ok: false,
      rejection: { code: 'seat_unavailable', conflicts: [{ seat: 1 }, { seat: 100 }] },
    });
    world.advance(999);
    await world.settle();
    expect(world.desk().event('show')?.counts(world.now)).toMatchObject({ reserved: 3 });
    world.advance(1);
    const taken = await run(
      world,
      world.desk().reserve({
        eventId: id,
        userId: userId('bob'),
        seats: [1, 2, 100],
        purpose: 'hold',
        reuseOwn: true,
      }),
    );
    expect(taken.ok).toBe(true);
    if (!first.ok || !taken.ok) return;
    const late = await run(
      world,
      world.desk().confirm({ reservationId: first.value.record.id, userId: ann }),
    );
    expect(late).toMatchObject({ ok: false, rejection: { code: 'reservation_expired' } });
    const ok = await run(
      world,
      world.desk().confirm({ reservationId: taken.value.record.id, userId: userId('bob') }),
    );
    expect(ok).toMatchObject({ ok: true, value: { status: 'confirmed' } });
    await world.settle();
    world.killProcess();
    expect(world.desk().event('show')?.counts(world.now)).toEqual({
      available: 197,
      reserved: 0,
      booked: 3,
      blocked: 0,
    });
    const best = await run(
      world,
      world
        .desk()
        .reserveBest({ eventId: id, userId: ann, quantity: 4, adjacent: true, purpose: 'book' }),
    );
    expect(best).toMatchObject({ ok: true, value: { record: { status: 'confirmed' } } });
    const refunded = await run(
      world,
      world.desk().refund({ reservationId: taken.value.record.id }),
    );
    expect(refunded).toMatchObject({ ok: true, value: { status: 'refunded' } });
    await world.settle();
    expect(world.desk().event('show')?.counts(world.now)).toMatchObject({
      booked: 4,
      available: 196,
    });
  });
});
