/** Users of the real server, who ask, read and lose their answers when it is killed; and what they saw. */

import { Random } from '../simulation/random.js';
import type { PageBody, ReservationBody, SeatBody, SeatListBody } from '../support/api-bodies.js';
import { ApiClient } from '../support/api-client.js';
import { ClientBook, type ClientRequest } from '../support/client-book.js';
import { Crowd, type Step, send, type Wish } from '../support/crowd.js';
import { startServer, type TestServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import type { Operation } from './history.js';
import { Recorder, type Session } from './recorder.js';

export interface RecordOptions {
  readonly seed: number;
  readonly shards: number;
  readonly gateways: number;
  readonly users: number;
  /** Lives of the server; all but the last end with `kill -9`. */
  readonly lives: number;
  /** A life ends when so many operations were noted in it. */
  readonly operationsALife: number;
  /** Where users go instead of the server itself, for the controls. @returns its URL and how to end it */
  readonly between?: (url: string) => Promise<{ readonly url: string; close(): Promise<void> }>;
}

export interface Recording {
  readonly history: readonly Operation[];
  /** Requests that were under way at a death. */
  readonly lostCount: number;
  /** Answers that the contract does not allow. */
  readonly surprises: readonly string[];
}

const EVENT = 'hall';
const ROWS = 16;
const SEATS_PER_ROW = 10;
/** Of every row, so that groups are over all shards, and seats are fought for. */
const WANTED_PER_ROW = 3;
const GROUP_MAX = 4;
const HOLD_MS = 250;
const STEPS: readonly Step[] = [
  ...(['confirm', 'refund', 'cancel', 'cancel'] as const),
  ...(['release', 'extend', 'extend', 'leave'] as const),
];

/** On a machine that stands still for seconds a claim may grow too old to be opened. */
const LATER_CODES = ['overloaded', 'shard_restarting'];

/** @throws Error where the server does what makes no sense at all, such as to answer with a code that does not belong there */
export async function record(options: RecordOptions): Promise<Recording> {
  const recording = new RecordingSession(options);
  try {
    return await recording.run();
  } finally {
    await recording.end();
  }
}

class RecordingSession {
  readonly #options: RecordOptions;
  readonly #random: Random;
  readonly #recorder: Recorder;
  readonly #dataDir = temporaryDir();
  readonly #surprises: string[] = [];
  readonly #clients: ApiClient[] = [];
  #server: TestServer | undefined;
  #between: { close(): Promise<void> } | undefined;
  #url = '';
  #lostCount = 0;

  constructor(options: RecordOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    const isReplicated = options.gateways > 1;
    this.#recorder = new Recorder({ holdMs: HOLD_MS, placeOf, isReplicated });
  }

  async run(): Promise<Recording> {
    const { lives } = this.#options;
    for (let life = 1; life <= lives; life += 1) {
      await this.#start(life);
      await Promise.all([this.#settle(), this.#live(life, life < lives)]);
      if (life === lives) break;
      await this.#die();
      this.#lostCount += this.#recorder.lost.length;
    }
    await this.#readAll();
    await this.#die();
    // Told to come back later, and never told what had come of it.
    for (const request of this.#recorder.lost) this.#recorder.forgotten(request);
    const { history } = this.#recorder;
    return { history, lostCount: this.#lostCount, surprises: this.#surprises };
  }

  async end(): Promise<void> {
    await this.#leave();
    await this.#server?.kill9();
  }

  async #start(life: number): Promise<void> {
    const { shards, gateways, between } = this.#options;
    this.#server = await startServer({
      dataDir: this.#dataDir,
      env: {
        HOLDFAST_SHARDS: String(shards),
        HOLDFAST_GATEWAYS: String(gateways),
        HOLDFAST_HOLD_SECONDS: String(HOLD_MS / 1000),
      },
    });
    const { url } = this.#server;
    if (life === 1) await openHall(url);
    const proxy = await between?.(url);
    this.#between = proxy;
    this.#url = proxy?.url ?? url;
  }

  #client(): ApiClient {
    const client = new ApiClient(this.#url, 1);
    this.#clients.push(client);
    return client;
  }

  /** Everybody is under way until enough is noted, and then the server dies or people go home. */
  async #live(life: number, isKilled: boolean): Promise<void> {
    const { users, operationsALife } = this.#options;
    const target = this.#recorder.history.length + operationsALife;
    const crowds: Crowd[] = [];
    let isOver = false;
    const noted = (): void => {
      if (isOver || this.#recorder.history.length < target) return;
      isOver = true;
      for (const crowd of isKilled ? [] : crowds) crowd.stop();
      if (isKilled) this.#server?.process.kill('SIGKILL');
    };
    const visits = Array.from({ length: users }, async (_, index) => {
      const user = this.#user(`${life}-${index}-`, noted);
      crowds.push(user.crowd);
      await user.visit(() => isOver);
      this.#surprises.push(...user.crowd.surprises);
    });
    await Promise.all(visits);
  }

  /** One connection, with somebody who wants seats and somebody who looks. */
  #user(name: string, noted: () => void) {
    const client = this.#client();
    const recorder = this.#recorder;
    const random = this.#random;
    const session = recorder.session();
    let reservationId: string | undefined;
    const crowd = new Crowd({
      client,
      eventId: EVENT,
      holdMs: HOLD_MS,
      random,
      book: new ClientBook(),
      wish,
      steps: STEPS,
      keyed: 0.3,
      name,
      laterCodes: LATER_CODES,
      onAsk: (request) => recorder.asked(session, request),
      onAnswer: (request, reply) => {
        recorder.answered(request, reply);
        if (reply?.status === 201) reservationId = (reply.body as ReservationBody).id; // a reserve's yes
        noted();
      },
    });
    const look = async (isOver: () => boolean): Promise<void> => {
      for (let isThere = true; isThere && !isOver(); noted()) {
        const roll = random.next();
        isThere =
          roll < 0.3 && reservationId !== undefined
            ? await this.#lookAtReservation(client, session, reservationId)
            : await this.#lookAtSeats(client, session, roll < 0.5);
      }
    };
    const visit = (isOver: () => boolean) => Promise.all([crowd.run(1), look(isOver)]);
    return { crowd, visit };
  }

  /** @returns whether there was an answer */
  async #lookAtReservation(client: ApiClient, session: Session, id: string): Promise<boolean> {
    let isAnswered = false;
    await this.#recorder.readReservation(session, async () => {
      const reply = await client.tryGet<ReservationBody>(`/v1/reservations/${id}`);
      isAnswered = reply !== undefined;
      return reply?.body;
    });
    return isAnswered;
  }

  async #lookAtSeats(client: ApiClient, session: Session, isRow: boolean): Promise<boolean> {
    const row = this.#random.below(ROWS);
    const from = row * SEATS_PER_ROW;
    const one = `/v1/events/${EVENT}/seats/${labelOf(from + this.#random.below(WANTED_PER_ROW))}`;
    const some = `/v1/events/${EVENT}/seats?from=${from + 1}&limit=${2 * SEATS_PER_ROW}`;
    let isAnswered = false;
    await this.#recorder.readSeats(session, async () => {
      const reply = await client.tryGet<SeatBody | SeatListBody>(isRow ? some : one);
      isAnswered = reply !== undefined;
      if (reply === undefined) return undefined;
      const { body } = reply;
      return 'data' in body ? body.data.filter(({ seatId }) => isWanted(seatId)) : [body];
    });
    return isAnswered;
  }

  async #die(): Promise<void> {
    await this.#server?.kill9();
    this.#recorder.died();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
    await this.#between?.close();
    this.#between = undefined;
  }

  /** What the last death left open, while others are at it again. */
  async #settle(): Promise<void> {
    const client = this.#client();
    await Promise.all(this.#recorder.lost.map((request) => this.#settleOne(client, request)));
  }

  async #settleOne(client: ApiClient, request: ClientRequest): Promise<void> {
    const recorder = this.#recorder;
    if (request.idempotencyKey !== undefined) {
      recorder.answered(request, await send(client, request));
      return;
    }
    if (request.kind !== 'reserve') {
      recorder.forgotten(request);
      return;
    }
    const path = `/v1/users/${request.body.userId}/reservations`;
    const reply = await client.tryGet<PageBody<ReservationBody>>(path);
    if (reply === undefined) recorder.forgotten(request);
    else recorder.lookedUp(request, reply.body.data[0]);
  }

  /** In the end, so that nothing stays unseen. */
  async #readAll(): Promise<void> {
    const session = this.#recorder.session();
    const client = this.#client();
    await this.#recorder.readSeats(session, async () => {
      const reply = await client.get<SeatListBody>(`/v1/events/${EVENT}/seats`);
      return reply.body.data.filter(({ seatId }) => isWanted(seatId));
    });
  }
}

async function openHall(url: string): Promise<void> {
  const client = new ApiClient(url, 16);
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    name: `${row + 1}-`,
    seats: SEATS_PER_ROW,
  }));
  const sections = [{ name: 'Stalls', rows }];
  const made = await client.post('/v1/events', { id: EVENT, name: 'Hall', sections });
  if (made.status !== 201) throw new Error(`the hall was not made: ${JSON.stringify(made.body)}`);
  await client.untilEverywhere(`/v1/events/${EVENT}`);
  await client.close();
}

/** 1..4 seats: next to each other, or in any rows. */
function wish(random: Random): Wish {
  const size = 1 + random.below(GROUP_MAX);
  const row = random.below(ROWS);
  if (size <= WANTED_PER_ROW && random.chance(0.5)) {
    return {
      seatIds: Array.from({ length: size }, (_, index) => labelOf(row * SEATS_PER_ROW + index)),
    };
  }
  const rows = random.sample([...Array(ROWS).keys()], size);
  return {
    seatIds: rows.map((each) => labelOf(each * SEATS_PER_ROW + random.below(WANTED_PER_ROW))),
  };
}

function labelOf(place: number): string {
  return `${Math.floor(place / SEATS_PER_ROW) + 1}-${(place % SEATS_PER_ROW) + 1}`;
}

function placeOf(seatId: string): number {
  const [row = 0, seat = 0] = seatId.split('-').map(Number);
  return (row - 1) * SEATS_PER_ROW + seat - 1;
}

function isWanted(seatId: string): boolean {
  return placeOf(seatId) % SEATS_PER_ROW < WANTED_PER_ROW;
}
