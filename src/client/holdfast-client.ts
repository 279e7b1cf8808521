/**
 * The native API over HTTP, typed: an event, its seats, and the life of a reservation. What else there is, is in the OpenAPI
 * document.
 *
 * 1. Nothing is sent twice: whether to ask again is the caller's to say.
 */
import type { Event, SeatList } from './event.js';
import { type Fetch, platformFetch } from './ports.js';
import { type Reply, replyOf } from './reply.js';
import type {
  CommandOptions,
  OfReservation,
  Reservation,
  SeatsOfReservation,
  SeatWish,
} from './reservation.js';
import { ServerUrl } from './server-url.js';

export interface HoldfastClientOptions {
  /** `https://tickets.example` or `http://127.0.0.1:8080`; a path before `/v1` may follow. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** Absent: the platform's. */
  readonly fetch?: Fetch;
}

/** Ends a request from outside: it rejects with the signal's reason. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
}

/** Every method rejects where no answer came, or none that can be read, with what the platform says of it. */
export class HoldfastClient {
  readonly #url: ServerUrl;
  readonly #token: string | undefined;
  readonly #fetch: Fetch;

  /** @throws TypeError where `url` is no HTTP URL. */
  constructor({ url, token, fetch = platformFetch }: HoldfastClientOptions) {
    this.#url = new ServerUrl(url);
    this.#token = token;
    this.#fetch = fetch;
  }

  event(eventId: string, options: RequestOptions = {}): Promise<Reply<Event>> {
    return this.#ask('GET', ['events', eventId], options);
  }

  seats(eventId: string, options: RequestOptions = {}): Promise<Reply<SeatList>> {
    return this.#ask('GET', ['events', eventId, 'seats'], options);
  }

  reservation(reservationId: string, options: RequestOptions = {}): Promise<Reply<Reservation>> {
    return this.#ask('GET', ['reservations', reservationId], options);
  }

  reserve(
    eventId: string,
    wish: SeatWish,
    options: CommandOptions & RequestOptions = {},
  ): Promise<Reply<Reservation>> {
    return this.#ask('POST', ['events', eventId, 'reservations'], options, wish);
  }

  confirm(
    of: OfReservation,
    options: CommandOptions & RequestOptions = {},
  ): Promise<Reply<Reservation>> {
    return this.#move('confirm', of, options);
  }

  cancel(
    of: OfReservation,
    options: CommandOptions & RequestOptions = {},
  ): Promise<Reply<Reservation>> {
    return this.#move('cancel', of, options);
  }

  extend(
    of: OfReservation,
    options: CommandOptions & RequestOptions = {},
  ): Promise<Reply<Reservation>> {
    return this.#move('extend', of, options);
  }

  release(
    of: SeatsOfReservation,
    options: CommandOptions & RequestOptions = {},
  ): Promise<Reply<Reservation>> {
    return this.#move('release', of, options);
  }

  #move(
    move: string,
    { reservationId, ...body }: OfReservation,
    options: CommandOptions & RequestOptions,
  ): Promise<Reply<Reservation>> {
    return this.#ask('POST', ['reservations', reservationId, move], options, body);
  }

  async #ask<Body>(
    method: string,
    path: readonly string[],
    { idempotencyKey, signal }: CommandOptions & RequestOptions,
    body?: object,
  ): Promise<Reply<Body>> {
    const headers: Record<string, string> = {};
    if (this.#token !== undefined) headers.authorization = `Bearer ${this.#token}`;
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const answer = await this.#fetch(this.#url.http(path), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    const type = answer.headers.get('content-type') ?? '';
    const text = await answer.text();
    return replyOf(answer.status, type.includes('json') ? JSON.parse(text) : undefined);
  }
}
