/** What a replica says of its seats, against the plainest count over the same facts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventReplica } from '../../src/desk/event-replica.js';
import type { Fact } from '../../src/domain/facts.js';
import { reservationId, userId } from '../../src/domain/ids.js';
import { SEAT_STATUSES } from '../../src/domain/seat-status.js';
import { eventRecord, HALL } from '../store/support/ledger.js';

const SEATS = 8;
const START = 1_000_000;
const HOLD_MS = 50;

interface Hold {
  readonly id: number;
  seats: readonly number[];
  expiresAt: number;
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom(
      'reserve',
      'reserve',
      'confirm',
      'cancel',
      'release',
      'extend',
      'wait',
      'stepBack',
    ),
    seats: fc.uniqueArray(fc.integer({ min: 1, max: SEATS }), { minLength: 1, maxLength: 3 }),
    pick: fc.nat(),
    ms: fc.integer({ min: 1, max: HOLD_MS }),
  }),
  { maxLength: 40 },
);

type Step = (typeof steps extends fc.Arbitrary<(infer Each)[]> ? Each : never) & object;

/** A house, its replica, and what each seat must be: booked, or held until some time. */
class House {
  readonly replica: EventReplica;
  now = START;
  readonly #booked = new Set<number>();
  #holds: Hold[] = [];
  #sequence = 0;

  constructor() {
    const none = new Uint32Array(0);
    this.replica = new EventReplica(
      { event: eventRecord(HALL, SEATS), booked: none, blocked: none, reserved: [] },
      START,
    );
  }

  take({ what, seats, pick, ms }: Step): void {
    const hold = this.#holds[pick % Math.max(1, this.#holds.length)];
    if (what === 'wait') this.now += ms;
    else if (what === 'stepBack') this.now -= ms;
    else if (what === 'reserve') this.#reserve(seats);
    else if (hold !== undefined) this.#move(what, hold, pick);
  }

  /** By the plainest reading. */
  isFree(seat: number): boolean {
    const isHeld = this.#holds.some(
      ({ seats, expiresAt }) => seats.includes(seat) && this.now < expiresAt,
    );
    return !this.#booked.has(seat) && !isHeld;
  }

  #reserve(wanted: readonly number[]): void {
    const seats = wanted.filter((seat) => this.isFree(seat));
    if (seats.length === 0) return;
    // Who takes a seat of an overdue hold ends it first.
    for (const hold of this.#holds.filter((each) =>
      each.seats.some((seat) => seats.includes(seat)),
    ))
      this.#end('reservation.expired', hold);
    const id = this.#sequence + 1;
    const expiresAt = this.now + HOLD_MS;
    this.#apply({
      ...this.#about(id, seats),
      type: 'reservation.reserved',
      expiresAt,
      holdMs: HOLD_MS,
    });
    this.#holds.push({ id, seats, expiresAt });
  }

  #move(what: string, hold: Hold, pick: number): void {
    if (this.now >= hold.expiresAt) return this.#end('reservation.expired', hold);
    if (what === 'confirm') {
      for (const seat of hold.seats) this.#booked.add(seat);
      return this.#end('reservation.confirmed', hold);
    }
    if (what === 'cancel') return this.#end('reservation.cancelled', hold);
    if (what === 'extend') {
      hold.expiresAt = this.now + 2 * HOLD_MS;
      const { id, seats, expiresAt } = hold;
      return this.#apply({ ...this.#about(id, seats), type: 'reservation.extended', expiresAt });
    }
    const [gone = 0] = hold.seats.slice(pick % hold.seats.length);
    if (hold.seats.length === 1) return;
    hold.seats = hold.seats.filter((seat) => seat !== gone);
    this.#apply({ ...this.#about(hold.id, [gone]), type: 'reservation.released' });
  }

  #end(
    type: 'reservation.expired' | 'reservation.confirmed' | 'reservation.cancelled',
    hold: Hold,
  ): void {
    this.#holds = this.#holds.filter((each) => each !== hold);
    this.#apply({ ...this.#about(hold.id, hold.seats), type });
  }

  #about(id: number, seats: readonly number[]) {
    return {
      eventId: HALL,
      at: this.now,
      reservationId: reservationId(`rsv_${id}`),
      userId: userId('ada'),
      seats,
    };
  }

  #apply(fact: Fact): void {
    this.#sequence += 1;
    this.replica.apply({ sequence: this.#sequence, fact });
  }
}

describe('a replica of an event', () => {
  it('shows every seat as the facts and the time make it, and knows the first that is free', () => {
    fc.assert(
      fc.property(steps, (course) => {
        const house = new House();
        for (const step of course) {
          house.take(step);
          const { replica, now } = house;
          const seats = Array.from({ length: SEATS }, (_, index) => index + 1);
          const free = seats.filter((seat) => house.isFree(seat));
          const shown = seats.filter(
            (seat) => SEAT_STATUSES[replica.statusAt(seat, now)] === 'available',
          );
          expect(shown).toEqual(free);
          expect(replica.counts(now).available).toBe(free.length);
          expect(replica.freeFrom(now)).toBe(free[0] ?? SEATS + 1);
        }
      }),
      { numRuns: 500 },
    );
  });
});
