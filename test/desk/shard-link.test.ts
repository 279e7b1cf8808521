import { expect, it } from 'vitest';
import { ShardLink, type ShardLinkOptions } from '../../src/desk/shard-link.js';
import { reservationId } from '../../src/domain/ids.js';

const COMMAND = { type: 'claims.withdraw', reservationId: reservationId('rsv_1') } as const;

function linkWith(own: Partial<ShardLinkOptions>): ShardLink {
  return new ShardLink({
    shardCount: 2,
    clock: { elapsed: () => 0 },
    inFlightMax: 10,
    answerMsMax: 1_000,
    batchMax: 64,
    send: () => undefined,
    wantsTurn: () => undefined,
    ...own,
  });
}

it('an answer is handed on when the replica has come as far as it speaks of, and not before', async () => {
  const link = linkWith({});
  const told: string[] = [];
  const ask = async (name: string) => {
    await link.ask(0, COMMAND);
    told.push(name);
  };
  const all = Promise.all([ask('first'), ask('second'), ask('third')]);
  const outcome = { ok: true, value: null } as const;
  const answers = [4, 6, 7].map((sequence, index) => ({ id: index + 1, outcome, sequence }));
  const heard = () => new Promise((resolve) => setImmediate(resolve));

  link.answered(answers, 4);
  await heard();
  expect(told).toEqual(['first']);
  link.replicated(5);
  await heard();
  expect(told).toEqual(['first']);
  link.replicated(6);
  await heard();
  expect(told).toEqual(['first', 'second']);
  link.replicated(9);
  await all;
  expect(told).toEqual(['first', 'second', 'third']);
});

it('a command is given up after so long, and not before', async () => {
  let elapsed = 0;
  const link = linkWith({ clock: { elapsed: () => elapsed }, answerMsMax: 1_000 });
  const asked = link.ask(0, COMMAND);
  elapsed = 999;
  link.tick();
  expect(link.inFlight).toBe(1);
  elapsed = 1_000;
  link.tick();
  await expect(asked).rejects.toMatchObject({ code: 'overloaded', mayHappenYet: true });
  expect(link.inFlight).toBe(0);
});

it('so many commands go out at once, and the rest at the end of the turn', () => {
  const sent: number[] = [];
  const link = linkWith({
    batchMax: 2,
    send: (shard, requests) => sent.push(shard * 10 + requests.length),
  });
  const ask = (shard: number) => void link.ask(shard, COMMAND);
  for (const shard of [0, 1, 0, 0]) ask(shard);
  expect(sent).toEqual([2]);
  link.endTurn();
  expect(sent).toEqual([2, 1, 11]);
  link.endTurn();
  expect(sent).toHaveLength(3);
});
