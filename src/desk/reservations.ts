/**
 * Making reservations: routes a wish to the shard that owns its seats, or spreads it over several, and knows the one answer
 * that no shard gives alone: "it is yours already".
 */

import type { Reserve } from '../domain/commands.js';
import type { ReservationId, SeatNumber } from '../domain/ids.js';
import { allowanceHomeKey, seatHomeKey, shardOf } from '../domain/ownership.js';
import {
  accepted,
  type Conflict,
  type Outcome,
  type Refused,
  type Rejection,
  rejected,
} from '../domain/rejection.js';
import { isHeld, type ReservationRecord } from '../domain/reservation.js';
import { formatReservationId, type HomeKey } from '../domain/reservation-id.js';
import { SEAT_STATUSES } from '../domain/seat-status.js';
import { present } from '../lib/assert.js';
import type { Clock } from '../lib/clock.js';
import type { Soon } from '../lib/soon.js';
import type { Undecided } from '../shard/ports.js';
import { undecided } from './desk-faults.js';
import type { EventReplica } from './event-replica.js';
import type { DeskStore } from './ports.js';
import type { Replica } from './replica.js';
import type { Reserved, ReserveSeats } from './requests.js';
import type { ShardLink } from './shard-link.js';
import type { Part, SpreadReservations } from './spread-reservation.js';

export interface ReservationsOptions {
  readonly clock: Clock;
  readonly shardCount: number;
  /** With a single gateway the replica has every acknowledged fact: what it shows as taken is taken. */
  readonly isOnlyGateway: boolean;
  /** How often a wish is sent anew because the event changed under it. */
  readonly attemptsMax: number;
  /** 16 url-safe characters, unguessable. */
  readonly random: () => string;
  readonly replica: Replica;
  readonly link: ShardLink;
  readonly spreads: SpreadReservations;
  readonly store: DeskStore;
}

/** A reservation in the making, before it is known on how many shards it will be. */
interface Whole {
  readonly reservationId: ReservationId;
  readonly home: number;
  readonly limited: boolean;
}

type Attempt = Outcome<ReservationRecord> | Undecided;

export class Reservations {
  readonly #options: ReservationsOptions;

  constructor(options: ReservationsOptions) {
    this.#options = options;
  }

  /** Known at once where no shard need be asked. */
  reserve(request: ReserveSeats): Soon<Outcome<Reserved>> {
    return this.#reserve(request, this.#options.attemptsMax);
  }

  newId(prefix: 'rsv' | 'blk', homeKey: HomeKey): ReservationId {
    const { clock, random } = this.#options;
    return formatReservationId({ prefix, createdAt: clock.now(), homeKey, random: random() });
  }

  /** The seats by owner, and where the user's allowance is counted, if it is. */
  parts(event: EventReplica, seats: readonly SeatNumber[], allowanceKey?: HomeKey): Part[] {
    const { shardCount } = this.#options;
    const parts = new Map<number, Part>();
    const part = (shard: number): Part => {
      const known = parts.get(shard) ?? { shard, seats: [], allowance: 0 };
      parts.set(shard, known);
      return known;
    };
    for (const seat of seats)
      part(shardOf(seatHomeKey(event.record.id, event.plan, seat), shardCount)).seats.push(seat);
    if (allowanceKey !== undefined)
      part(shardOf(allowanceKey, shardCount)).allowance = seats.length;
    return [...parts.values()];
  }

  #reserve(request: ReserveSeats, attemptsLeft: number): Soon<Outcome<Reserved>> {
    const { eventId, seats } = request;
    const event = this.#options.replica.get(eventId);
    if (event === undefined) return rejected('event_not_found', `there is no event ${eventId}`);
    const refused = this.#refuseAtOnce(event, request);
    if (refused !== undefined) return refused;
    if (seats.length === 0) return rejected('seat_not_found', 'no seat was named');
    return this.#attempt(event, request).then((attempt) => {
      if (attempt.ok) return accepted({ record: attempt.value, created: true });
      if ('rejection' in attempt) return this.#unlessOwn(request, attempt);
      return this.#again(request, attempt, attemptsLeft - 1);
    });
  }

  #again(
    request: ReserveSeats,
    { undecided: reason }: Undecided,
    attemptsLeft: number,
  ): Soon<Outcome<Reserved>> {
    if (reason !== 'event_changed') throw undecided(`a shard could not decide: ${reason}`);
    if (attemptsLeft === 0) throw undecided(`event ${request.eventId} keeps changing`);
    return this.#reserve(request, attemptsLeft);
  }

  /** Seats that are certainly somebody else's need no shard to say so. */
  #refuseAtOnce(event: EventReplica, request: ReserveSeats): Outcome<Reserved> | undefined {
    if (!this.#options.isOnlyGateway || event.record.status !== 'on_sale') return undefined;
    const now = this.#options.clock.now();
    const { seats, userId } = request;
    if (!seats.some((seat) => event.isHeldByAnother(seat, userId, now))) return undefined;
    const conflicts: Conflict[] = [];
    for (const seat of seats) {
      const status = SEAT_STATUSES[event.statusAt(seat, now)];
      if (status === undefined || status === 'available') continue;
      const expiresAt = event.expiresAt(seat, now);
      conflicts.push(expiresAt === undefined ? { seat, status } : { seat, status, expiresAt });
    }
    return rejected('seat_unavailable', 'not every seat is available', conflicts);
  }

  #attempt(event: EventReplica, request: ReserveSeats): Promise<Attempt> {
    const { eventId, userId, seats } = request;
    const homeKey = seatHomeKey(eventId, event.plan, present(seats[0], 'a seat'));
    const limited = event.record.maxSeatsPerUser !== null;
    const whole = {
      reservationId: this.newId('rsv', homeKey),
      home: shardOf(homeKey, this.#options.shardCount),
      limited,
    };
    const allowanceKey = limited ? allowanceHomeKey(eventId, userId) : undefined;
    return this.#isAllAt(whole.home, event, seats, allowanceKey)
      ? this.#reserveOnOne(whole, request)
      : this.#spread(whole, event, request, allowanceKey);
  }

  /** Whether one shard owns the seats and counts the user's allowance, if it is counted. */
  #isAllAt(
    home: number,
    event: EventReplica,
    seats: readonly SeatNumber[],
    allowanceKey: HomeKey | undefined,
  ): boolean {
    const { shardCount } = this.#options;
    if (shardCount === 1) return true;
    if (allowanceKey !== undefined && shardOf(allowanceKey, shardCount) !== home) return false;
    const { id } = event.record;
    return seats.every((seat) => shardOf(seatHomeKey(id, event.plan, seat), shardCount) === home);
  }

  async #spread(
    { reservationId, home, limited }: Whole,
    event: EventReplica,
    { eventId, userId, seats, purpose, holdMs, idempotency }: ReserveSeats,
    allowanceKey: HomeKey | undefined,
  ): Promise<Attempt> {
    const parts = this.parts(event, seats, allowanceKey);
    const { clock } = this.#options;
    const expiresAt = clock.now() + (holdMs ?? event.record.holdMs);
    const what = holdMs === undefined ? { purpose, userId } : { purpose, userId, holdMs };
    const spread = {
      reservationId,
      eventId,
      seats,
      parts,
      home,
      claimedAt: clock.elapsed(),
      expiresAt,
      limited,
      what,
    };
    const outcome = await this.#options.spreads.take(
      idempotency === undefined ? spread : { ...spread, idempotency },
    );
    if (!outcome.ok) return outcome;
    return accepted(
      present(outcome.value ?? undefined, 'the record of a reservation that was opened'),
    );
  }

  #reserveOnOne(
    { reservationId, home: shard, limited }: Whole,
    { eventId, userId, seats, purpose, holdMs, idempotency }: ReserveSeats,
  ): Promise<Attempt> {
    const type = 'reservation.reserve';
    const plain: Reserve = { type, reservationId, eventId, userId, seats, purpose, limited };
    const held = holdMs === undefined ? plain : { ...plain, holdMs };
    const command = idempotency === undefined ? held : { ...held, idempotency };
    return this.#options.link.ask(shard, command);
  }

  /** What stands in the way may be what was asked for. */
  #unlessOwn(request: ReserveSeats, refused: Refused): Soon<Outcome<Reserved>> {
    if (!request.reuseOwn) return refused;
    return this.#ownReservation(request, refused.rejection).then((own) =>
      own === undefined ? refused : accepted({ record: own, created: false }),
    );
  }

  /** The user's live hold, where it has exactly the seats that were asked for. */
  async #ownReservation(
    request: ReserveSeats,
    { conflicts }: Rejection,
  ): Promise<ReservationRecord | undefined> {
    const [first] = conflicts ?? [];
    const id = first?.ownReservationId;
    if (id === undefined || conflicts?.length !== request.seats.length) return undefined;
    if (!conflicts.every((conflict) => conflict.ownReservationId === id)) return undefined;
    const record = await this.#options.store.query('reservation', { reservationId: id });
    if (record === undefined || !isHeld(record, this.#options.clock.now())) return undefined;
    return record.seats.length === request.seats.length ? record : undefined;
  }
}
