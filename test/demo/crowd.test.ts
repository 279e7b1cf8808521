import { expect, it } from 'vitest';
import type { BoxOffice, Reply, SeatWish } from '../../src/demo/box-office.js';
import { Crowd } from '../../src/demo/crowd.js';
import { PLAYHOUSE_TASTES } from '../../src/demo/playhouse.js';

type Answer = (userId: string, wish: SeatWish) => Promise<Reply<never>>;

const CLOSED = { ok: false, code: 'event_closed' } as const;
const never = new Promise<never>(() => undefined);

/** A box office at which nobody gets a seat. */
function boxOfficeOf(reserve: Answer): BoxOffice {
  const refuse = async () => CLOSED;
  return {
    seatsOf: refuse,
    reserve,
    confirm: refuse,
    cancel: refuse,
    extend: refuse,
    release: refuse,
  };
}

interface Gathering {
  readonly seed?: number;
  readonly reserve: Answer;
  readonly signal?: AbortSignal;
}

function crowdOf({ seed = 1, reserve, signal = new AbortController().signal }: Gathering): Crowd {
  return new Crowd({
    boxOffice: boxOfficeOf(reserve),
    tastes: PLAYHOUSE_TASTES,
    buyersPerSecond: 50_000,
    seed,
    signal,
  });
}

/** What each of the first buyers wished for; the doors are closed when all of them have asked. */
async function wishesOf(seed: number): Promise<readonly string[]> {
  const wishes = new Map<string, string>();
  const names = Array.from({ length: 200 }, (_, index) => `buyer-${index + 1}`);
  const crowd = crowdOf({
    seed,
    reserve: async (userId, wish) => {
      wishes.set(userId, JSON.stringify(wish));
      if (names.every((name) => wishes.has(name))) crowd.closeDoors();
      return CLOSED;
    },
  });
  await crowd.run();
  return names.map((name) => wishes.get(name) ?? '');
}

it('is made of the same buyers for the same seed', async () => {
  const wishes = await wishesOf(1);
  expect(new Set(wishes).size).toBeGreaterThan(10);
  expect(await wishesOf(1)).toEqual(wishes);
  expect(await wishesOf(2)).not.toEqual(wishes);
});

it('counts what became of everyone, and is over when the last has left', async () => {
  const crowd = crowdOf({
    reserve: async () => {
      if (crowd.tally.arrived > 100) crowd.closeDoors();
      return CLOSED;
    },
  });
  await crowd.run();
  const { arrived, turnedAway, visits } = crowd.tally;
  expect([...visits]).toEqual([['found_nothing', arrived - turnedAway]]);
});

it('lets no more than a thousand in at a time, and all go home at once', async () => {
  const home = new AbortController();
  const crowd = crowdOf({ reserve: () => never, signal: home.signal });
  const ran = crowd.run();
  await expect.poll(() => crowd.tally.turnedAway).toBeGreaterThan(100);
  const { arrived, turnedAway } = crowd.tally;
  expect(arrived - turnedAway).toBe(1_000);
  home.abort();
  await expect(ran).rejects.toThrow('aborted');
  expect(crowd.tally.visits.size).toBe(0);
});

it('does not hide the bug of a buyer', async () => {
  const crowd = crowdOf({ reserve: () => Promise.reject(new Error('a bug')) });
  await expect(crowd.run()).rejects.toThrow('a bug');
  crowd.closeDoors();
});
