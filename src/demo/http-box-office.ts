/** The box office over Holdfast's public API. */
import type { BoxOffice, BoxOfficeSeat, Hold, Reply, SeatWish } from './box-office.js';
import type { HttpClient } from './http-client.js';

export class HttpBoxOffice implements BoxOffice {
  readonly #client: HttpClient;
  readonly #eventPath: string;

  constructor(client: HttpClient, eventId: string) {
    this.#client = client;
    this.#eventPath = `/v1/events/${eventId}`;
  }

  async seatsOf(section: string): Promise<Reply<readonly BoxOfficeSeat[]>> {
    const path = `${this.#eventPath}/seats?section=${encodeURIComponent(section)}`;
    const reply = await this.#client.get<{ readonly data: readonly BoxOfficeSeat[] }>(path);
    return reply.ok ? { ok: true, value: reply.value.data } : reply;
  }

  reserve(userId: string, wish: SeatWish): Promise<Reply<Hold>> {
    return this.#client.post(`${this.#eventPath}/reservations`, { userId, ...wish });
  }

  confirm(hold: Hold): Promise<Reply<Hold>> {
    return this.#move(hold, 'confirm');
  }

  cancel(hold: Hold): Promise<Reply<Hold>> {
    return this.#move(hold, 'cancel');
  }

  extend(hold: Hold): Promise<Reply<Hold>> {
    return this.#move(hold, 'extend');
  }

  release(hold: Hold, seatIds: readonly string[]): Promise<Reply<Hold>> {
    return this.#move(hold, 'release', { seatIds });
  }

  #move({ id, userId }: Hold, move: string, more: object = {}): Promise<Reply<Hold>> {
    return this.#client.post(`/v1/reservations/${id}/${move}`, { userId, ...more });
  }
}
