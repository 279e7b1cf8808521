import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/facts.js';
import { eventId } from '../../src/domain/ids.js';
import { hallOf, openHall, recordOf, seatsOf, wholeEvents } from './support/hall.js';
import { eventRecord, HALL, HOLD_MS } from './support/ledger.js';

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

test('seats of the same number in two events have nothing to do with each other', () => {
  const ledger = openHall();
  const other = eventId('hall2');
  ledger.commit([ledger.created(eventRecord(other, 10))]);
  ledger.commit([ledger.reserved([1])], [ledger.reserved([1], { event: other })]);
  const all = wholeEvents(ledger.store).map(({ event, reserved }) => [event.id, reserved.length]);
  expect(all).toEqual([
    [HALL, 1],
    [other, 1],
  ]);
});
