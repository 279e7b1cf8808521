/**
 * Best available: the desk picks from its replica and reserves what it picked. Two who pick at once should not pick the same,
 * so seats that this desk is just reserving are left out while there are others; where a pick was too late the next is made.
 */

import { findBest } from '../domain/best-available.js';
import type { EventId, SeatNumber } from '../domain/ids.js';
import { type Outcome, rejected } from '../domain/rejection.js';
import { SEAT_CODE } from '../domain/seat-status.js';
import type { Clock } from '../lib/clock.js';
import { undecided } from './desk-faults.js';
import type { EventReplica } from './event-replica.js';
import type { Replica } from './replica.js';
import type { ReserveBest, Reserved } from './requests.js';
import type { Reservations } from './reservations.js';

export interface BestSeatsOptions {
  readonly clock: Clock;
  readonly replica: Replica;
  readonly reservations: Reservations;
  /** How many picks are made for one request before it is given up. */
  readonly picksMax: number;
}

type Pick = ReturnType<typeof findBest>;

export class BestSeats {
  readonly #options: BestSeatsOptions;
  readonly #beingReserved = new Map<EventId, Set<SeatNumber>>();

  constructor(options: BestSeatsOptions) {
    this.#options = options;
  }

  async reserve(request: ReserveBest): Promise<Outcome<Reserved>> {
    const missed = new Set<SeatNumber>();
    for (let pick = 0; pick < this.#options.picksMax; pick += 1) {
      const event = this.#options.replica.get(request.eventId);
      if (event === undefined || event.record.status === 'deleted') {
        return rejected('event_not_found', `there is no event ${request.eventId}`);
      }
      const best = this.#pick(event, request, missed);
      if ('none' in best) return rejected(best.none, NONE[best.none]);
      const outcome = await this.#reserve(request, best.seats);
      if (outcome.ok || !isTooLate(outcome.rejection.code)) return outcome;
      for (const seat of outcome.rejection.code === 'leaves_orphan'
        ? best.seats
        : conflicting(outcome))
        missed.add(seat);
    }
    throw undecided(`event ${request.eventId} sells faster than seats can be picked`);
  }

  #pick(event: EventReplica, request: ReserveBest, missed: ReadonlySet<SeatNumber>): Pick {
    const now = this.#options.clock.now();
    const { quantity, adjacent, category, section } = request;
    const wish = {
      quantity,
      adjacent,
      preventOrphans: event.record.preventOrphans,
      ...(category === undefined ? {} : { category }),
      ...(section === undefined ? {} : { section }),
    };
    const isFree = (seat: SeatNumber) =>
      event.statusAt(seat, now) === SEAT_CODE.available && !missed.has(seat);
    const freeFrom = event.freeFrom(now);
    const others = this.#beingReserved.get(event.record.id);
    if (others === undefined) return findBest(event.plan, isFree, wish, freeFrom);
    const isLeft = (seat: SeatNumber) => isFree(seat) && !others.has(seat);
    const best = findBest(event.plan, isLeft, wish, freeFrom);
    return 'none' in best ? findBest(event.plan, isFree, wish, freeFrom) : best;
  }

  async #reserve(request: ReserveBest, seats: readonly SeatNumber[]): Promise<Outcome<Reserved>> {
    const { eventId } = request;
    const marked = this.#beingReserved.get(eventId) ?? new Set();
    this.#beingReserved.set(eventId, marked);
    const mine = seats.filter((seat) => !marked.has(seat));
    for (const seat of mine) marked.add(seat);
    try {
      return await this.#options.reservations.reserve({ ...request, seats, reuseOwn: false });
    } finally {
      for (const seat of mine) marked.delete(seat);
      if (marked.size === 0) this.#beingReserved.delete(eventId);
    }
  }
}

const NONE = {
  sold_out: 'not enough seats are available',
  not_enough_adjacent: 'enough seats are available, but not side by side',
} as const;

function isTooLate(code: string): boolean {
  return code === 'seat_unavailable' || code === 'leaves_orphan';
}

function conflicting(outcome: Outcome<Reserved>): SeatNumber[] {
  return outcome.ok ? [] : (outcome.rejection.conflicts ?? []).map((conflict) => conflict.seat);
}
