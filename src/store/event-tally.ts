/**
 * What facts add up to, for one event. The store keeps the sum beside the facts; `verify` adds them
 * up again.
 */

import type { ReservationFact } from '../domain/facts.js';
import type { SeatNumber } from '../domain/ids.js';
import type { SeatPlace } from '../domain/venue-plan.js';
import type { EpochMs } from '../lib/clock.js';
import type { EventTotals, MinuteSales } from './tables.js';

const MINUTE_MS = 60_000;

/** The counter that a fact moves. The other two leave a reservation where it is. */
const COUNTERS = {
  'reservation.reserved': 'reserved',
  'reservation.confirmed': 'confirmed',
  'reservation.cancelled': 'cancelled',
  'reservation.expired': 'expired',
  'reservation.refunded': 'refunded',
  'reservation.extended': null,
  'reservation.released': null,
} as const satisfies Record<ReservationFact['type'], keyof EventTotals['reservations'] | null>;

/** What a sum starts from, and what seats cost. */
export interface TallySource {
  readonly totals: EventTotals | undefined;
  minute(minute: EpochMs): MinuteSales | undefined;
  /** Asked only for seats that are sold or refunded. */
  placeOf(seat: SeatNumber): Pick<SeatPlace, 'category' | 'price'>;
}

export class EventTally {
  /** The minutes that were added to, whole, by their first millisecond. */
  readonly minutes = new Map<EpochMs, MinuteSales>();
  readonly #source: TallySource;
  readonly #reservations: Record<keyof EventTotals['reservations'], number>;
  readonly #sales = new Map<string | null, MinuteSales>();
  #conflicts: number;

  constructor(source: TallySource) {
    const { reservations, conflicts, sales } = source.totals ?? NO_TOTALS;
    this.#source = source;
    this.#reservations = { ...reservations };
    this.#conflicts = conflicts;
    for (const [category, seats, amount] of sales) this.#sales.set(category, [seats, amount]);
  }

  get totals(): EventTotals {
    const sales = Array.from(
      this.#sales,
      ([category, [seats, amount]]) => [category, seats, amount] as const,
    );
    return { reservations: this.#reservations, conflicts: this.#conflicts, sales };
  }

  add(fact: ReservationFact): void {
    const counter = COUNTERS[fact.type];
    if (counter !== null) this.#reservations[counter] += 1;
    if (fact.type === 'reservation.confirmed') this.#sell(fact, 1);
    if (fact.type === 'reservation.refunded') this.#sell(fact, -1);
  }

  addConflicts(count: number): void {
    this.#conflicts += count;
  }

  /** `sign` 1: sold; -1: refunded. */
  #sell(fact: ReservationFact, sign: 1 | -1): void {
    let paid = 0;
    for (const seat of fact.seats) {
      const { category, price } = this.#source.placeOf(seat);
      paid += price ?? 0;
      const before = this.#sales.get(category) ?? NO_SALES;
      this.#sales.set(category, plus(before, sign, sign * (price ?? 0)));
    }
    const minute = fact.at - (fact.at % MINUTE_MS);
    const before = this.minutes.get(minute) ?? this.#source.minute(minute) ?? NO_SALES;
    this.minutes.set(minute, plus(before, sign * fact.seats.length, sign * paid));
  }
}

const NO_SALES: MinuteSales = [0, 0];

/** An event of which nothing is known but that it was made. */
export const NO_TOTALS: EventTotals = {
  reservations: { reserved: 0, confirmed: 0, cancelled: 0, expired: 0, refunded: 0 },
  conflicts: 0,
  sales: [],
};

function plus([seats, amount]: MinuteSales, moreSeats: number, moreAmount: number): MinuteSales {
  return [seats + moreSeats, amount + moreAmount];
}
