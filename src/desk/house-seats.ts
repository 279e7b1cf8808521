/** House seats: blocking takes seats by claims, all or none, as a reservation does; unblocking frees those that are blocked. */

import type { SeatNumber } from '../domain/ids.js';
import { seatHomeKey, shardOf } from '../domain/ownership.js';
import { accepted, type Outcome, rejected } from '../domain/rejection.js';
import { SEAT_CODE } from '../domain/seat-status.js';
import type { Clock } from '../lib/clock.js';
import { undecided } from './desk-faults.js';
import type { Replica } from './replica.js';
import type { BlockSeats } from './requests.js';
import type { Reservations } from './reservations.js';
import type { ShardLink } from './shard-link.js';
import type { SpreadReservations } from './spread-reservation.js';

export interface HouseSeatsOptions {
  readonly clock: Clock;
  readonly shardCount: number;
  readonly replica: Replica;
  readonly reservations: Reservations;
  readonly spreads: SpreadReservations;
  readonly link: ShardLink;
}

export class HouseSeats {
  readonly #options: HouseSeatsOptions;

  constructor(options: HouseSeatsOptions) {
    this.#options = options;
  }

  /** Seats that are blocked already stay so. @returns the seats that were asked for, all blocked now */
  async block(request: BlockSeats): Promise<Outcome<readonly SeatNumber[]>> {
    const { clock, replica, reservations, spreads, shardCount } = this.#options;
    const { eventId, reason } = request;
    const event = replica.get(eventId);
    if (event === undefined) return rejected('event_not_found', `there is no event ${eventId}`);
    const now = clock.now();
    const seats = request.seats.filter((seat) => event.statusAt(seat, now) !== SEAT_CODE.blocked);
    const [first] = seats;
    if (first === undefined) return accepted(request.seats);
    const homeKey = seatHomeKey(eventId, event.plan, first);
    const outcome = await spreads.take({
      reservationId: reservations.newId('blk', homeKey),
      eventId,
      seats,
      parts: reservations.parts(event, seats),
      home: shardOf(homeKey, shardCount),
      claimedAt: clock.elapsed(),
      expiresAt: now + event.record.holdMs,
      limited: false,
      what: reason === undefined ? { purpose: 'block' } : { purpose: 'block', reason },
    });
    if (outcome.ok) return accepted(request.seats);
    if ('rejection' in outcome) return outcome;
    throw undecided('a shard could not decide');
  }

  /** @returns the seats that were blocked and no longer are */
  async unblock(request: BlockSeats): Promise<Outcome<readonly SeatNumber[]>> {
    const { replica, reservations, link } = this.#options;
    const { eventId } = request;
    const event = replica.get(eventId);
    if (event === undefined) return rejected('event_not_found', `there is no event ${eventId}`);
    const freed: SeatNumber[] = [];
    for (const { shard, seats } of reservations.parts(event, request.seats)) {
      await link.whenUp(shard);
      const outcome = await link.ask(shard, { type: 'seats.unblock', eventId, seats });
      if (outcome.ok) freed.push(...outcome.value);
      else if ('rejection' in outcome) return outcome;
      else throw undecided('a shard could not decide');
    }
    return accepted(freed.sort((a, b) => a - b));
  }
}
