/**
 * Users of one event, each of whom asks, waits for the answer and asks the next: the load of the load and crash tests. They
 * keep a book of what they were told, and note every answer that the contract does not allow.
 *
 * 1. Every reserve is of a user of its own.
 * 2. A user whose connection is lost goes home.
 * 3. A forgetful user sends a request with a key and never sees the answer.
 * 4. A user who is told to come back later sends the same request again, if it has an Idempotency-Key; another gives up.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../simulation/random.js';
import { type Asked, isYes, laterFault, noFault, yesFault } from './answer-check.js';
import type { ReservationBody } from './api-bodies.js';
import { type ApiClient, problemOf, type Reply } from './api-client.js';
import type { ClientBook, ClientRequest, RequestKind } from './client-book.js';

/** What a user asks for: named seats, or the best available. */
export interface Wish {
  readonly seatIds?: readonly string[];
  readonly quantity?: number;
  readonly adjacent?: boolean;
  readonly holdSeconds?: number;
}

/** What a user does next with what they hold; `leave`: walks away. */
export type Step = Exclude<RequestKind, 'reserve'> | 'leave';

export interface CrowdOptions {
  readonly client: ApiClient;
  readonly eventId: string;
  /** Hold time of wishes that name none, milliseconds. */
  readonly holdMs: number;
  readonly random: Random;
  readonly book: ClientBook;
  readonly wish: (random: Random) => Wish;
  /** Drawn from with equal chances: what is to happen more often is named more often. */
  readonly steps: readonly Step[];
  /** Share of requests with an Idempotency-Key; default 0. */
  readonly keyed?: number;
  /** Share of those that are sent and forgotten (3); default 0. */
  readonly forgotten?: number;
  /** A prefix of users' names that no other crowd on the same server has. */
  readonly name?: string;
  /** Codes with which a server may ask to come back later; besides `overloaded`, where it is to pick the seats. */
  readonly laterCodes?: readonly string[];
  /** The server's clock, where it is not the test's own. */
  readonly now?: () => number;
  readonly onAsk?: (request: ClientRequest) => void;
  /** Called with every answer; undefined: the connection was lost. */
  readonly onAnswer?: (request: ClientRequest, reply: Reply<unknown> | undefined) => void;
}

/** Answers so far, by what they were. */
export interface CrowdCounts {
  reserved: number;
  moved: number;
  refused: number;
  postponed: number;
  lost: number;
}

type Outcome = ReservationBody | 'refused' | 'postponed' | 'lost';

const STEPS_MAX = 4;
/** How often, and how long apart (milliseconds), a user comes back who was told to. */
const RETRIES_MAX = 400;
const RETRY_MS = 25;

export class Crowd {
  readonly counts: CrowdCounts = { reserved: 0, moved: 0, refused: 0, postponed: 0, lost: 0 };
  /** Answers that the contract does not allow. */
  readonly surprises: string[] = [];
  readonly #options: CrowdOptions;
  #isStopped = false;
  #users = 0;
  #keys = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** What was done, and is acknowledged. */
  get acknowledged(): number {
    return this.counts.reserved + this.counts.moved;
  }

  /**
   * So many users at a time, each of whom makes so many wishes, unless it is stopped or the server is gone. Resolves when
   * all have gone home.
   */
  async run(userCount: number, wishesMax = Number.POSITIVE_INFINITY): Promise<void> {
    await Promise.all(Array.from({ length: userCount }, () => this.#visit(wishesMax)));
  }

  /** Nobody begins anything new. */
  stop(): void {
    this.#isStopped = true;
  }

  async #visit(wishesMax: number): Promise<void> {
    for (let wishes = 0; wishes < wishesMax && !this.#isStopped; wishes += 1) {
      const outcome = await this.#buy();
      if (outcome === 'lost') return;
      if (outcome === 'postponed') await pause(RETRY_MS);
    }
  }

  /** One wish, and what comes of it. */
  async #buy(): Promise<Outcome> {
    let outcome = await this.#reserve();
    for (let steps = 0; isHeld(outcome) && !this.#isStopped; steps += 1) {
      const step = this.#nextStep(outcome, steps);
      if (step === 'leave') break;
      outcome = await this.#move(outcome, step);
    }
    return outcome;
  }

  /** What is booked is refunded where that is a step, so that seats do not run out. */
  #nextStep({ status }: ReservationBody, steps: number): Step {
    const { random, steps: all } = this.#options;
    if (status === 'confirmed') return all.includes('refund') ? 'refund' : 'leave';
    return steps < STEPS_MAX ? random.pick(all.filter((step) => step !== 'refund')) : 'leave';
  }

  #reserve(): Promise<Outcome> {
    const { random, wish, eventId, name = '' } = this.#options;
    this.#users += 1;
    const wanted = wish(random);
    const request: ClientRequest = {
      kind: 'reserve',
      path: `/v1/events/${eventId}/reservations`,
      body: { userId: `${name}u${this.#users}`, ...wanted },
      ...this.#key(),
    };
    const { seatIds, quantity = seatIds?.length ?? 0, holdSeconds } = wanted;
    const holdMs = holdSeconds === undefined ? this.#options.holdMs : holdSeconds * 1000;
    return this.#ask({ request, seatCount: quantity, holdMs });
  }

  #move(reservation: ReservationBody, kind: Exclude<Step, 'leave'>): Promise<Outcome> {
    const { id: reservationId, userId, seatIds } = reservation;
    const { random } = this.#options;
    const some = random.sample(seatIds, 1 + random.below(seatIds.length));
    const body = kind === 'release' ? { userId, seatIds: some } : { userId };
    const path = `/v1/reservations/${reservationId}/${kind}`;
    const request: ClientRequest = { kind, path, body, reservationId, ...this.#key() };
    return this.#ask({ request, seatCount: seatIds.length, holdMs: 0, before: reservation });
  }

  #key(): Pick<ClientRequest, 'idempotencyKey'> {
    const { random, keyed = 0, name = '' } = this.#options;
    if (!random.chance(keyed)) return {};
    this.#keys += 1;
    return { idempotencyKey: `${name}k${this.#keys}` };
  }

  async #ask(asked: Asked): Promise<Outcome> {
    const { idempotencyKey } = asked.request;
    let outcome = await this.#askOnce(asked);
    for (let tries = 0; tries < RETRIES_MAX && outcome === 'postponed'; tries += 1) {
      if (idempotencyKey === undefined) break;
      await pause(RETRY_MS);
      outcome = await this.#askOnce(asked);
    }
    if (outcome === 'postponed' && idempotencyKey !== undefined) {
      this.surprises.push(`${JSON.stringify(asked.request)} was put off for ever`);
    }
    return outcome;
  }

  async #askOnce(asked: Asked): Promise<Outcome> {
    const { client, book, onAsk, onAnswer } = this.#options;
    const { request } = asked;
    onAsk?.(request);
    const reply = await send(client, request);
    onAnswer?.(request, reply);
    if (reply === undefined) {
      this.counts.lost += 1;
      book.lost(request);
      return 'lost';
    }
    if (isLater(reply)) return this.#postponed(asked, reply);
    if (this.#isForgotten(request)) {
      book.lost(request);
      return 'refused';
    }
    book.settled(request);
    return isYes(request, reply) ? this.#yes(asked, reply) : this.#no(asked, reply);
  }

  #isForgotten({ idempotencyKey }: ClientRequest): boolean {
    const { random, forgotten = 0 } = this.#options;
    return idempotencyKey !== undefined && random.chance(forgotten);
  }

  #yes(asked: Asked, reply: Reply<ReservationBody>): Outcome {
    const { body: reservation } = reply;
    const { kind } = asked.request;
    this.counts[kind === 'reserve' ? 'reserved' : 'moved'] += 1;
    this.#options.book.acknowledged(reservation);
    this.#note(asked, reply, yesFault(asked, reservation));
    return reservation;
  }

  #no(asked: Asked, reply: Reply<unknown>): Outcome {
    this.counts.refused += 1;
    const { reservationId } = asked.request;
    const isExpired = problemOf(reply).code === 'reservation_expired';
    if (isExpired && reservationId !== undefined) this.#options.book.expired(reservationId);
    this.#note(asked, reply, noFault(asked, reply, this.#options.now));
    return 'refused';
  }

  #postponed(asked: Asked, reply: Reply<unknown>): Outcome {
    const { book, laterCodes = [] } = this.#options;
    this.counts.postponed += 1;
    book.lost(asked.request);
    this.#note(asked, reply, laterFault(asked, reply, laterCodes));
    return 'postponed';
  }

  #note({ request }: Asked, { status, body }: Reply<unknown>, fault: string | undefined): void {
    if (fault === undefined) return;
    this.surprises.push(
      `${JSON.stringify(request)} → ${status} ${JSON.stringify(body)}: this answer ${fault}`,
    );
  }
}

/** undefined: the connection was lost. */
export function send(
  client: ApiClient,
  request: ClientRequest,
): Promise<Reply<ReservationBody> | undefined> {
  const { path, body, idempotencyKey } = request;
  const headers = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
  const sent = request.kind === 'refund' ? {} : body;
  return client.tryPost<ReservationBody>(path, sent, headers);
}

/** A retry may overtake the word that its first try has ended: that one is in flight then. */
function isLater(reply: Reply<unknown>): boolean {
  return reply.status === 503 || problemOf(reply).code === 'idempotency_in_flight';
}

/** There is something left to do with it. */
function isHeld(outcome: Outcome): outcome is ReservationBody {
  return (
    typeof outcome === 'object' && (outcome.status === 'reserved' || outcome.status === 'confirmed')
  );
}
