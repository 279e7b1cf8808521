/** How each kind of fault is done to a world. */
import type { Fault } from './plan.js';
import type { Random } from './random.js';
import type { World } from './world.js';

const HOUR_MS = 3_600_000;

type Do = (world: World, luck: Random) => boolean;

/** @returns whether it could be done: a server that is down has nothing to break. */
export function inject(world: World, fault: Fault, luck: Random): boolean {
  const done = FAULT_OF[fault](world, luck);
  if (done) world.count(`fault: ${fault}`);
  if (done) world.note(`fault: ${fault}`);
  return done;
}

const FAULT_OF: Readonly<Record<Fault, Do>> = {
  'shard dies': (world, luck) => killOne(world, luck.below(world.shardCount)),
  'shard dies in mid-turn': (world, luck) => {
    const living = world.crew?.shards.get(luck.below(world.shardCount));
    if (!world.isServing || living === undefined) return false;
    living.thread.postsLeft = luck.below(4);
    return true;
  },
  'two shards die': (world, luck) => {
    const first = luck.below(world.shardCount);
    const other = (first + 1 + luck.below(Math.max(1, world.shardCount - 1))) % world.shardCount;
    return first !== other && killOne(world, first) && killOne(world, other);
  },
  'process killed': (world) => end(world, 'killed'),
  'process dies before a commit is there': (world) => breakDisk(world, { kind: 'dies_before' }),
  'process dies when a commit is there': (world) => breakDisk(world, { kind: 'dies_after' }),
  'disk refuses a commit': (world, luck) =>
    breakDisk(world, { kind: 'refuses', write: luck.below(30) }),
  'power cut': (world) => end(world, 'power'),
  'other number of shards': (world, luck) => {
    if (!end(world, 'killed')) return false;
    world.shardCount = 1 + ((world.shardCount + luck.below(3)) % 4);
    world.gatewayCount = 1 + luck.below(2);
    return true;
  },
  'clock steps forward': (world, luck) => {
    world.machine.stepClock(luck.chance(0.3) ? HOUR_MS : 1 + luck.below(5_000));
    return true;
  },
  'clock steps back': (world, luck) => {
    world.machine.stepClock(-(luck.chance(0.3) ? HOUR_MS : 1 + luck.below(5_000)));
    return true;
  },
  'thread stalls': (world, luck) => {
    const threads = world.machine.threads.filter(({ kind }) => kind !== 'clients');
    if (threads.length === 0) return false;
    luck.pick(threads).stalledUntil =
      world.machine.time + 1 + luck.below(luck.chance(0.2) ? 15_000 : 2_000);
    return true;
  },
  'process stalls': (world, luck) => {
    world.advance(1 + luck.below(luck.chance(0.3) ? 30_000 : 4_000));
    return true;
  },
  'wire is slow': (world, luck) => {
    const ports = world.machine.threads.flatMap(({ ports: each }) => each);
    const commands = ports.filter(({ route }) => route === 'gateway to shard');
    if (ports.length === 0) return false;
    const slow = luck.pick(commands.length > 0 && luck.chance(0.6) ? commands : ports);
    slow.delayedUntil = world.machine.time + 1 + luck.below(luck.chance(0.5) ? 3_000 : 800);
    return true;
  },
};

function killOne(world: World, shard: number): boolean {
  // A shard that dies while the server starts ends the server: that is seen too.
  if (world.crew?.shards.has(shard) !== true) return false;
  world.killShard(shard);
  return true;
}

function end(world: World, how: 'killed' | 'power'): boolean {
  if (world.crew === undefined) return false;
  world.end(how);
  return true;
}

function breakDisk(world: World, fault: NonNullable<World['disk']['fault']>): boolean {
  if (world.crew === undefined) return false;
  world.disk.fault = fault;
  return true;
}
