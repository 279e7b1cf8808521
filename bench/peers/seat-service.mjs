/**
 * What both web servers of the peers answer: Holdfast's routes and bodies, as far as the benches ask for them, on a seat store. It counts its
 * answers, for the bench to compare with what the store then holds.
 */
import { newToken, readReservationId, reservationId } from './reservation-id.mjs';

/** @typedef {{status: number, body: object}} Answer */

export class SeatService {
  /** Answers by status. @type {Record<number, number>} */
  answered = {};
  #store;
  #options;

  /**
   * @param {import('./seat-store.mjs').SeatStore} store
   * @param {import('./seat-store.mjs').PeerOptions} options
   */
  constructor(store, options) {
    this.#store = store;
    this.#options = options;
  }

  /**
   * @param {string} eventId
   * @param {{userId: string, seatIds?: readonly string[], quantity?: number}} wish of the shape that the web server has checked
   * @returns {Promise<Answer>}
   */
  async reserve(eventId, { userId, seatIds, quantity }) {
    const event = this.#eventNumber(eventId);
    if (event === undefined) return this.#problem(404, 'event_not_found');
    const token = newToken();
    const seats = seatIds?.map(Number) ?? (await this.#best(event, userId, token, quantity));
    if (seats === undefined) return this.#problem(409, 'sold_out');
    if (!seats.every((seat) => this.#isSeat(seat))) return this.#problem(404, 'seat_not_found');
    if (seatIds !== undefined && !(await this.#store.reserve(event, seats, userId, token))) {
      return this.#problem(409, 'seat_unavailable');
    }
    const now = Date.now();
    return this.#answer(201, {
      id: reservationId(event, seats, token),
      eventId,
      userId,
      seatIds: seats.map(String),
      status: 'reserved',
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + this.#options.holdSeconds * 1000).toISOString(),
    });
  }

  /** @param {string} id @param {{userId: string}} wish */
  confirm(id, wish) {
    return this.#move(id, wish, 'confirm');
  }

  /** @param {string} id @param {{userId: string}} wish */
  cancel(id, wish) {
    return this.#move(id, wish, 'cancel');
  }

  /** How many seats are held or booked. */
  taken() {
    return this.#store.taken();
  }

  close() {
    return this.#store.close();
  }

  /**
   * @param {string} id
   * @param {{userId: string}} wish
   * @param {'confirm' | 'cancel'} how
   * @returns {Promise<Answer>}
   */
  async #move(id, { userId }, how) {
    const read = readReservationId(id);
    if (read === undefined) return this.#problem(404, 'reservation_not_found');
    const { event, seats, token } = read;
    if (!(await this.#store[how](event, seats, userId, token))) {
      return this.#problem(409, 'reservation_expired');
    }
    return this.#answer(200, {
      id,
      eventId: `${this.#options.eventPrefix}${event}`,
      userId,
      seatIds: seats.map(String),
      status: how === 'confirm' ? 'confirmed' : 'cancelled',
      [how === 'confirm' ? 'confirmedAt' : 'cancelledAt']: new Date().toISOString(),
    });
  }

  /**
   * @param {number} event
   * @param {string} userId
   * @param {string} token
   * @param {number} [quantity]
   */
  async #best(event, userId, token, quantity) {
    if (quantity !== 1) throw new Error('the peers pick one seat, not more');
    const seat = await this.#store.reserveBest(event, userId, token);
    return seat === undefined ? undefined : [seat];
  }

  /** @param {string} eventId */
  #eventNumber(eventId) {
    const { eventPrefix, eventCount } = this.#options;
    const number = eventId.startsWith(eventPrefix) ? Number(eventId.slice(eventPrefix.length)) : -1;
    return Number.isInteger(number) && number >= 0 && number < eventCount ? number : undefined;
  }

  /** @param {number} seat */
  #isSeat(seat) {
    return Number.isInteger(seat) && seat >= 1 && seat <= this.#options.seatsPerEvent;
  }

  /** @param {number} status @param {object} body @returns {Answer} */
  #answer(status, body) {
    this.answered[status] = (this.answered[status] ?? 0) + 1;
    return { status, body };
  }

  /** @param {number} status @param {string} code */
  #problem(status, code) {
    return this.#answer(status, { title: code, status, code });
  }
}
