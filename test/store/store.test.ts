import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/domain/facts.js';
import { eventId, type ReservationId, userId } from '../../src/domain/ids.js';
import { AssertionFailure } from '../../src/lib/assert.js';
import type { EventSnapshot } from '../../src/shard/ports.js';
import { eventRecord, HALL, HOLD_MS, Ledger } from './support/ledger.js';
import { ROWS_KINDS } from './support/rows-kinds.js';

const ANSWER = { status: 201, body: '{}', headers: {} };

/** A store with one event. */
function openHall(rows = ROWS_KINDS[0]?.[1]()): Ledger {
  const ledger = new Ledger(rows);
  ledger.commit([ledger.created()]);
  return ledger;
}

function hallOf(ledger: Ledger): EventSnapshot {
  const [snapshot] = ledger.store.snapshots();
  if (snapshot === undefined) throw new Error('no event');
  return snapshot;
}

function seatsOf(ledger: Ledger): Record<'booked' | 'blocked', number[]> & { reserved: unknown[] } {
  const { booked, blocked, reserved } = hallOf(ledger);
  return {
    booked: [...booked],
    blocked: [...blocked],
    reserved: reserved.map(({ seats }) => seats),
  };
}

function recordOf(ledger: Ledger, reservationId: ReservationId) {
  return ledger.store.query('reservation', { reservationId });
}

describe.each(ROWS_KINDS)('a store in %s', (_, open) => {
  test('facts are numbered 1, 2, 3… over all events, in the order they were staged', () => {
    const ledger = new Ledger(open());
    const other = eventId('other');
    expect(ledger.store.sequence).toBe(0);
    const made = ledger.commit([ledger.created()], [ledger.created(eventRecord(other, 10))]);
    expect(made).toMatchObject({ first: 1, sequence: 2 });
    const [one, two, three] = [
      ledger.reserved([1]),
      ledger.reserved([1], { event: other }),
      ledger.reserved([2]),
    ];
    const entries = [one, two, three].map((fact) => ledger.entry([fact]));
    const committed = ledger.store.commit([
      { turn: 1, entries: entries.slice(0, 2) },
      { turn: 1, entries: entries.slice(2) },
    ]);
    expect(committed).toEqual({ first: 3, sequence: 5, facts: [one, two, three] });
    expect(ledger.store.sequence).toBe(5);
    expect(ledger.reopen().sequence).toBe(5);
    const log = ledger.store.query('eventLog', { eventId: HALL, after: 1, limit: 10 });
    expect(log).toEqual([
      { sequence: 3, fact: one },
      { sequence: 5, fact: three },
    ]);
  });

  test('what was committed is there when the store is opened again', () => {
    const ledger = openHall(open());
    const [held, booked] = [ledger.reserved([1, 2]), ledger.reserved([3])];
    ledger.commit([held], [booked], [ledger.next('confirmed', booked)], [ledger.blocked([9, 8])]);
    ledger.reopen();
    expect(recordOf(ledger, held.reservationId)).toEqual(ledger.record(held.reservationId));
    expect(recordOf(ledger, booked.reservationId)).toEqual(ledger.record(booked.reservationId));
    const snapshot = hallOf(ledger);
    expect(snapshot.event).toEqual(eventRecord());
    expect(snapshot.reserved).toEqual([ledger.record(held.reservationId)]);
    expect([...snapshot.booked]).toEqual([3]);
    expect([...snapshot.blocked]).toEqual([8, 9]);
  });

  test('a taken seat cannot be taken again, and nothing of that commit is kept (I2)', () => {
    const ledger = openHall(open());
    const first = ledger.reserved([5]);
    ledger.commit([first]);
    const [other, again] = [ledger.reserved([6]), ledger.reserved([4, 5], { user: 'bob' })];
    expect(() => ledger.commit([other], [again])).toThrow(AssertionFailure);
    ledger.reopen();
    expect(() => ledger.commit([again])).toThrow(/I2: seat 5 of hall is reserved by rsv_/);
    ledger.reopen();
    expect(ledger.store.sequence).toBe(2);
    expect(seatsOf(ledger)).toEqual({ booked: [], blocked: [], reserved: [[5]] });
    expect(recordOf(ledger, other.reservationId)).toBeUndefined();
    const ask = { userId: userId('bob'), now: ledger.now, limit: 10 };
    expect(ledger.store.query('userReservations', ask).data).toEqual([]);
    expect(ledger.store.query('stats', { eventId: HALL }).reservations.reserved).toBe(1);
    expect(ledger.commit([other])).toMatchObject({ first: 3 });
  });

  test('an answer leaves no hole in the sequence', () => {
    const ledger = openHall(open());
    const mark = { key: 'k', fingerprint: 'f', requestId: 'r' };
    ledger.store.remember(mark, ANSWER);
    expect(ledger.store.sequence).toBe(1);
    expect(ledger.store.commit([])).toEqual({ first: 2, sequence: 1, facts: [] });
  });
});

describe('the rows of seats', () => {
  test.each([
    ['cancelled', [], []],
    ['expired', [], []],
    ['confirmed', [7, 8], []],
  ] as const)('a reservation that is %s', (name, booked, reserved) => {
    const ledger = openHall();
    const held = ledger.reserved([7, 8]);
    ledger.commit([held]);
    expect(seatsOf(ledger)).toEqual({ booked: [], blocked: [], reserved: [[7, 8]] });
    ledger.commit([ledger.next(name, held)]);
    expect(seatsOf(ledger)).toEqual({ booked, blocked: [], reserved });
  });

  test('a refund frees what was booked', () => {
    const ledger = openHall();
    const held = ledger.reserved([7, 8]);
    ledger.commit([held, ledger.next('confirmed', held)]);
    expect(seatsOf(ledger)).toEqual({ booked: [7, 8], blocked: [], reserved: [] });
    ledger.commit([ledger.next('refunded', held)]);
    expect(seatsOf(ledger)).toEqual({ booked: [], blocked: [], reserved: [] });
  });

  test('releasing some of the seats frees those alone', () => {
    const ledger = openHall();
    const held = ledger.reserved([7, 8, 9]);
    ledger.commit([held], [ledger.released(held, [8])]);
    expect(seatsOf(ledger)).toEqual({ booked: [], blocked: [], reserved: [[7, 9]] });
    ledger.commit([ledger.next('confirmed', held)]);
    expect(seatsOf(ledger).booked).toEqual([7, 9]);
  });

  test('extending changes the record and no seat', () => {
    const ledger = openHall();
    const held = ledger.reserved([7]);
    ledger.commit([held], [ledger.extended(held, held.expiresAt + HOLD_MS)]);
    expect(seatsOf(ledger).reserved).toEqual([[7]]);
    expect(recordOf(ledger, held.reservationId)).toMatchObject({
      expiresAt: held.expiresAt + HOLD_MS,
      extensions: 1,
    });
  });

  test('blocked seats are blocked until they are unblocked', () => {
    const ledger = openHall();
    ledger.commit([ledger.blocked([1, 2])], [ledger.blocked([3])]);
    ledger.commit([ledger.unblocked([2, 3])]);
    expect(seatsOf(ledger)).toEqual({ booked: [], blocked: [1], reserved: [] });
    expect(() => ledger.commit([ledger.reserved([1])])).toThrow(/I2.* takes it for available/);
    ledger.reopen();
    expect(() => ledger.commit([ledger.unblocked([2])])).toThrow(
      'I2: seat 2 of hall is available; seats.unblocked takes it for blocked by a block',
    );
  });

  test('a reservation may come and go within one turn, and the seat be taken by another', () => {
    const ledger = openHall();
    const [first, second, third] = [
      ledger.reserved([5]),
      ledger.reserved([5], { user: 'bob' }),
      ledger.reserved([5], { user: 'cid' }),
    ];
    const expired = ledger.next('expired', first);
    ledger.commit([first], [expired, second], [ledger.next('cancelled', second)], [third]);
    expect(seatsOf(ledger).reserved).toEqual([[5]]);
    expect(hallOf(ledger).reserved).toEqual([ledger.record(third.reservationId)]);
    expect(recordOf(ledger, first.reservationId)?.status).toBe('expired');
    expect(recordOf(ledger, second.reservationId)?.status).toBe('cancelled');
  });

  test('a seat is freed and booked only from the reservation that has it (I2)', () => {
    const ledger = openHall();
    const [mine, other] = [ledger.reserved([5]), ledger.reserved([6])];
    ledger.commit([mine], [other]);
    const wrong = (fact: Fact) => () => {
      ledger.reopen();
      ledger.store.commit([{ turn: 1, entries: [{ facts: [fact], records: [] }] }]);
    };
    const confirmed = { ...ledger.next('confirmed', other), seats: [6, 5] };
    const extended = { ...ledger.extended(other, other.expiresAt + 1), seats: [5] };
    expect(wrong({ ...ledger.next('cancelled', other), seats: [5] } as Fact)).toThrow(
      /^I2: seat 5 of hall is reserved by \w+; reservation.cancelled takes it for reserved by \w+$/,
    );
    expect(wrong(confirmed as Fact)).toThrow(/^I2: seat 5 .*confirmed takes it for reserved by/);
    expect(wrong(extended as Fact)).toThrow(/^I2: seat 5 .*extended takes it for reserved by/);
    expect(wrong(ledger.next('refunded', mine))).toThrow(/^I2: .*refunded takes it for booked by/);
    expect(wrong(ledger.unblocked([5]))).toThrow(/^I2: seat 5 .*unblocked takes it for blocked/);
    ledger.reopen();
    expect(seatsOf(ledger).reserved).toEqual([[5], [6]]);
  });

  test('a store whose commit has failed answers nothing more (I3)', async () => {
    const ledger = openHall();
    ledger.commit([ledger.reserved([5])]);
    expect(() => ledger.commit([ledger.reserved([5])])).toThrow('I2');
    const { store } = ledger;
    const attempts = [
      () => ledger.commit([ledger.reserved([6])]),
      () => store.load({ type: 'event', eventId: HALL }),
      () => store.query('stats', { eventId: HALL }),
      () => [...store.snapshots()],
      () => store.remember({ key: 'k', fingerprint: 'f', requestId: 'r' }, ANSWER),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(/commit has failed/);
    await store.close();
    expect(ledger.reopen().sequence).toBe(2);
  });

  test('seats of the same number in two events have nothing to do with each other', () => {
    const ledger = openHall();
    const other = eventId('hall2');
    ledger.commit([ledger.created(eventRecord(other, 10))]);
    ledger.commit([ledger.reserved([1])], [ledger.reserved([1], { event: other })]);
    const all = [...ledger.store.snapshots()].map(({ event, reserved }) => [
      event.id,
      reserved.length,
    ]);
    expect(all).toEqual([
      [HALL, 1],
      [other, 1],
    ]);
  });
});

describe('events', () => {
  test('a change is kept with its fact', () => {
    const ledger = openHall();
    const closed = { ...eventRecord(), status: 'closed', version: 2 } as const;
    ledger.commit([ledger.changed(closed)]);
    expect(hallOf(ledger).event).toEqual(closed);
    expect(ledger.store.load({ type: 'event', eventId: HALL })).toEqual({
      type: 'event',
      event: closed,
    });
    const log = ledger.store.query('eventLog', { eventId: HALL, after: 0, limit: 10 });
    expect(log.map(({ fact }) => fact)).toEqual([ledger.created(), ledger.changed(closed)]);
  });

  test('a deleted event is kept, without seats', () => {
    const ledger = openHall();
    const held = ledger.reserved([1]);
    const gone = { ...eventRecord(), status: 'deleted', version: 2 } as const;
    ledger.commit([held], [ledger.next('cancelled', held)], [ledger.changed(gone)]);
    expect(hallOf(ledger)).toEqual({
      event: gone,
      booked: new Uint32Array(),
      blocked: new Uint32Array(),
      reserved: [],
    });
  });
});
