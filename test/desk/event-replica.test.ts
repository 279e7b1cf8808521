/** What a replica says of its seats, against the plainest count over the same facts. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventReplica } from '../../src/desk/event-replica.js';
import type { Fact } from '../../src/domain/facts.js';
import { reservationId, userId } from '../../src/domain/ids.js';
import { SEAT_CODE, SEAT_STATUSES } from '../../src/domain/seat-status.js';
import { TwoBitMap } from '../../src/lib/bitmap.js';
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
    this.replica = new EventReplica(snapshotOf(SEATS, 'on_sale'), START);
  }

  take({ what, seats, pick, ms }: Step): void {
    const hold = this.#holds[pick % Math.max(1, this.#holds.length)];
    if (what === 'wait') this.now += ms;
    else if (what === 'stepBack') this.now -= ms;
    else if (what === 'reserve') this.reserve(seats);
    else if (hold !== undefined) this.#move(what, hold, pick);
  }

  /** By the plainest reading. */
  isFree(seat: number): boolean {
    const isHeld = this.#holds.some(
      ({ seats, expiresAt }) => seats.includes(seat) && this.now < expiresAt,
    );
    return !this.#booked.has(seat) && !isHeld;
  }

  /** The overdue hold that has the seat. */
  end(seat: number): void {
    for (const hold of this.overdue())
      if (hold.seats.includes(seat)) this.#end('reservation.expired', hold);
  }

  /** The holds that are over, though no fact says so. */
  overdue(): readonly Hold[] {
    return this.#holds.filter(({ expiresAt }) => this.now >= expiresAt);
  }

  reserve(wanted: readonly number[]): void {
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
          const map = new TwoBitMap(SEATS, replica.statuses(now));
          expect(seats.filter((seat) => map.get(seat - 1) === SEAT_CODE.available)).toEqual(free);
          const overdue = house.overdue();
          const deadlines = overdue.map(({ expiresAt }) => expiresAt);
          expect(replica.seatCursor(now).lapsedUntil).toBe(Math.max(0, ...deadlines));
          const [after = 0] = deadlines;
          const later = overdue.filter(({ expiresAt }) => expiresAt > after);
          expect(new Set(replica.lapsedSeats(after))).toEqual(
            new Set(later.flatMap((hold) => hold.seats)),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('names in its cursor the latest deadline that has passed without its fact', () => {
    const house = new House();
    house.reserve([1]);
    house.now += 1;
    house.reserve([2]);
    house.now += HOLD_MS;
    const lapsedUntil = () => house.replica.seatCursor(house.now).lapsedUntil;
    expect(lapsedUntil()).toBe(START + 1 + HOLD_MS);
    house.end(2);
    expect(lapsedUntil()).toBe(START + HOLD_MS);
    house.end(1);
    expect(lapsedUntil()).toBe(0);
  });

  it('gives back what a seat takes when its event is deleted, and shows its seats still', () => {
    const seats = 400_000;
    const atStart = arrayBufferBytes();
    const replica = new EventReplica(snapshotOf(seats, 'on_sale'), START);
    expect(arrayBufferBytes() - atStart).toBeGreaterThan(seats * 10);
    const event = { ...eventRecord(HALL, seats), status: 'deleted' } as const;
    const fact = { type: 'event.deleted', eventId: HALL, at: START, event } as const;
    replica.apply({ sequence: 1, fact });
    expect(arrayBufferBytes() - atStart).toBeLessThan(seats);
    expect(replica.statusAt(seats, START)).toBe(SEAT_CODE.available);
    expect(replica.counts(START).available).toBe(seats);

    const restored = new EventReplica(snapshotOf(seats, 'deleted'), START);
    expect(arrayBufferBytes() - atStart).toBeLessThan(2 * seats);
    expect(restored.plan.totalSeats).toBe(seats);
  });
});

function snapshotOf(totalSeats: number, status: 'on_sale' | 'deleted') {
  const none = new Uint32Array(0);
  const event = { ...eventRecord(HALL, totalSeats), status };
  return { event, booked: none, blocked: none };
}

/** In use: what nobody holds any more is collected first, and the second time given back. */
function arrayBufferBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // what the flag gives a new context
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}
