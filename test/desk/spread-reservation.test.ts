/** Claims over several shards, with the shards' answers given by hand. */
import { expect, it } from 'vitest';
import { ShardLink } from '../../src/desk/shard-link.js';
import { type SpreadOutcome, SpreadReservations } from '../../src/desk/spread-reservation.js';
import type { Command, CommandOutcome } from '../../src/domain/commands.js';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import { accepted, rejected } from '../../src/domain/rejection.js';

/** A group over three shards, of which shard 0 is the home. */
class Bench {
  readonly sent: { shard: number; id: number; command: Command }[] = [];
  readonly link = new ShardLink({
    shardCount: 3,
    clock: { elapsed: () => 0 },
    inFlightMax: 10,
    answerMsMax: 1_000,
    batchMax: 64,
    send: (shard, requests) =>
      this.sent.push(...requests.map((request) => ({ shard, ...request }))),
    wantsTurn: () => undefined,
  });
  readonly spreads = new SpreadReservations(this.link);

  take(): Promise<SpreadOutcome> {
    const taken = this.spreads.take({
      reservationId: reservationId('rsv_1'),
      eventId: eventId('show'),
      seats: [1, 2, 3],
      parts: [0, 1, 2].map((shard) => ({ shard, seats: [shard + 1], allowance: 0 })),
      home: 0,
      claimedAt: 0,
      expiresAt: 1_000,
      limited: false,
      what: { purpose: 'hold', userId: userId('ann') },
    });
    this.link.endTurn();
    return taken;
  }

  /** The shard answers the last that it was asked; what that brings about is sent. */
  async answer(shard: number, outcome: CommandOutcome = accepted(null)): Promise<void> {
    const { id = 0 } = this.sent.findLast((each) => each.shard === shard) ?? {};
    this.link.answered([{ id, outcome, sequence: 0 }], 0);
    await new Promise((resolve) => setImmediate(resolve));
    this.link.endTurn();
  }

  /** What was sent after the claims. */
  get later(): string[] {
    return this.sent.slice(3).map(({ shard, command }) => `${command.type} ${shard}`);
  }
}

const WITHDRAWN = [0, 1, 2].map((shard) => `claims.withdraw ${shard}`);

it('what was claimed of a shard that has died meanwhile is not opened, though it is back', async () => {
  const bench = new Bench();
  const given = expect(bench.take()).rejects.toMatchObject({ code: 'shard_restarting' });
  await bench.answer(0);
  await bench.answer(1);
  // Shard 1 dies with its claim, and nothing is being opened that would have to be waited for.
  const settled = bench.spreads.shardDown(1);
  bench.link.shardDown(1);
  await settled;
  bench.link.shardUp(1);
  await bench.answer(2);
  expect(bench.later).toEqual(WITHDRAWN);
  for (const shard of [0, 1, 2]) await bench.answer(shard);
  await given;
});

it('who is refused has left no claim behind when he hears of it', async () => {
  const bench = new Bench();
  const heard: SpreadOutcome[] = [];
  const taken = bench.take().then((outcome) => heard.push(outcome));
  const refused = rejected('seat_unavailable', 'not every seat is available', [
    { seat: 2, status: 'reserved' },
  ]);
  await bench.answer(0);
  await bench.answer(1, refused);
  await bench.answer(2);
  expect(bench.later).toEqual(WITHDRAWN);
  await bench.answer(0);
  await bench.answer(1);
  expect(heard).toEqual([]);
  await bench.answer(2);
  await taken;
  expect(heard).toEqual([refused]);
});

it('a dead owner’s claim is not waited for', async () => {
  const bench = new Bench();
  const given = expect(bench.take()).rejects.toMatchObject({ code: 'shard_restarting' });
  await bench.answer(0);
  bench.link.shardDown(1);
  await bench.answer(2);
  await bench.answer(0);
  await bench.answer(2);
  await given;
});
