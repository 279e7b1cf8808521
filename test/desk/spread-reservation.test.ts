/** Claims over several shards, with the shards' answers given by hand. */
import { expect, it } from 'vitest';
import { ShardLink } from '../../src/desk/shard-link.js';
import { SpreadReservations } from '../../src/desk/spread-reservation.js';
import type { Command } from '../../src/domain/commands.js';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';

it('what was claimed of a shard that has died meanwhile is not opened, though it is back', async () => {
  const sent: { shard: number; id: number; command: Command }[] = [];
  const link = new ShardLink({
    shardCount: 3,
    clock: { elapsed: () => 0 },
    inFlightMax: 10,
    answerMsMax: 1_000,
    batchMax: 64,
    send: (shard, requests) => sent.push(...requests.map((request) => ({ shard, ...request }))),
    wantsTurn: () => undefined,
  });
  const spreads = new SpreadReservations(link);
  const taken = spreads.take({
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
  const given = expect(taken).rejects.toMatchObject({ code: 'shard_restarting' });
  const grant = (shard: number) => {
    const { id = 0 } = sent.find((each) => each.shard === shard) ?? {};
    link.answered([{ id, outcome: { ok: true, value: null }, sequence: 0 }], 0);
  };
  link.endTurn();
  grant(0);
  grant(1);
  // Shard 1 dies with its claim, and nothing is being opened that would have to be waited for.
  const settled = spreads.shardDown(1);
  link.shardDown(1);
  await settled;
  link.shardUp(1);
  grant(2);
  await new Promise((resolve) => setImmediate(resolve));
  link.endTurn();
  const later = sent.slice(3).map(({ shard, command }) => `${command.type} ${shard}`);
  expect(later).toEqual(['claims.withdraw 0', 'claims.withdraw 1', 'claims.withdraw 2']);
  await given;
});
