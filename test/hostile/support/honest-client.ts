/** A client that does as it should, beside those that do not: whatever they do, it is answered rightly. */
import type { ReservationBody, SeatListBody } from '../../support/api-bodies.js';
import type { ApiClient, Reply } from '../../support/api-client.js';

/** Seats of an event that nobody else knows of. */
export class HonestClient {
  readonly #api: ApiClient;
  readonly #eventId: string;
  readonly #seatCount: number;
  readonly #booked = new Set<number>();
  #rounds = 0;

  private constructor(api: ApiClient, eventId: string, seatCount: number) {
    this.#api = api;
    this.#eventId = eventId;
    this.#seatCount = seatCount;
  }

  static async of(api: ApiClient, eventId = 'honest', seatCount = 10_000): Promise<HonestClient> {
    const event = { id: eventId, name: 'Honest', totalSeats: seatCount, holdSeconds: 7_200 };
    expectStatus(201, await api.post('/v1/events', event));
    return new HonestClient(api, eventId, seatCount);
  }

  /**
   * Reserves the next seat, sees another refused, then books it or lets it go. Throws where an answer is not as it should
   * be.
   */
  async round(): Promise<void> {
    const seat = (this.#rounds % this.#seatCount) + 1;
    const api = this.#api;
    this.#rounds += 1;
    const wish = `/v1/events/${this.#eventId}/reservations`;
    const reserved = await api.post<ReservationBody>(wish, this.#wish('ann', seat));
    expectStatus(201, reserved);
    expectStatus(409, await api.post(wish, this.#wish('bob', seat)));
    const isBooked = this.#rounds % 2 === 0;
    const end = `/v1/reservations/${reserved.body.id}/${isBooked ? 'confirm' : 'cancel'}`;
    expectStatus(403, await api.post(end, { userId: 'bob' }));
    expectStatus(200, await api.post(end, { userId: 'ann' }));
    if (isBooked) this.#booked.add(seat);
  }

  get rounds(): number {
    return this.#rounds;
  }

  /** Throws where the seats are not as its answers said. */
  async check(): Promise<void> {
    const list = await this.#api.get<SeatListBody>(`/v1/events/${this.#eventId}/seats`);
    expectStatus(200, list);
    const wrong = list.body.data.filter(
      ({ seatNumber, status }) => (status === 'booked') !== this.#booked.has(seatNumber),
    );
    if (wrong.length > 0)
      throw new Error(`seats are not as was answered: ${JSON.stringify(wrong)}`);
  }

  #wish(userId: string, seat: number): object {
    return { userId, seatIds: [String(seat)] };
  }
}

function expectStatus(status: number, reply: Reply<unknown>): void {
  if (reply.status === status) return;
  throw new Error(`${reply.status} in place of ${status}: ${JSON.stringify(reply.body)}`);
}
