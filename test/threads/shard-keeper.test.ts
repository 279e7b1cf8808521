import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { openLog } from '../../src/lib/log.js';
import type { ServerFault } from '../../src/lib/server-fault.js';
import { connectAll } from '../../src/threads/mesh.js';
import { ShardKeeper } from '../../src/threads/shard-keeper.js';
import { StageCrew } from './stage-crew.js';

const crews: StageCrew[] = [];
afterEach(() => {
  for (const crew of crews.splice(0)) crew.close();
});

function unstarted(gateways = 1) {
  const crew = new StageCrew(gateways);
  crews.push(crew);
  const failures: ServerFault[] = [];
  const keeper = new ShardKeeper({
    crew,
    config: readConfig({ HOLDFAST_SHARDS: '2' }),
    clock: { elapsed: () => 0 },
    log: openLog('test', 'silent'),
    fail: (fault) => failures.push(fault),
  });
  return { crew, keeper, failures };
}

/** Two shards that serve; what was asked so far is forgotten. */
async function scene({ gateways = 1 } = {}) {
  const all = unstarted(gateways);
  for (const shard of [0, 1]) all.keeper.start(shard);
  await connectAll(all.crew);
  all.keeper.revive();
  all.crew.asked.length = 0;
  return all;
}

/** Messages are delivered, and what they set off; several times over. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function orderOf(crew: StageCrew, ...asked: string[]): number[] {
  return asked.map((each) => crew.asked.indexOf(each));
}

function ascending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => number > (numbers[index - 1] ?? -1));
}

describe('a shard that dies', () => {
  it('is started again: drained first, then settled, then rebuilt, then announced', async () => {
    const { crew, failures } = await scene();
    crew.kill(0);
    await settle();
    const order = orderOf(
      crew,
      'store: detachShard 0',
      'gateway-0: shardDown 0',
      'start shard-0',
      'shard-1: attachPeer 0',
      'store: attachShard 0',
    );
    expect(ascending(order)).toBe(true);
    const announced = orderOf(
      crew,
      'shard-0: attachStore',
      'shard-1: peerRestarted 0',
      'gateway-0: shardUp 0',
    );
    expect(ascending(announced)).toBe(true);
    expect(failures).toEqual([]);
  });

  it('is drained before any desk settles: what it staged is on disk when they look', async () => {
    const { crew } = await scene();
    crew.detaching.isShut = true;
    crew.kill(0);
    await settle();
    expect(crew.asked).toEqual(['store: detachShard 0']);
    crew.detaching.open();
    await settle();
    expect(crew.asked).toContain('gateway-0: shardDown 0');
  });

  it('does not live again before every desk has settled', async () => {
    const { crew } = await scene({ gateways: 2 });
    crew.settling.isShut = true;
    crew.kill(1);
    await settle();
    expect(crew.asked).toContain('gateway-0: shardDown 1');
    expect(crew.asked).toContain('gateway-1: shardDown 1');
    expect(crew.asked).not.toContain('start shard-1');
    crew.settling.open();
    await settle();
    expect(crew.asked).toContain('start shard-1');
  });

  it('is not given its snapshot before its peers have taken their new ports', async () => {
    const { crew } = await scene();
    crew.meeting.isShut = true;
    crew.kill(0);
    await settle();
    expect(crew.asked).toContain('shard-1: attachPeer 0');
    expect(crew.asked).not.toContain('store: attachShard 0');
    crew.meeting.open();
    await settle();
    expect(crew.asked).toContain('store: attachShard 0');
  });

  it('is announced to nobody before it has recovered', async () => {
    const { crew } = await scene();
    crew.recovering.isShut = true;
    crew.kill(0);
    await settle();
    expect(crew.asked).toContain('shard-0: attachStore');
    expect(crew.asked).not.toContain('gateway-0: shardUp 0');
    crew.recovering.open();
    await settle();
    expect(crew.asked).toContain('gateway-0: shardUp 0');
  });

  it('may die while it recovers, and while another is dead', async () => {
    const { crew, keeper, failures } = await scene();
    crew.recovering.isShut = true;
    crew.kill(0);
    crew.kill(1);
    await settle();
    crew.kill(0);
    crew.recovering.isShut = false;
    await settle();
    crew.recovering.open();
    await settle();
    expect(crew.asked.filter((each) => each === 'start shard-0')).toHaveLength(2);
    expect(crew.asked).toContain('gateway-0: shardUp 0');
    expect(crew.asked).toContain('gateway-0: shardUp 1');
    expect(keeper.restarts).toBe(3);
    expect(failures).toEqual([]);
  });

  it('may die while it waits for its peers: its next life is given one snapshot', async () => {
    const { crew, failures } = await scene();
    crew.meeting.isShut = true;
    crew.kill(0);
    await settle();
    crew.kill(0);
    await settle();
    crew.meeting.open();
    await settle();
    expect(crew.asked.filter((each) => each === 'start shard-0')).toHaveLength(2);
    expect(crew.asked.filter((each) => each === 'shard-0: attachStore')).toHaveLength(1);
    expect(failures).toEqual([]);
  });

  it('ends the server when it dies too often', async () => {
    const { crew, failures } = await scene();
    for (let death = 0; death < 6; death += 1) {
      expect(failures).toEqual([]);
      crew.kill(0);
      await settle();
    }
    expect(failures.map(({ message }) => message)).toEqual([
      'shard-0 keeps dying: too often within 3 s',
    ]);
  });

  it('ends the server when it cannot recover at the start', async () => {
    const { crew, failures, keeper } = unstarted();
    crew.recovering.isShut = true;
    keeper.start(0);
    const connected = connectAll(crew);
    await settle();
    crew.kill(0);
    await expect(connected).rejects.toThrow('shard-0 has ended');
    await settle();
    expect(failures.map(({ cause }) => cause)).toEqual([new Error('killed')]);
  });

  it('is left alone when the server ends', async () => {
    const { crew, keeper } = await scene();
    keeper.leaveAlone();
    crew.kill(0);
    await settle();
    expect(crew.asked).toEqual([]);
  });
});
