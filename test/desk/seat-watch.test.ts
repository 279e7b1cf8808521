import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventReplica } from '../../src/desk/event-replica.js';
import { formatSeatCursor, parseSeatCursor } from '../../src/desk/seat-cursor.js';
import type { SeatWatch } from '../../src/desk/seat-watch.js';
import type { Fact, NumberedFact } from '../../src/domain/facts.js';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import { TwoBitMap } from '../../src/lib/bitmap.js';
import { hash32 } from '../../src/lib/hash.js';
import { FactFold } from '../gateway/feed/support/fact-fold.js';
import { smallHouse } from '../simulation/venue.js';

const SEATS = 12;
const START = 1_000_000;
const ID = eventId('show');
const INCARNATION = 4_294_967_295;
/** Of both: in every cursor. */
const HISTORY = hash32('4294967295 show');

/** One event's replica under a clock of the test's own, and the facts that it was told. */
class Replayed {
  now = START;
  readonly facts: NumberedFact[] = [];
  readonly fold = new FactFold(SEATS);
  readonly replica: EventReplica;

  constructor() {
    const times = { createdAt: START, updatedAt: START, version: 1 };
    const settings = { maxSeatsPerUser: null, preventOrphans: false, holdMs: 100 };
    this.replica = new EventReplica(
      {
        event: {
          id: ID,
          name: 'Show',
          status: 'on_sale',
          currency: 'EUR',
          ...settings,
          plan: smallHouse(1, SEATS),
          ...times,
        },
        booked: new Uint32Array(0),
        blocked: new Uint32Array(0),
      },
      this.now,
    );
    this.replica.standsAt(0, INCARNATION);
  }

  happens(fact: Fact): void {
    const numbered = { sequence: this.facts.length + 1, fact };
    this.facts.push(numbered);
    this.fold.add(numbered);
    this.replica.apply(numbered);
  }

  reserve(name: string, seats: readonly number[], holdMs = 100): void {
    const expiresAt = this.now + holdMs;
    this.happens({ type: 'reservation.reserved', ...this.#of(name, seats), expiresAt, holdMs });
  }

  extend(name: string, seats: readonly number[], holdMs = 100): void {
    const expiresAt = this.now + holdMs;
    this.happens({ type: 'reservation.extended', ...this.#of(name, seats), expiresAt });
  }

  end(
    type: 'reservation.expired' | 'reservation.confirmed' | 'reservation.cancelled',
    name: string,
    seats: readonly number[],
  ): void {
    this.happens({ type, ...this.#of(name, seats) });
  }

  watch(recentSeatsMax = 100, changed: () => void = () => undefined): SeatWatch {
    return this.replica.watch({ now: this.now, recentSeatsMax, changed });
  }

  #of(name: string, seats: readonly number[]) {
    const holder = { reservationId: reservationId(name), userId: userId('ann') };
    return { eventId: ID, at: this.now, ...holder, seats };
  }
}

function seatsIn(statuses: Uint8Array): number[] {
  const map = new TwoBitMap(SEATS, statuses);
  return Array.from({ length: SEATS }, (_, index) => map.get(index));
}

describe('a watch', () => {
  it('tells what differs from what it told before, and nothing twice', () => {
    const event = new Replayed();
    event.reserve('early', [1]);
    const watch = event.watch();
    expect(seatsIn(watch.statuses).slice(0, 3)).toEqual([1, 0, 0]);
    event.reserve('a', [2, 3]);
    event.end('reservation.cancelled', 'a', [2, 3]);
    event.reserve('b', [4]);
    expect(watch.takeChanges(event.now).changes).toEqual([[4, 1]]);
    expect(watch.takeChanges(event.now).changes).toEqual([]);
    event.end('reservation.confirmed', 'b', [4]);
    expect(watch.takeChanges(event.now)).toEqual({
      cursor: event.replica.cursor(event.now),
      changes: [[4, 2]],
    });
  });

  it('is told of a hold that is over though no fact says so, and moves its cursor', () => {
    const event = new Replayed();
    let calls = 0;
    const watch = event.watch(100, () => {
      calls += 1;
    });
    event.reserve('a', [5]);
    watch.takeChanges(event.now);
    calls = 0;
    event.now += 99;
    event.replica.noticeLapses(event.now);
    expect(calls).toBe(0);
    event.now += 1;
    event.replica.noticeLapses(event.now);
    expect(calls).toBe(1);
    const { cursor, changes } = watch.takeChanges(event.now);
    expect(changes).toEqual([[5, 0]]);
    expect(parseSeatCursor(cursor)).toEqual({
      sequence: 1,
      lapsedUntil: event.now,
      history: HISTORY,
    });
  });

  it('costs nothing when it has ended', () => {
    const event = new Replayed();
    let calls = 0;
    const watch = event.watch(100, () => {
      calls += 1;
    });
    watch.end();
    event.reserve('a', [1]);
    event.now += 100;
    event.replica.noticeLapses(event.now);
    expect(calls).toBe(0);
  });
});

describe('coming back', () => {
  it('gives what facts have touched since, and holds that lapsed since', () => {
    const event = new Replayed();
    const watch = event.watch();
    event.reserve('a', [1], 50);
    event.reserve('b', [2, 3], 500);
    const { cursor } = watch.takeChanges(event.now);
    event.end('reservation.confirmed', 'b', [2, 3]);
    event.now += 60;
    watch.takeChanges(event.now);
    const from = parseSeatCursor(cursor);
    expect(from && watch.resumeFrom(from)).toEqual({
      cursor: watch.cursor,
      changes: [
        [2, 2],
        [3, 2],
        [1, 0],
      ],
    });
  });

  it('is not possible from before what is remembered, until the older facts are recalled', () => {
    const event = new Replayed();
    const first = event.replica.seatCursor(event.now);
    for (let seat = 1; seat <= 4; seat += 1) event.reserve(`r${seat}`, [seat]);
    const watch = event.watch(6);
    expect(watch.resumeFrom(first)).toBeUndefined();
    expect(watch.recall(0, event.facts)).toBe(true);
    expect(watch.resumeFrom(first)?.changes).toHaveLength(4);
    // At the bound the older half goes.
    for (let seat = 5; seat <= 7; seat += 1) event.reserve(`r${seat}`, [seat]);
    watch.takeChanges(event.now);
    expect(watch.since).toBeGreaterThan(0);
    expect(watch.resumeFrom(first)).toBeUndefined();
    expect(watch.recall(0, event.facts)).toBe(false);
  });

  it('waits for a gateway that is not as far on', () => {
    const event = new Replayed();
    const watch = event.watch();
    const heardOf = 7; // facts of other events
    const at = (sequence: number, lapsedUntil = 0) => ({
      sequence,
      lapsedUntil,
      history: HISTORY,
    });
    expect(watch.covers(at(7), heardOf)).toBe(true);
    expect(watch.covers(at(8), heardOf)).toBe(false);
    expect(watch.covers(at(0, START), heardOf)).toBe(true);
    expect(watch.covers(at(0, START + 1), heardOf)).toBe(false);
    event.reserve('a', [1]);
    expect(watch.covers(at(1), heardOf)).toBe(false);
    watch.takeChanges(event.now);
    expect(watch.covers(at(1), heardOf)).toBe(true);
  });
});

describe('a cursor', () => {
  it('is of one event, in one incarnation of the store', () => {
    const [event, other] = [new Replayed(), new Replayed()];
    const cursor = other.replica.seatCursor(other.now);
    expect(event.watch().isOf(cursor)).toBe(true);
    other.replica.standsAt(0, INCARNATION - 1);
    expect(event.watch().isOf(other.replica.seatCursor(other.now))).toBe(false);
    const foreign = hash32(`${INCARNATION} other`);
    expect(event.watch().isOf({ ...cursor, history: foreign })).toBe(false);
  });

  it('is short', () => {
    const cursor = { sequence: 10 ** 9, lapsedUntil: 4 * 10 ** 12, history: 2 ** 32 - 1 };
    expect(formatSeatCursor(cursor)).toHaveLength(24);
  });

  it('comes back as it was', () => {
    const cursor = { sequence: 12_345, lapsedUntil: 1_800_000_000_123, history: HISTORY };
    expect(parseSeatCursor(formatSeatCursor(cursor))).toEqual(cursor);
  });

  it.each([
    '',
    'x',
    '1-2',
    '1-2-3-4',
    '1-2-',
    '-1-2-3',
    '1.5-0-0',
    `${'z'.repeat(11)}-0-0`,
    '1-2-3 ',
  ])('is not %j', (text) => {
    expect(parseSeatCursor(text)).toBeUndefined();
  });
});

const seats = fc.uniqueArray(fc.integer({ min: 1, max: SEATS }), { minLength: 1, maxLength: 3 });
const act = fc.oneof(
  fc.record({
    does: fc.constant('reserve' as const),
    seats,
    holdMs: fc.integer({ min: 1, max: 80 }),
  }),
  fc.record({ does: fc.constantFrom('confirm', 'cancel', 'expire', 'extend'), pick: fc.nat() }),
  // The clock may be stepped back.
  fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: -30, max: 60 }) }),
  fc.record({ does: fc.constantFrom('take', 'resume', 'count'), pick: fc.nat() }),
);

it('what is published is what the facts say at its cursor, and any cursor leads there (I8)', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 60 }), (acts) => {
      const event = new Replayed();
      const watch = event.watch(20);
      const held = new Map<string, readonly number[]>();
      const seen = [watch.cursor];
      const isTaken = (seat: number) => [...held.values()].some((list) => list.includes(seat));
      for (const [index, each] of acts.entries()) {
        if ('seats' in each) {
          if (each.seats.some(isTaken)) continue;
          held.set(`r${index}`, each.seats);
          event.reserve(`r${index}`, each.seats, each.holdMs);
        } else if ('ms' in each) event.now += each.ms;
        else if (each.does === 'take') seen.push(watch.takeChanges(event.now).cursor);
        else if (each.does === 'count') event.replica.counts(event.now);
        else if (each.does === 'resume') resume(event, watch, seen[each.pick % seen.length] ?? '');
        else move(event, held, each.does, each.pick);
        expect(seatsIn(watch.statuses)).toEqual(event.fold.at(watch.cursor));
      }
      const cursor = event.replica.cursor(event.now);
      expect(seatsIn(event.replica.statuses(event.now))).toEqual(event.fold.at(cursor));
    }),
    { numRuns: 300 },
  );
});

function resume(event: Replayed, watch: SeatWatch, text: string): void {
  const cursor = parseSeatCursor(text);
  if (cursor === undefined || !watch.covers(cursor, event.facts.length)) return;
  const delta = watch.resumeFrom(cursor);
  if (delta === undefined) return;
  const map = event.fold.at(text);
  for (const [seat, code] of delta.changes) map[seat - 1] = code;
  expect(map).toEqual(event.fold.at(delta.cursor));
}

function move(
  event: Replayed,
  held: Map<string, readonly number[]>,
  does: string,
  pick: number,
): void {
  const [name, list] = [...held][pick % Math.max(1, held.size)] ?? [];
  if (name === undefined || list === undefined) return;
  if (does === 'extend') event.extend(name, list);
  else {
    held.delete(name);
    if (does === 'confirm') event.end('reservation.confirmed', name, list);
    else event.end(does === 'cancel' ? 'reservation.cancelled' : 'reservation.expired', name, list);
  }
}
