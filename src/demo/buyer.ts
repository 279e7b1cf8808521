/**
 * One simulated buyer: comes, takes seats, dithers, and pays or does not.
 *
 * 1. A refusal never ends in an exception: the buyer looks elsewhere, or goes home.
 * 2. What the buyer does hangs on its temperament, its own luck and the answers alone.
 */
import type { BoxOffice, Hold, Reply, SeatWish } from './box-office.js';
import { pickTogether } from './good-seats.js';
import type { Random } from './random.js';
import type { Temperament } from './temperament.js';

/** How a visit ended. `found_nothing`: left without ever having had seats. */
export type VisitEnd =
  | 'paid'
  | 'paid_for_fewer'
  | 'cancelled'
  | 'walked_away'
  | 'came_too_late'
  | 'found_nothing'
  | 'gave_up';

export interface BuyerOptions {
  readonly userId: string;
  readonly temperament: Temperament;
  readonly random: Random;
  readonly boxOffice: BoxOffice;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

/** By hand twice, then whatever there is; the best twice, then not side by side. */
const ATTEMPTS_MAX = 3;
/** Somebody else was quicker, or the wish was too special: worth another try. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set([
  'seat_unavailable',
  'sold_out',
  'not_enough_adjacent',
]);
const LOOK_MS = { from: 500, to: 3_000 } as const;
const SECOND_THOUGHT_MS = { from: 200, to: 1_200 } as const;

export class Buyer {
  readonly #options: BuyerOptions;

  constructor(options: BuyerOptions) {
    this.#options = options;
  }

  async visit(): Promise<VisitEnd> {
    const { temperament, boxOffice, wait } = this.#options;
    const hold = await this.#findSeats();
    if (hold === undefined) return 'found_nothing';
    await wait(temperament.ditherMs);
    if (temperament.extends && (await boxOffice.extend(hold)).ok) await wait(temperament.ditherMs);
    return this.#decide(hold);
  }

  async #findSeats(): Promise<Hold | undefined> {
    const { userId, boxOffice } = this.#options;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      if (attempt > 1) await this.#pause(SECOND_THOUGHT_MS);
      const reply = await boxOffice.reserve(userId, await this.#wish(attempt));
      if (reply.ok) return reply.value;
      if (!WORTH_ANOTHER_TRY.has(reply.code)) return undefined;
    }
    return undefined;
  }

  async #wish(attempt: number): Promise<SeatWish> {
    const { manner, partySize: quantity, category } = this.#options.temperament;
    const isLast = attempt === ATTEMPTS_MAX;
    const seatIds = manner === 'by_hand' && !isLast ? await this.#pickByHand() : undefined;
    if (seatIds !== undefined) return { seatIds };
    const adjacent = !isLast;
    return attempt > 1 || category === undefined
      ? { quantity, adjacent }
      : { quantity, adjacent, category };
  }

  /** The look takes time: what is picked may be gone when it is asked for. */
  async #pickByHand(): Promise<readonly string[] | undefined> {
    const { temperament, random, boxOffice } = this.#options;
    const seats = await boxOffice.seatsOf(temperament.section);
    if (!seats.ok) return undefined;
    await this.#pause(LOOK_MS);
    return pickTogether(seats.value, temperament.partySize, random);
  }

  async #decide(hold: Hold): Promise<VisitEnd> {
    const { temperament, boxOffice } = this.#options;
    switch (temperament.intent) {
      case 'pay':
        return endOf(await boxOffice.confirm(hold), 'paid');
      case 'give_one_up':
        return this.#payForFewer(hold);
      case 'cancel':
        return endOf(await boxOffice.cancel(hold), 'cancelled');
      case 'walk_away':
        return 'walked_away';
    }
  }

  async #payForFewer(hold: Hold): Promise<VisitEnd> {
    const { boxOffice } = this.#options;
    const fewer = await boxOffice.release(hold, hold.seatIds.slice(-1));
    if (!fewer.ok) return endOf(fewer, 'gave_up');
    await this.#pause(SECOND_THOUGHT_MS);
    return endOf(await boxOffice.confirm(hold), 'paid_for_fewer');
  }

  #pause({ from, to }: { readonly from: number; readonly to: number }): Promise<void> {
    return this.#options.wait(Math.round(this.#options.random.between(from, to)));
  }
}

function endOf(reply: Reply<Hold>, success: VisitEnd): VisitEnd {
  if (reply.ok) return success;
  return reply.code === 'reservation_expired' ? 'came_too_late' : 'gave_up';
}
