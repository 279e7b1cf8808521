/** Shards among themselves: claims, their homes, and those that have started anew and may have forgotten to tell something. */
import { expect, it } from 'vitest';
import type { Command } from '../../src/domain/commands.js';
import { eventId, type ReservationId, type SeatNumber, userId } from '../../src/domain/ids.js';
import { seatHomeKey, shardOf } from '../../src/domain/ownership.js';
import { formatReservationId } from '../../src/domain/reservation-id.js';
import { SEAT_STATE } from '../../src/domain/seat-table.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';
import type { PeerMessage, ShardAnswer, StagedTurn, StoreLoad } from '../../src/shard/ports.js';
import { Shard } from '../../src/shard/shard.js';
import { ROOMY } from '../simulation/limits.js';
import { smallHouse } from '../simulation/venue.js';

const EVENT = eventId('show');
const NOW = 5_000;
const NONE = new Uint32Array(0);
/** Two blocks: of the first the shard is the owner that is looked at, the second is the other's. */
const PLAN = smallHouse(8, 16);
const OWNER = shardOf(seatHomeKey(EVENT, new VenuePlan(PLAN), 1), 2);
const HOME = 1 - OWNER;

/** Of a reservation whose home is this shard. */
function idOf(home: number) {
  const parts = { prefix: 'rsv', createdAt: NOW, random: 'abcdefgh' } as const;
  return formatReservationId({ ...parts, homeKey: home });
}

const CLAIM = {
  type: 'seats.claim',
  reservationId: idOf(HOME),
  eventId: EVENT,
  userId: userId('ann'),
  seats: [1, 2],
  allowance: 0,
  claimedAt: 0,
  expiresAt: NOW + 1_000,
} as const satisfies Command;

function opening(reservationId: ReservationId, seats: readonly SeatNumber[]): Command {
  return {
    type: 'claims.open',
    reservationId,
    eventId: EVENT,
    seats,
    owners: [0, 1],
    limited: false,
    what: { purpose: 'hold', userId: userId('ann') },
  };
}

/** One of the two shards, with everything it sends laid open. */
class Bench {
  readonly loads: { ticket: number; load: StoreLoad }[] = [];
  readonly told: PeerMessage[] = [];
  readonly answers: ShardAnswer[] = [];
  readonly staged: StagedTurn[] = [];
  now = NOW;
  elapsed = 0;
  readonly shard = new Shard({
    index: OWNER,
    shardCount: 2,
    clock: { now: () => this.now, elapsed: () => this.elapsed },
    limits: ROOMY.shard,
    wantsTurn: () => undefined,
    outlets: {
      store: {
        stage: (turn) => this.staged.push(turn),
        load: (ticket, load) => this.loads.push({ ticket, load }),
      },
      answer: (_, answers) => this.answers.push(...answers),
      tell: (_, messages) => this.told.push(...messages),
    },
  });

  constructor(booked: Uint32Array) {
    const event = {
      id: EVENT,
      name: 'Show',
      status: 'on_sale',
      currency: 'EUR',
      holdMs: 1_000,
      maxSeatsPerUser: null,
      preventOrphans: false,
      plan: PLAN,
      createdAt: 1,
      updatedAt: 1,
      version: 1,
    } as const;
    this.shard.restore({ type: 'event', event, booked, blocked: NONE });
  }

  /** The answer, where it does not wait for the disk. */
  send(command: Command): ShardAnswer['outcome'] | undefined {
    this.answers.length = 0;
    this.shard.receive(0, [{ id: 1, command }]);
    this.shard.endTurn();
    return this.answers[0]?.outcome;
  }

  stateOf(seat: number): number | undefined {
    return this.shard.state.events.get(EVENT)?.stateOf(seat);
  }

  /** The last question to the store. */
  asked(): { ticket: number; load: StoreLoad } {
    this.shard.endTurn();
    const last = this.loads.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last;
  }
}

it('a seat that was refunded without its owner’s hearing of it is free, and one that is booked is not', () => {
  const bench = new Bench(Uint32Array.of(3, 4));
  bench.shard.peerRestarted(HOME);
  const all = bench.asked();
  expect(all.load).toEqual({ type: 'bookedSeats', eventId: EVENT });
  bench.shard.loaded(all.ticket, { type: 'bookedSeats', booked: Uint32Array.of(4) });
  const one = bench.asked();
  expect(one.load).toMatchObject({ type: 'claim', seats: [3] });
  bench.shard.loaded(one.ticket, { type: 'claim', rows: [], record: undefined });
  expect([bench.stateOf(3), bench.stateOf(4)]).toEqual([SEAT_STATE.available, SEAT_STATE.booked]);
});

it('the home of a claim is asked about it at once', () => {
  const bench = new Bench(NONE);
  const { reservationId } = CLAIM;
  bench.send(CLAIM);
  expect(bench.told).toEqual([]);
  bench.shard.peerRestarted(HOME);
  bench.shard.endTurn();
  expect(bench.told).toEqual([{ type: 'claim.ask', reservationId, eventId: EVENT, seats: [1, 2] }]);
});

it('the home of a claim is asked after a while, though the clock be set back meanwhile', () => {
  const bench = new Bench(NONE);
  bench.send(CLAIM);
  bench.now -= 3_600_000;
  expect(bench.shard.nextDueAt()).toBeLessThanOrEqual(bench.now + ROOMY.shard.claimAskMs);
  bench.elapsed += ROOMY.shard.claimAskMs;
  bench.shard.tick();
  bench.shard.endTurn();
  expect(bench.told).toMatchObject([{ type: 'claim.ask' }]);
});

it('a claim that nobody opens is withdrawn when its time is over, though the clock be set back meanwhile', () => {
  const bench = new Bench(NONE);
  const claim = { ...CLAIM, reservationId: idOf(OWNER) };
  const { reservationId, seats } = claim;
  const ask = { type: 'claim.ask', reservationId, eventId: EVENT, seats } as const;
  bench.send(claim);
  bench.now -= 3_600_000;
  bench.elapsed += ROOMY.shard.claimOpenMsMax - 1;
  bench.shard.hear(HOME, [ask]);
  expect(bench.stateOf(1)).toBe(SEAT_STATE.delegated);
  bench.elapsed += 1;
  bench.shard.hear(HOME, [ask]);
  expect(bench.stateOf(1)).toBe(SEAT_STATE.available);
});

it('a claim that its home has said it does not know is refused when it comes after all', () => {
  const bench = new Bench(NONE);
  const claim = { ...CLAIM, reservationId: idOf(OWNER) };
  const { reservationId } = claim;
  bench.shard.hear(HOME, [{ type: 'claim.ask', reservationId, eventId: EVENT, seats: [100] }]);
  expect(bench.send(claim)).toEqual({ ok: false, undecided: 'claim_lost' });
  expect(bench.stateOf(1)).toBe(SEAT_STATE.available);
  expect(bench.send(opening(reservationId, [1, 2, 100]))).toMatchObject({
    undecided: 'claim_lost',
  });
});

it('what a home opens is written with all its seats, wherever they are', () => {
  const bench = new Bench(NONE);
  const reservationId = idOf(OWNER);
  bench.send({ ...CLAIM, reservationId });
  bench.send(opening(reservationId, [1, 2, 100]));
  const [entry] = bench.staged.at(-1)?.entries ?? [];
  expect(entry?.facts).toMatchObject([{ type: 'reservation.reserved', seats: [1, 2, 100] }]);
  expect(entry?.records).toMatchObject([{ id: reservationId, seats: [1, 2, 100] }]);
});
