/**
 * `kill -9` under full load, again and again, on the same data: what was acknowledged stands, nothing else is there, and what
 * was in flight and is sent again with its key takes effect once.
 */
import type { ChildProcess } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/store/verify.js';
import { Random } from '../simulation/random.js';
import type { PageBody, ReservationBody } from '../support/api-bodies.js';
import { ApiClient } from '../support/api-client.js';
import { brokenBuild } from '../support/broken-build.js';
import { ClientBook, type ClientRequest } from '../support/client-book.js';
import { Crowd, type Step, send, type Wish } from '../support/crowd.js';
import { figureLine } from '../support/figure-line.js';
import { judge } from '../support/judgement.js';
import { type ServerOptions, startServer, type TestServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { ANSWERS_TOO_EARLY } from './support/breakages.js';

const ROUNDS = countParameter('KILL_ROUNDS', 100);
const USERS = countParameter('KILL_USERS', 48);
const SEATS = 600;
/** Of the server, and of wishes that name none: short, so that holds run out while the server is down. */
const HOLD_MS = 400;
/** The kill comes when so many requests were acknowledged in its round. */
const ACKNOWLEDGED = { min: 60, max: 300 };
const KILL_TURNS_MAX = 40;
/** A kill that comes within 20 ms of an answer shows the fault of the control. */
const CONTROL_ROUNDS_MAX = 10;
const STEPS: readonly Step[] = [
  'confirm',
  'confirm',
  'cancel',
  'cancel',
  'release',
  'extend',
  'leave',
];

/** Of the starts, how many are killed before they are ready, and how long after they began, milliseconds. */
const KILLED_AT_START = { share: 0.2, msMax: 600 };
/** After which kills every row is read: later not after each, as the data grow with every round. */
const VERIFIED = { first: 100, every: 20 };
/** Events of rounds before the last that are looked at again after every kill; in the end all are. */
const EARLIER_JUDGED = 3;

let world: World | undefined;
afterEach(() => world?.end());

describe('a server that is killed under load', () => {
  it(`has all that was acknowledged and nothing else, ${ROUNDS} times`, {
    timeout: 60_000 + ROUNDS * 15_000,
  }, async () => {
    world = new World(new Random(testSeed()), 'dist');
    await world.run(ROUNDS);

    expect(world.faults).toEqual([]);
    // A kill that found nobody asking would prove nothing.
    expect(world.kills.filter((inFlight) => inFlight === 0)).toEqual([]);
    expect(world.replays.none).toBeGreaterThan(0);
    expect(world.replays.effect).toBeGreaterThan(0);
    const { kills, killedStarts, acknowledged, replays } = world;
    figureLine('crash', {
      [`${kills.length} kills -9`]: `${killedStarts} more while starting`,
      acknowledged,
      lost: 0,
      'in flight': kills.reduce((sum, count) => sum + count, 0),
      'sent again': `${replays.effect} done before the kill, ${replays.none} not`,
    });
  });

  it('control: one that answers before its commit is caught', { timeout: 120_000 }, async () => {
    world = new World(new Random(testSeed()), brokenBuild(ANSWERS_TOO_EARLY));
    const lost = () => world?.faults.filter((fault) => fault.endsWith(': is lost')) ?? [];
    let soldTwice = false;
    for (
      let round = 0;
      round < CONTROL_ROUNDS_MAX && lost().length === 0 && !soldTwice;
      round += 1
    ) {
      await world.round();
      // It may have forgotten a sale, made it again, and find both on disk.
      soldTwice = await world.start().then(() => false, isSoldTwice);
      if (!soldTwice) await world.judgeRecent();
      await world.end();
    }
    expect(lost().length > 0 || soldTwice).toBe(true);
    figureLine('crash', {
      control: 'answers before the commit',
      lost: lost().length,
      'sold twice': Number(soldTwice),
    });
  });
});

/** Whether a start failed because the store has two owners of a seat. @throws whatever else it failed of */
function isSoldTwice(cause: unknown): boolean {
  if (cause instanceof Error && /I2: seat \S+ of \S+ is taken twice/.test(cause.message))
    return true;
  throw cause;
}

/** One event a round, and the clients of each. */
class World {
  readonly faults: string[] = [];
  /** Requests that each kill left without an answer. */
  readonly kills: number[] = [];
  killedStarts = 0;
  acknowledged = 0;
  /** Requests sent again after a kill, by whether their effect had outlived it. */
  readonly replays = { effect: 0, none: 0 };
  readonly #random: Random;
  readonly #build: string;
  readonly #dataDir = temporaryDir();
  readonly #books = new Map<string, ClientBook>();
  #server: TestServer | undefined;
  #client: ApiClient | undefined;
  #starts = 0;

  constructor(random: Random, build: string) {
    this.#random = random;
    this.#build = build;
  }

  get client(): ApiClient {
    if (this.#client === undefined) throw new Error('the server is not running');
    return this.#client;
  }

  async end(): Promise<void> {
    await this.#client?.close();
    await this.#server?.kill9();
  }

  async run(rounds: number): Promise<void> {
    for (let round = 0; round < rounds && this.faults.length === 0; round += 1) {
      await this.round();
      if (round < VERIFIED.first || round % VERIFIED.every === 0) await this.#verify();
    }
    await this.start();
    await this.judgeAll();
    await this.#resendAll();
    await this.judgeAll();
    await this.end();
    await this.#verify();
  }

  /** A start, a look at what is there, load, and a kill. */
  async round(): Promise<void> {
    if (this.#random.chance(KILLED_AT_START.share)) await this.#killAtStart();
    await this.start();
    await this.judgeRecent();
    await this.#resendAll();
    this.kills.push(await this.#killUnderLoad(`round-${this.kills.length + 1}`));
  }

  /** With another number of shards each time. */
  async start(): Promise<void> {
    this.#server = await startServer(this.#options());
    this.#client = new ApiClient(this.#server.url, USERS);
  }

  /** Every event, to the last record. */
  async judgeAll(): Promise<void> {
    for (const eventId of this.#books.keys()) await this.#judge(eventId, false);
  }

  /** The last round's event to the last record, and the log and the seats of some before it. */
  async judgeRecent(): Promise<void> {
    const events = [...this.#books.keys()];
    const latest = events.pop();
    if (latest !== undefined) await this.#judge(latest, false);
    for (const eventId of this.#random.sample(events, EARLIER_JUDGED)) {
      await this.#judge(eventId, true);
    }
  }

  async #judge(eventId: string, withoutRecords: boolean): Promise<void> {
    const { client } = this;
    const book = this.#books.get(eventId) ?? new ClientBook();
    const { faults, found } = await judge({
      client,
      eventId,
      book,
      totalSeats: SEATS,
      withoutRecords,
    });
    this.faults.push(...faults);
    book.adopt(found);
  }

  #options(): ServerOptions {
    const shards = 1 + (this.#starts % 3);
    this.#starts += 1;
    return {
      build: this.#build,
      dataDir: this.#dataDir,
      env: { HOLDFAST_SHARDS: String(shards), HOLDFAST_HOLD_SECONDS: String(HOLD_MS / 1000) },
    };
  }

  /** While it recovers, or just after. */
  async #killAtStart(): Promise<void> {
    const ms = this.#random.below(KILLED_AT_START.msMax);
    const kill = (child: ChildProcess): void => {
      setTimeout(() => child.kill('SIGKILL'), ms);
    };
    const started = startServer({ ...this.#options(), onSpawn: kill });
    await started.then(({ ended }) => ended).catch(() => undefined);
    this.killedStarts += 1;
  }

  /** What was in flight at the kill and has a key. */
  async #resendAll(): Promise<void> {
    for (const book of this.#books.values()) {
      await Promise.all(book.unanswered.map((request) => this.#resend(book, request)));
    }
  }

  /** @returns how many requests were in flight at the kill */
  async #killUnderLoad(eventId: string): Promise<number> {
    const { client } = this;
    const made = await client.post('/v1/events', { id: eventId, name: 'Gala', totalSeats: SEATS });
    expect(made.status).toBe(201);
    const book = new ClientBook();
    this.#books.set(eventId, book);
    const { min, max } = ACKNOWLEDGED;
    const deadline = min + this.#random.below(max - min);
    const crowd: Crowd = new Crowd({
      client,
      eventId,
      holdMs: HOLD_MS,
      random: this.#random,
      book,
      wish: groupOf,
      steps: STEPS,
      keyed: 0.5,
      forgotten: 0.1,
      name: `${eventId}-`,
      onAnswer: () => {
        if (crowd.acknowledged === deadline) void this.#killSoon();
      },
    });
    await crowd.run(USERS);
    await this.#server?.ended;
    await client.close();
    this.faults.push(...crowd.surprises);
    this.acknowledged += crowd.acknowledged;
    return crowd.counts.lost;
  }

  /** Some turns later: anywhere between the sending of requests, their commit and their answers. */
  async #killSoon(): Promise<void> {
    const turns = this.#random.below(KILL_TURNS_MAX);
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    this.#server?.process.kill('SIGKILL');
  }

  /** As `holdfast verify` does, without a process of its own. */
  async #verify(): Promise<void> {
    const { breaches } = await verify(this.#dataDir);
    this.faults.push(...breaches.map((breach) => `verify: ${breach}`));
  }

  /** Twice: the first takes effect unless it did before the kill, the second is the first's answer again. */
  async #resend(book: ClientBook, request: ClientRequest): Promise<void> {
    const [before] = await this.#effects(request);
    const first = await send(this.client, request);
    const second = await send(this.client, request);
    const [after, another] = await this.#effects(request);
    book.settled(request);
    if (after !== undefined) book.acknowledged(after);
    const wasDone = before !== undefined && isDone(request, before);
    if (wasDone) this.replays.effect += 1;
    else this.replays.none += 1;
    const isYes = first !== undefined && first.status < 300;
    const broken = {
      'no answer': first === undefined || second === undefined,
      'another answer': JSON.stringify(second?.body) !== JSON.stringify(first?.body),
      'no replay': second?.headers['idempotent-replayed'] !== 'true',
      'refused after its effect': wasDone && !isYes,
      'not the effect': isYes && after?.id !== first.body.id,
      'done twice': another !== undefined,
    };
    for (const [fault, isSo] of Object.entries(broken)) {
      if (isSo) this.faults.push(`${JSON.stringify({ request, before, first, after })}: ${fault}`);
    }
  }

  /** The reservations of the request's user: no other request is theirs. */
  async #effects({ body: { userId } }: ClientRequest): Promise<readonly ReservationBody[]> {
    const path = `/v1/users/${userId}/reservations`;
    const { body } = await this.client.get<PageBody<ReservationBody>>(path);
    return body.data;
  }
}

/** Whether the reservation shows that the request has taken effect. */
function isDone({ kind }: ClientRequest, { status }: ReservationBody): boolean {
  if (kind === 'reserve') return true;
  return (
    (kind === 'confirm' && status === 'confirmed') || (kind === 'cancel' && status === 'cancelled')
  );
}

/** 1..4 seats, next to each other or anywhere; most are held for long. */
function groupOf(random: Random): Wish {
  const size = 1 + random.below(4);
  const first = random.below(SEATS - size);
  const places = random.chance(0.5)
    ? Array.from({ length: size }, (_, index) => first + index)
    : [...new Set(Array.from({ length: size }, () => random.below(SEATS)))];
  const seatIds = places.map((place) => String(place + 1));
  return random.chance(0.3) ? { seatIds } : { seatIds, holdSeconds: 120 };
}
