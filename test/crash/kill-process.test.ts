/**
 * `kill -9` under full load, again and again, on the same data: what was acknowledged stands, nothing else is there, and what
 * was in flight and is sent again with its key takes effect once.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../simulation/random.js';
import type { PageBody, ReservationBody } from '../support/api-bodies.js';
import { ApiClient } from '../support/api-client.js';
import { ClientBook, type ClientRequest } from '../support/client-book.js';
import { Crowd, type Step, send, type Wish } from '../support/crowd.js';
import { judge } from '../support/judgement.js';
import { runHoldfast, startServer, type TestServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { countParameter, testSeed } from '../support/test-parameters.js';

const ROUNDS = countParameter('KILL_ROUNDS', 20);
const USERS = countParameter('KILL_USERS', 48);
const SEATS = 600;
/** Of the server, and of wishes that name none: short, so that holds run out while the server is down. */
const HOLD_MS = 400;
/** The kill comes when so many requests were acknowledged in its round. */
const ACKNOWLEDGED = { min: 60, max: 300 };
const KILL_TURNS_MAX = 40;
const STEPS: readonly Step[] = [
  'confirm',
  'confirm',
  'cancel',
  'cancel',
  'release',
  'extend',
  'leave',
];

let world: World | undefined;
afterEach(() => world?.end());

describe('a server that is killed under load', () => {
  it(`has all that was acknowledged and nothing else, ${ROUNDS} times`, {
    timeout: 60_000 + ROUNDS * 15_000,
  }, async () => {
    const random = new Random(testSeed());
    world = new World(random);
    const kills: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await world.start();
      await world.judgeAll();
      await world.resendAll();
      kills.push(await world.killUnderLoad(`round-${round}`));
      await world.verify();
    }
    await world.start();
    await world.judgeAll();
    await world.resendAll();
    await world.judgeAll(true);

    expect(world.faults).toEqual([]);
    // A kill that found nobody asking would prove nothing.
    expect(kills.filter((inFlight) => inFlight === 0)).toEqual([]);
    expect(world.replays.none).toBeGreaterThan(0);
    expect(world.replays.effect).toBeGreaterThan(0);
  });
});

/** One event a round, and the clients of each. */
class World {
  readonly faults: string[] = [];
  /** Requests sent again after a kill, by whether their effect had outlived it. */
  readonly replays = { effect: 0, none: 0 };
  readonly #random: Random;
  readonly #dataDir = temporaryDir();
  readonly #books = new Map<string, ClientBook>();
  #server: TestServer | undefined;
  #client: ApiClient | undefined;
  #starts = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get client(): ApiClient {
    if (this.#client === undefined) throw new Error('the server is not running');
    return this.#client;
  }

  async end(): Promise<void> {
    await this.#client?.close();
    await this.#server?.kill9();
  }

  /** With another number of shards each time. */
  async start(): Promise<void> {
    const shards = 1 + (this.#starts % 3);
    this.#starts += 1;
    this.#server = await startServer({
      dataDir: this.#dataDir,
      env: { HOLDFAST_SHARDS: String(shards), HOLDFAST_HOLD_SECONDS: String(HOLD_MS / 1000) },
    });
    this.#client = new ApiClient(this.#server.url, USERS);
  }

  /** Every round so far; the last one, or all, to the last record. */
  async judgeAll(isLast = false): Promise<void> {
    const { client } = this;
    const latest = [...this.#books.keys()].at(-1);
    for (const [eventId, book] of this.#books) {
      const withoutRecords = eventId !== latest && !isLast;
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
  }

  /** What was in flight at the kill and has a key. */
  async resendAll(): Promise<void> {
    for (const book of this.#books.values()) {
      await Promise.all(book.unanswered.map((request) => this.#resend(book, request)));
    }
  }

  /** @returns how many requests were in flight at the kill */
  async killUnderLoad(eventId: string): Promise<number> {
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
    return crowd.counts.lost;
  }

  /** Some turns later: anywhere between the sending of requests, their commit and their answers. */
  async #killSoon(): Promise<void> {
    const turns = this.#random.below(KILL_TURNS_MAX);
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    this.#server?.process.kill('SIGKILL');
  }

  async verify(): Promise<void> {
    const { code, stdout, stderr } = await runHoldfast(['verify'], {
      HOLDFAST_DATA_DIR: this.#dataDir,
    });
    if (code !== 0) this.faults.push(`verify: ${code} ${stdout} ${stderr}`);
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
