/** What must hold in every world, checked from outside. */
import type { NumberedFact } from '../../src/domain/facts.js';
import type { EventId, ReservationId, SeatNumber } from '../../src/domain/ids.js';
import { publicCode, SEAT_STATE } from '../../src/domain/seat-table.js';
import { Shard } from '../../src/shard/shard.js';
import { LIMITS, type World } from './world.js';

/** Follows the facts as they are committed and knows of each seat who has it: two at once is a breach of I2, an early end one of I5. */
export class FactWatch {
  readonly #holder = new Map<string, ReservationId>();
  readonly #expiresAt = new Map<ReservationId, number>();
  #sequence = 0;
  /** Live reservations of each user and the seats they have. */
  readonly #perUser = new Map<string, Map<ReservationId, number>>();
  readonly #confirmed = new Set<ReservationId>();
  readonly #perUserMax: number | null;

  readonly #world: World;

  constructor(world: World, perUserMax: number | null) {
    this.#world = world;
    this.#perUserMax = perUserMax;
    world.onFacts.push(({ first, facts }) => {
      for (const [index, fact] of facts.entries()) this.#see({ sequence: first + index, fact });
    });
  }

  #see({ sequence, fact }: NumberedFact): void {
    this.#world.note(
      `#${sequence} ${JSON.stringify(fact.type.startsWith('event') ? fact.type : fact)}`,
    );
    if (sequence !== this.#sequence + 1)
      throw new Error(`fact ${sequence} after ${this.#sequence}`);
    this.#sequence = sequence;
    if (
      fact.type.startsWith('event.') ||
      fact.type.startsWith('seats.') ||
      !('reservationId' in fact)
    )
      return;
    const { eventId, reservationId, seats, at, userId } = fact;
    const places = seats.map((seat) => `${eventId}/${seat}`);
    switch (fact.type) {
      case 'reservation.reserved':
        for (const place of places) {
          if (this.#holder.has(place))
            throw new Error(`I2: ${place} taken twice by ${reservationId}`);
          this.#holder.set(place, reservationId);
        }
        this.#expiresAt.set(reservationId, fact.expiresAt);
        this.#count(userId, reservationId, seats.length, at);
        return;
      case 'reservation.extended':
        this.#expiresAt.set(reservationId, fact.expiresAt);
        return;
      case 'reservation.confirmed':
        if (at >= (this.#expiresAt.get(reservationId) ?? 0))
          throw new Error(`I5: ${reservationId} confirmed too late`);
        this.#mustHold(places, reservationId);
        this.#confirmed.add(reservationId);
        this.#count(userId, reservationId, 0, at);
        return;
      case 'reservation.expired':
        if (at < (this.#expiresAt.get(reservationId) ?? 0))
          throw new Error(`I5: ${reservationId} expired early`);
        this.#free(places, reservationId);
        this.#count(userId, reservationId, -seats.length, at);
        return;
      default:
        this.#free(places, reservationId);
        this.#count(userId, reservationId, -seats.length, at);
    }
  }

  #mustHold(places: readonly string[], reservationId: ReservationId): void {
    for (const place of places) {
      if (this.#holder.get(place) !== reservationId)
        throw new Error(`I4: ${place} is not ${reservationId}'s`);
    }
  }

  #free(places: readonly string[], reservationId: ReservationId): void {
    this.#mustHold(places, reservationId);
    for (const place of places) this.#holder.delete(place);
  }

  /** A hold past its time counts no longer, written down or not (I5). */
  #count(user: string, id: ReservationId, change: number, now: number): void {
    const mine = this.#perUser.get(user) ?? new Map<ReservationId, number>();
    this.#perUser.set(user, mine);
    mine.set(id, (mine.get(id) ?? 0) + change);
    let seats = 0;
    for (const [other, count] of mine) {
      if (this.#confirmed.has(other) || now < (this.#expiresAt.get(other) ?? 0)) seats += count;
    }
    if (this.#perUserMax !== null && seats > this.#perUserMax)
      throw new Error(`${user} has ${seats} seats`);
  }

  holderOf(eventId: EventId, seat: SeatNumber): ReservationId | undefined {
    return this.#holder.get(`${eventId}/${seat}`);
  }
}

/** With nothing under way: shards, replicas and store say the same, and so does a shard rebuilt from the store (I6, I7). */
export function checkAtRest(world: World, eventId: EventId, totalSeats: number): void {
  for (const { desk } of world.desks) {
    const counts = desk.event(eventId)?.counts(world.now);
    const sum =
      counts === undefined
        ? -1
        : counts.available + counts.reserved + counts.booked + counts.blocked;
    if (sum !== totalSeats) throw new Error(`I7: ${JSON.stringify(counts)}`);
  }
  const rebuilt = world.shards.map((_, index) => rebuild(world, index));
  for (let seat = 1; seat <= totalSeats; seat += 1) {
    const live = codeOf(
      world.shards.map((living) => living?.shard),
      eventId,
      seat,
      world.now,
    );
    const fresh = codeOf(rebuilt, eventId, seat, world.now);
    const shown = world.desks.map(({ desk }) => desk.event(eventId)?.statusAt(seat, world.now));
    if (live !== fresh || shown.some((code) => code !== fresh)) {
      throw new Error(
        `I6: seat ${seat}: shard ${live}, rebuilt ${fresh}, replicas ${shown.join()}`,
      );
    }
  }
}

function codeOf(
  shards: readonly (Shard | undefined)[],
  eventId: EventId,
  seat: SeatNumber,
  now: number,
): number {
  for (const shard of shards) {
    const event = shard?.state.events.get(eventId);
    if (shard === undefined || event === undefined || !shard.state.isMine(event, seat)) continue;
    const state = event.stateOf(seat);
    const holder = event.holderOf(seat);
    if (state === SEAT_STATE.own || state === SEAT_STATE.delegated)
      return holder !== undefined && now >= holder.expiresAt ? 0 : 1;
    return publicCode(state);
  }
  return -1;
}

function rebuild(world: World, index: number): Shard {
  const nowhere = { store: { stage: () => {}, load: () => {} }, answer: () => {}, tell: () => {} };
  const { shardCount, clock } = world;
  const shard = new Shard({
    index,
    shardCount,
    clock,
    limits: LIMITS.shard,
    outlets: nowhere,
    wantsTurn: () => {},
  });
  for (const snapshot of world.store.snapshots()) shard.restore(snapshot);
  return shard;
}
