/** A sale in which seats go and come back in every way there is, so that it never runs out of seats that change. */
import type { Random } from '../../simulation/random.js';
import type { ReservationBody } from '../../support/api-bodies.js';
import type { ApiClient } from '../../support/api-client.js';

export interface RoughSaleOptions {
  readonly client: ApiClient;
  readonly eventId: string;
  /** Labels `1` to this. */
  readonly totalSeats: number;
  readonly random: Random;
}

const PARTY_MAX = 4;
const MOVES = ['cancel', 'lapse', 'lapse', 'sell', 'block'] as const;
type Move = Exclude<(typeof MOVES)[number], 'block'>;
/** Of the parties that buy. */
const REFUNDED = 0.9;

export class RoughSale {
  readonly #options: RoughSaleOptions;
  readonly #eventPath: string;
  #partyCount = 0;

  constructor(options: RoughSaleOptions) {
    this.#options = options;
    this.#eventPath = `/v1/events/${options.eventId}`;
  }

  /** One party, or the house, takes seats: for a while, or until another gives them back. Where there is no server: nothing. */
  async turn(): Promise<void> {
    const move = this.#options.random.pick(MOVES);
    await (move === 'block' ? this.#block() : this.#buy(move));
  }

  async #buy(move: Move): Promise<void> {
    const { random } = this.#options;
    this.#partyCount += 1;
    const userId = `party-${this.#partyCount}`;
    const reserved = await this.#post(`${this.#eventPath}/reservations`, {
      userId,
      seatIds: this.#seatIds(),
    });
    if (reserved?.status !== 201 || move === 'lapse') return;
    const path = `/v1/reservations/${reserved.body.id}`;
    await this.#post(`${path}/${move === 'cancel' ? 'cancel' : 'confirm'}`, { userId });
    if (move === 'sell' && random.chance(REFUNDED)) await this.#post(`${path}/refund`);
  }

  async #block(): Promise<void> {
    const body = { seatIds: this.#seatIds() };
    await this.#post(`${this.#eventPath}/seats/block`, body);
    await this.#post(`${this.#eventPath}/seats/unblock`, body);
  }

  /** Side by side. */
  #seatIds(): string[] {
    const { random, totalSeats } = this.#options;
    const size = 1 + random.below(PARTY_MAX);
    const first = 1 + random.below(totalSeats - size);
    return Array.from({ length: size }, (_, index) => String(first + index));
  }

  #post(path: string, body: object = {}) {
    return this.#options.client.tryPost<ReservationBody>(path, body);
  }
}
