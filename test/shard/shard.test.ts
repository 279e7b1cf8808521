import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/domain/commands.js';
import { eventId, type ReservationId, userId } from '../../src/domain/ids.js';
import { formatReservationId } from '../../src/domain/reservation-id.js';
import type { SeatRow, ShardAnswer, StagedTurn, StoreLoad } from '../../src/shard/ports.js';
import { Shard } from '../../src/shard/shard.js';
import { smallHouse } from '../simulation/venue.js';
import { LIMITS } from '../simulation/world.js';
import { clockOf } from '../support/clock-of.js';

const EVENT = eventId('show');
const HOLD_MS = 1_000;

/** One shard, the only one, with everything it sends laid open. */
class Bench {
  now = 5_000;
  readonly staged: StagedTurn[] = [];
  readonly loads: { ticket: number; load: StoreLoad }[] = [];
  readonly answers: ShardAnswer[] = [];
  readonly shard: Shard;
  #id = 0;

  constructor(limits = LIMITS.shard, booked: readonly number[] = []) {
    this.shard = new Shard({
      index: 0,
      shardCount: 1,
      clock: clockOf(() => this.now),
      limits,
      wantsTurn: () => {},
      outlets: {
        store: {
          stage: (turn) => this.staged.push(turn),
          load: (ticket, load) => this.loads.push({ ticket, load }),
        },
        answer: (_, answers) => this.answers.push(...answers),
        tell: () => {},
      },
    });
    const none = new Uint32Array(0);
    const event = {
      id: EVENT,
      name: 'Show',
      status: 'on_sale',
      currency: 'EUR',
      holdMs: HOLD_MS,
      maxSeatsPerUser: null,
      preventOrphans: false,
      plan: smallHouse(2, 10),
      createdAt: 1,
      updatedAt: 1,
      version: 1,
    } as const;
    this.shard.restore({ type: 'event', event, booked: Uint32Array.from(booked), blocked: none });
  }

  send(...commands: Command[]): number[] {
    const ids = commands.map(() => {
      this.#id += 1;
      return this.#id;
    });
    this.shard.receive(
      0,
      commands.map((command, index) => ({ id: ids[index] ?? 0, command })),
    );
    this.shard.endTurn();
    return ids;
  }

  commit(): void {
    const last = this.staged.at(-1);
    if (last !== undefined) this.shard.committed({ turn: last.turn, sequence: 1 });
  }

  answerTo(id: number | undefined): ShardAnswer['outcome'] | undefined {
    return this.answers.find((answer) => answer.id === id)?.outcome;
  }

  reserve(user: string, seats: number[], random = `${user}${seats.join('_')}`): Command {
    const reservationId = formatReservationId({
      prefix: 'rsv',
      createdAt: this.now,
      homeKey: 0,
      random: random.padEnd(8, '0'),
    });
    return {
      type: 'reservation.reserve',
      reservationId,
      eventId: EVENT,
      userId: userId(user),
      seats,
      purpose: 'hold',
      limited: false,
    };
  }
}

describe('a shard', () => {
  it('answers nothing before the disk has it (I3)', () => {
    const bench = new Bench();
    const [id] = bench.send(bench.reserve('ann', [1]));
    expect(bench.answers).toEqual([]);
    bench.commit();
    expect(bench.answerTo(id)).toMatchObject({ ok: true, value: { seats: [1], expiresAt: 6_000 } });
  });

  it('lets a refusal wait for what it rests on', () => {
    const bench = new Bench();
    bench.send(bench.reserve('ann', [1]));
    const [refused] = bench.send(bench.reserve('bob', [1]));
    expect(bench.answers).toEqual([]);
    bench.commit();
    expect(bench.answerTo(refused)).toMatchObject({
      ok: false,
      rejection: { code: 'seat_unavailable' },
    });
    const [atOnce] = bench.send(bench.reserve('bob', [1], 'againagain'));
    expect(bench.answerTo(atOnce)).toMatchObject({ ok: false });
  });

  it('gives a seat to exactly one of a thousand who come in the same turn', () => {
    const bench = new Bench();
    const wishes = Array.from({ length: 1_000 }, (_, index) => bench.reserve(`user${index}`, [7]));
    const ids = bench.send(...wishes);
    bench.commit();
    expect(ids.filter((id) => bench.answerTo(id)?.ok)).toHaveLength(1);
  });

  it('names every seat that stood in the way, and to whom it belongs only to the holder', () => {
    const bench = new Bench();
    bench.send(bench.reserve('ann', [1, 2]));
    const [mine, other] = bench.send(
      bench.reserve('ann', [2, 3], 'secondannn'),
      bench.reserve('bob', [1, 2, 4]),
    );
    bench.commit();
    expect(bench.answerTo(mine)).toMatchObject({
      rejection: { conflicts: [{ seat: 2, ownReservationId: expect.any(String) }] },
    });
    const outcome = bench.answerTo(other);
    expect(outcome).toMatchObject({
      rejection: { conflicts: [{ seat: 1, expiresAt: 6_000 }, { seat: 2 }] },
    });
    expect(JSON.stringify(outcome)).not.toContain('ownReservationId');
  });

  it('takes no seat of a wish that it cannot take whole', () => {
    const bench = new Bench();
    bench.send(bench.reserve('ann', [3]));
    bench.send(bench.reserve('bob', [2, 3, 4]));
    const [id] = bench.send(bench.reserve('eve', [2, 4]));
    bench.commit();
    expect(bench.answerTo(id)).toMatchObject({ ok: true });
  });

  it('ends an overdue hold in the transaction that takes its seat, to the millisecond and without a timer (I5)', () => {
    const bench = new Bench();
    bench.send(bench.reserve('ann', [1, 2]));
    bench.commit();
    bench.now += HOLD_MS - 1;
    const [early] = bench.send(bench.reserve('bob', [2]));
    expect(bench.answerTo(early)).toMatchObject({ ok: false });
    bench.now += 1;
    bench.send(bench.reserve('bob', [2], 'secondbobb'));
    const entry = bench.staged.at(-1)?.entries[0];
    expect(entry?.facts.map((fact) => fact.type)).toEqual([
      'reservation.expired',
      'reservation.reserved',
    ]);
    expect(entry?.records.map((record) => record.status)).toEqual(['expired', 'reserved']);
  });

  it('writes down what is overdue when its timer comes, a bounded number in a turn', () => {
    const bench = new Bench();
    bench.send(...[1, 2, 3, 4, 5].map((seat) => bench.reserve(`u${seat}`, [seat])));
    bench.commit();
    expect(bench.shard.nextDueAt()).toBeLessThanOrEqual(bench.now + HOLD_MS);
    bench.now += HOLD_MS;
    bench.shard.tick();
    bench.shard.endTurn();
    expect(bench.staged.at(-1)?.entries).toHaveLength(LIMITS.shard.expiriesPerTurnMax);
    bench.shard.tick();
    expect(bench.staged, 'the next when these are on disk').toHaveLength(2);
    bench.commit();
    expect(bench.shard.nextDueAt()).toBe(bench.now);
    bench.shard.tick();
    bench.shard.endTurn();
    expect(bench.staged.at(-1)?.entries).toHaveLength(2);
  });

  it('writes down more in a turn when the disk was quick', () => {
    const bench = new Bench({ ...LIMITS.shard, expiriesPerTurnMax: 500 });
    const holdAll = (): void => {
      for (let seat = 1; seat <= 20; seat += 1) bench.send(bench.reserve(`u${seat}`, [seat]));
      bench.commit();
      bench.now += HOLD_MS;
    };
    const written = (): number | undefined => {
      bench.shard.tick();
      bench.shard.endTurn();
      bench.commit();
      return bench.staged.at(-1)?.entries.length;
    };
    holdAll();
    expect([written(), written()]).toEqual([16, 4]);
    holdAll();
    expect(written()).toBe(20);
  });

  it('leaves no hold of a deleted event behind, overdue or not', () => {
    const bench = new Bench();
    bench.send(bench.reserve('ann', [1]));
    bench.now += HOLD_MS;
    bench.send(bench.reserve('bob', [2]), { type: 'event.delete', eventId: EVENT });
    bench.commit();
    const types = bench.staged
      .at(-1)
      ?.entries.flatMap(({ facts }) => facts.map(({ type }) => type));
    expect(types).toEqual([
      'reservation.reserved',
      'reservation.expired',
      'reservation.cancelled',
      'event.deleted',
    ]);
    bench.now += HOLD_MS;
    bench.shard.tick();
    expect(bench.shard.measures().holds).toBe(0);
  });

  it('does not end a hold early when the clock is stepped back between the timer and the writing', () => {
    const bench = new Bench({ ...LIMITS.shard, expiriesPerTurnMax: 1 });
    bench.send(bench.reserve('ann', [1]), bench.reserve('bob', [2]));
    bench.commit();
    bench.now += HOLD_MS;
    bench.shard.tick();
    bench.shard.endTurn();
    bench.commit();
    bench.now -= 500;
    bench.shard.tick();
    bench.shard.endTurn();
    expect(bench.staged.at(-1)?.entries).toHaveLength(1);
    bench.now += 500;
    bench.shard.tick();
    bench.shard.endTurn();
    expect(bench.staged.at(-1)?.entries[0]?.facts[0]?.type).toBe('reservation.expired');
    expect(bench.staged).toHaveLength(3);
  });

  it('reads a reservation that is over back from the store, and works off those who wait for it in order', () => {
    const bench = new Bench();
    const wish = bench.reserve('ann', [1]);
    if (wish.type !== 'reservation.reserve') throw new TypeError('a wish');
    const { reservationId } = wish;
    const confirm = { type: 'reservation.confirm', reservationId, userId: userId('ann') } as const;
    bench.send(wish, confirm);
    bench.commit();
    const confirmed = bench.staged[0]?.entries[1]?.records[0];
    const [refunded, late] = bench.send({ type: 'reservation.refund', reservationId }, confirm);
    const { ticket } = bench.loads[0] ?? { ticket: -1 };
    bench.shard.loaded(ticket, { type: 'reservation', record: confirmed });
    bench.shard.endTurn();
    bench.commit();
    expect(bench.loads).toHaveLength(1);
    expect(bench.answerTo(refunded)).toMatchObject({ ok: true, value: { status: 'refunded' } });
    expect(bench.answerTo(late)).toMatchObject({
      ok: false,
      rejection: { code: 'reservation_refunded' },
    });
  });

  it('lets those wait who want a booked seat whose refund is being looked for', () => {
    const bench = new Bench(LIMITS.shard, [1, 2]);
    const { reservationId } = bench.reserve('eve', [1, 2]) as { reservationId: ReservationId };
    const seats = [1, 2].map((seat) => ({ seat, state: 'free' as const }));
    bench.shard.hear(1, [{ type: 'claim.news', reservationId, eventId: EVENT, seats }]);
    const [ann, bob] = bench.send(bench.reserve('ann', [3, 2]), bench.reserve('bob', [1]));
    bench.commit();
    expect([ann, bob].map((id) => bench.answerTo(id))).toEqual([undefined, undefined]);

    const stillBooked: SeatRow[] = [{ seat: 1, holder: reservationId, state: 'booked' }];
    for (const [index, { ticket }] of bench.loads.entries()) {
      const rows = index === 0 ? stillBooked : [];
      bench.shard.loaded(ticket, { type: 'claim', rows, record: undefined });
    }
    bench.shard.endTurn();
    bench.commit();
    expect(bench.answerTo(ann)).toMatchObject({ ok: true, value: { seats: [3, 2] } });
    expect(bench.answerTo(bob)).toMatchObject({ ok: false });
  });

  it('answers overloaded when too many wait', () => {
    const bench = new Bench({ ...LIMITS.shard, parkedCommandsMax: 2 });
    const confirm = (name: string) => {
      const reservationId = formatReservationId({
        prefix: 'rsv',
        createdAt: 1,
        homeKey: 0,
        random: name.padEnd(8, '0'),
      });
      return { type: 'reservation.confirm', reservationId, userId: userId('ann') } as const;
    };
    const ids = bench.send(confirm('a'), confirm('b'), confirm('c'));
    expect(bench.answerTo(ids[2])).toEqual({ ok: false, undecided: 'overloaded' });
  });

  it('keeps the outcome with the effect, under the request’s key', () => {
    const bench = new Bench();
    const wish = bench.reserve('ann', [1]);
    const idempotency = { key: 'k', fingerprint: 'f', requestId: 'r' };
    bench.send({ ...wish, idempotency } as Command);
    expect(bench.staged[0]?.entries[0]?.remember).toMatchObject({
      key: 'k',
      outcome: { ok: true, value: { seats: [1] } },
    });
  });
});
