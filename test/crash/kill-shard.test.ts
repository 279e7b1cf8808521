/**
 * A shard's thread killed under load, again and again: the process lives, the other shards go on answering, and nothing that
 * was acknowledged is lost.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { eventId as toEventId } from '../../src/domain/ids.js';
import { seatHomeKey, shardOf } from '../../src/domain/ownership.js';
import { Random } from '../simulation/random.js';
import { ApiClient, type Reply } from '../support/api-client.js';
import { brokenBuild } from '../support/broken-build.js';
import { ClientBook, type ClientRequest } from '../support/client-book.js';
import { Crowd, type Step, type Wish } from '../support/crowd.js';
import { figureLine } from '../support/figure-line.js';
import { judge } from '../support/judgement.js';
import { KillableServer } from '../support/killable-server.js';
import { planOf } from '../support/plans.js';
import { runHoldfast } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { HOLDS_FORGOTTEN } from './support/breakages.js';

const KILLS = countParameter('SHARD_KILLS', 20);
/** So many kills may find the shard alive again before another has answered; they are done over. */
const UNSEEN_MAX = KILLS;
const SHARDS = 3;
const USERS_PER_SHARD = 8;
const SPREAD_USERS = 8;
/** Seven blocks of 64 for each shard, and more where a longer run leaves more bookings behind that nobody knows of. */
const SEATS = 64 * SHARDS * (5 + Math.ceil(KILLS / 10));
const EVENT = 'gala';
const HOLD_MS = 400;
/** How often, and how long apart (milliseconds), the control looks whether it was caught. */
const LOOKS_MAX = 400;
const LOOK_MS = 50;
const STEPS: readonly Step[] = ['confirm', 'refund', 'cancel', 'release', 'extend', 'leave'];

let server: KillableServer | undefined;
let client: ApiClient | undefined;
afterEach(async () => {
  await client?.close();
  await server?.kill9();
});

describe('a shard that is killed under load', () => {
  it.each([{ gateways: '1' }, { gateways: '2' }])(
    `is back each time, others answer meanwhile, and nothing is lost: ${KILLS} times, $gateways gateways`,
    {
      timeout: 30_000 + KILLS * 5_000,
    },
    async ({ gateways }) => {
      const random = new Random(testSeed());
      const dataDir = temporaryDir();
      server = await KillableServer.start({
        HOLDFAST_DATA_DIR: dataDir,
        HOLDFAST_SHARDS: String(SHARDS),
        HOLDFAST_GATEWAYS: gateways,
        HOLDFAST_HOLD_SECONDS: String(HOLD_MS / 1000),
      });
      client = new ApiClient(server.url, SHARDS * USERS_PER_SHARD + SPREAD_USERS);
      const made = await client.post('/v1/events', { id: EVENT, name: 'Gala', totalSeats: SEATS });
      expect(made.status).toBe(201);
      await client.untilEverywhere(`/v1/events/${EVENT}`);

      const town = new Town(client, random);
      const selling = town.sell();
      const died = server.ended.then(({ code, signal }) => {
        throw new Error(`the process has died: ${code ?? signal}`);
      });
      const killed = await Promise.race([killShards(server, town, random), died]);
      town.stop();
      await selling;

      expect(server.isAlive).toBe(true);
      expect(killed).toBe(KILLS);
      expect(town.surprises).toEqual([]);
      expect(town.postponed).toBeGreaterThan(0);
      const { faults } = await judge({
        client,
        eventId: EVENT,
        book: town.book,
        totalSeats: SEATS,
      });
      expect(faults).toEqual([]);
      died.catch(() => undefined); // in order, from here on
      expect(await server.stop()).toEqual({ code: 0, signal: null });
      const verified = await runHoldfast(['verify'], { HOLDFAST_DATA_DIR: dataDir });
      expect(verified).toMatchObject({ code: 0 });
      figureLine('shards', {
        deaths: town.deaths,
        'seen by others': killed,
        gateways,
        acknowledged: town.acknowledged,
        'put off': town.postponed,
        lost: 0,
      });
    },
  );

  it('control: a shard that comes back without its holds is caught', {
    timeout: 60_000,
  }, async () => {
    const random = new Random(testSeed());
    const env = { HOLDFAST_DATA_DIR: temporaryDir(), HOLDFAST_SHARDS: String(SHARDS) };
    server = await KillableServer.start(env, brokenBuild(HOLDS_FORGOTTEN));
    client = new ApiClient(server.url, SHARDS * USERS_PER_SHARD + SPREAD_USERS);
    await client.post('/v1/events', { id: EVENT, name: 'Gala', totalSeats: SEATS });
    const town = new Town(client, random);
    const selling = town.sell();
    await town.deedsBy([0], town.now(), 20);
    await server.killShard(0);
    for (let look = 0; look < LOOKS_MAX && server.isAlive && town.surprises.length === 0; look += 1)
      await pause(LOOK_MS);
    // The store's guard of I2 ends the process rather than sell a seat twice; or users were told odd things.
    const died = server.isAlive ? [] : ['the process has died'];
    const caught = [...died, ...town.surprises];
    town.stop();
    await server.kill9();
    await selling;
    expect(caught.length).toBeGreaterThan(0);
    figureLine('shards', { control: 'holds forgotten', caught: caught[0]?.slice(0, 80) ?? '' });
  });
});

/** @returns how often another shard was seen to do what was asked of it after the death, before the shard was back */
async function killShards(holdfast: KillableServer, town: Town, random: Random): Promise<number> {
  let seen = 0;
  for (let kill = 0; seen < KILLS && kill < KILLS + UNSEEN_MAX; kill += 1) {
    const shard = kill % SHARDS;
    // Now and then two die at once.
    const dying = kill % 5 === 4 ? [shard, (shard + 1) % SHARDS] : [shard];
    await town.deedsBy(dying, town.now(), 1 + random.below(40));
    town.fall(dying);
    await Promise.all(dying.map((each) => holdfast.killShard(each)));
    const dead = town.now();
    await town.deedsBy(dying, dead, 1);
    town.rise();
    if (town.deedsByOthers(dying, dead) > 0) seen += 1;
  }
  return seen;
}

interface Outage {
  readonly shards: readonly number[];
  to: number;
}

/** The crowds of a test: one for each shard's own seats, and one whose groups are spread over several. Time is a count of events. */
class Town {
  readonly book = new ClientBook();
  postponed = 0;
  deaths = 0;
  readonly #crowds: readonly Crowd[];
  readonly #faults: string[] = [];
  readonly #askedAt = new Map<ClientRequest, number>();
  /** What one shard alone has done: a refusal or a replay may come from the desk. */
  readonly #deeds: { readonly shard: number; readonly askedAt: number }[] = [];
  readonly #outages: Outage[] = [];
  #now = 0;
  #heard: () => void = () => undefined;

  constructor(api: ApiClient, random: Random) {
    const seats = seatsByShard();
    const shared = { client: api, eventId: EVENT, holdMs: HOLD_MS, random, book: this.book };
    const crowd = (shard: number | undefined, wish: () => Wish): Crowd =>
      new Crowd({
        ...shared,
        wish,
        steps: STEPS,
        keyed: 0.5,
        name: `shard-${shard}-`,
        laterCodes: ['shard_restarting'],
        onAsk: (request) => this.#asked(request),
        onAnswer: (request, reply) => this.#answered(shard, request, reply),
      });
    this.#crowds = [
      ...seats.map(({ own }, shard) =>
        crowd(shard, () => ({ seatIds: random.sample(own, 1 + random.below(3)) })),
      ),
      crowd(undefined, () => ({
        seatIds: random.sample(seats, 2).flatMap(({ spread }) => random.sample(spread, 1)),
      })),
    ];
  }

  get surprises(): string[] {
    return [...this.#faults, ...this.#crowds.flatMap(({ surprises }) => surprises)];
  }

  get acknowledged(): number {
    return this.#crowds.reduce((sum, crowd) => sum + crowd.acknowledged, 0);
  }

  async sell(): Promise<void> {
    await Promise.all(
      this.#crowds.map((crowd, shard) =>
        crowd.run(shard < SHARDS ? USERS_PER_SHARD : SPREAD_USERS),
      ),
    );
  }

  stop(): void {
    for (const crowd of this.#crowds) crowd.stop();
  }

  now(): number {
    this.#now += 1;
    return this.#now;
  }

  /** The shards are about to be killed. */
  fall(shards: readonly number[]): void {
    this.deaths += shards.length;
    this.#outages.push({ shards, to: Number.POSITIVE_INFINITY });
  }

  rise(): void {
    const outage = this.#outages.at(-1);
    if (outage !== undefined) outage.to = this.now();
  }

  /** Resolves when each of the shards has done so much that was asked for after `since`. */
  async deedsBy(shards: readonly number[], since: number, count: number): Promise<void> {
    const isDone = (shard: number) => this.#count([shard], since) >= count;
    while (!shards.every(isDone)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  deedsByOthers(shards: readonly number[], since: number): number {
    const others = this.#crowds.map((_, shard) => shard).filter((each) => !shards.includes(each));
    return this.#count(others, since);
  }

  #count(shards: readonly number[], since: number): number {
    return this.#deeds.filter(({ shard, askedAt }) => askedAt > since && shards.includes(shard))
      .length;
  }

  #asked(request: ClientRequest): void {
    this.#askedAt.set(request, this.now());
  }

  #answered(
    shard: number | undefined,
    request: ClientRequest,
    reply: Reply<unknown> | undefined,
  ): void {
    const askedAt = this.#askedAt.get(request) ?? 0;
    this.#askedAt.delete(request);
    if (reply === undefined) this.#faults.push(`the connection of ${request.path} was lost`);
    else if (reply.status === 503) this.#postponed(shard, askedAt, request);
    else if (shard !== undefined && isDeed(reply)) this.#deeds.push({ shard, askedAt });
    this.#heard();
  }

  /** Only whoever needs a shard that is dead may be told to come back. */
  #postponed(shard: number | undefined, askedAt: number, request: ClientRequest): void {
    this.postponed += 1;
    const isExcused = this.#outages.some(
      ({ shards, to }) => to > askedAt && (shard === undefined || shards.includes(shard)),
    );
    if (!isExcused) this.#faults.push(`${JSON.stringify(request)} was put off by a living shard`);
  }
}

/** Something was changed for it, and not before. */
function isDeed({ status, headers }: Reply<unknown>): boolean {
  return status < 300 && headers['idempotent-replayed'] === undefined;
}

/** Labels of each shard's seats: some for groups of its own, some for groups that are spread. */
function seatsByShard(): { own: string[]; spread: string[] }[] {
  const plan = planOf({ totalSeats: SEATS });
  const shards = Array.from({ length: SHARDS }, () => ({
    own: [] as string[],
    spread: [] as string[],
  }));
  for (let seat = 1; seat <= SEATS; seat += 1) {
    const shard = shards[shardOf(seatHomeKey(toEventId(EVENT), plan, seat), SHARDS)];
    shard?.[seat % 4 === 0 ? 'spread' : 'own'].push(plan.labelOf(seat));
  }
  return shards;
}
