/**
 * What a seed means: the shape of the server and everything that will be done to it, written down before anything happens.
 * Each entry brings its own luck, so that taking one away leaves the others as they were (`shrink.ts`).
 */
import { Random } from './random.js';

export const ACTS = ['buyer', 'guest', 'house', 'admin', 'look', 'rest'] as const;

export const FAULTS = [
  'shard dies',
  'shard dies in mid-turn',
  'two shards die',
  'process killed',
  'process dies before a commit is there',
  'process dies when a commit is there',
  'disk refuses a commit',
  'power cut',
  'other number of shards',
  'clock steps forward',
  'clock steps back',
  'thread stalls',
  'process stalls',
  'wire is slow',
] as const;

export type Act = (typeof ACTS)[number];
export type Fault = (typeof FAULTS)[number];

export interface Entry {
  /** Before this step of the course. */
  readonly step: number;
  readonly what: Act | Fault;
  readonly seed: number;
}

export interface Plan {
  readonly seed: number;
  readonly shardCount: number;
  readonly gatewayCount: number;
  readonly durability: 'sync' | 'async';
  readonly isTight: boolean;
  readonly seatsPerUserMax: number | null;
  /** The longest that passes between two steps, milliseconds. */
  readonly paceMs: number;
  readonly steps: number;
  /** In the order of their steps. */
  readonly entries: readonly Entry[];
}

/** Of each, in a course of 1,000 steps, on average. */
const DENSITY: Readonly<Record<Act, number>> = {
  buyer: 70,
  guest: 14,
  house: 3,
  admin: 1.5,
  look: 25,
  rest: 0.8,
};
/** Those that come more often than others: what a shard dies in, and what is late meanwhile, is where the narrow gaps are. */
const OFTEN: readonly Fault[] = ['shard dies', 'shard dies in mid-turn', 'wire is slow'];
const FAULTS_PER_THOUSAND = 7;

export const STEPS = 2_000;

export function planOf(seed: number, steps = STEPS): Plan {
  const luck = new Random(seed * 0x9e3779b1);
  const entries: Entry[] = [];
  const add = (what: Act | Fault) =>
    entries.push({ step: luck.below(steps), what, seed: luck.below(2 ** 32) });
  for (const act of ACTS) {
    const mean = (DENSITY[act] * steps) / 1_000;
    for (let left = mean * luck.between(0.5, 1.5); luck.chance(Math.min(left, 1)); left -= 1)
      add(act);
  }
  const faults = (FAULTS_PER_THOUSAND * steps) / 1_000;
  for (let left = faults * luck.between(0.3, 2); luck.chance(Math.min(left, 1)); left -= 1)
    add(luck.pick(luck.chance(0.45) ? OFTEN : FAULTS));
  const durability = luck.chance(0.3) ? 'async' : 'sync';
  // Only then a power cut takes something back.
  if (durability === 'async')
    for (let cuts = 1 + luck.below(3); cuts > 0; cuts -= 1) add('power cut');
  return {
    seed,
    shardCount: luck.pick([1, 2, 3, 3, 4, 4]),
    gatewayCount: 1 + luck.below(2),
    durability,
    isTight: luck.chance(0.3),
    seatsPerUserMax: luck.chance(0.4) ? 5 : null,
    paceMs: luck.pick([20, 60, 60, 300]),
    steps,
    entries: entries.sort((a, b) => a.step - b.step),
  };
}
