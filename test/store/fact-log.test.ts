import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/facts.js';
import { eventId } from '../../src/domain/ids.js';
import { eventRecord, HALL, Ledger } from './support/ledger.js';

function openHall(): Ledger {
  const ledger = new Ledger();
  ledger.commit([ledger.created()]);
  return ledger;
}

function sequences(ledger: Ledger, after: number, limit: number): number[] {
  const log = ledger.store.query('eventLog', { eventId: HALL, after, limit });
  return log.map(({ sequence }) => sequence);
}

test('a log is read from any sequence, in the middle of a commit too, and to any limit', () => {
  const ledger = openHall();
  const other = eventId('hal');
  ledger.commit([ledger.created(eventRecord(other, 10))]);
  ledger.commit([ledger.reserved([1])], [ledger.reserved([2])], [ledger.reserved([3])]); // 3, 4, 5
  ledger.commit([ledger.reserved([1], { event: other })], [ledger.reserved([4])]); // 6, 7
  ledger.commit([ledger.reserved([5])]); // 8
  expect(sequences(ledger, 0, 100)).toEqual([1, 3, 4, 5, 7, 8]);
  expect(sequences(ledger, 2, 100)).toEqual([3, 4, 5, 7, 8]);
  expect(sequences(ledger, 4, 100)).toEqual([5, 7, 8]);
  expect(sequences(ledger, 5, 100)).toEqual([7, 8]);
  expect(sequences(ledger, 6, 1)).toEqual([7]);
  expect(sequences(ledger, 8, 100)).toEqual([]);
  expect(sequences(ledger, 0, 2)).toEqual([1, 3]);
  expect(sequences(ledger, 0, 0)).toEqual([]);
});

test('the log of an event that is not there is empty', () => {
  const ledger = openHall();
  const ask = { eventId: eventId('other'), after: 0, limit: 10 };
  expect(ledger.store.query('eventLog', ask)).toEqual([]);
});

test('facts are read as they were staged, with the plan of their event', () => {
  const ledger = openHall();
  const held = ledger.reserved([1, 2]);
  const facts = [
    held,
    ledger.extended(held, held.expiresAt + 1000),
    ledger.released(held, [2]),
    ledger.next('cancelled', { ...held, seats: [1] }),
    { ...ledger.blocked([9]), reason: 'for the house' },
    ledger.unblocked([9]),
    ledger.changed({ ...eventRecord(), name: 'Another play', version: 2 }),
  ];
  ledger.commit(...facts.map((fact) => [fact]));
  const log = ledger.store.query('eventLog', { eventId: HALL, after: 0, limit: 100 });
  expect(log.map(({ fact }) => fact)).toEqual([ledger.created(), ...facts]);
});

test('a plan is not written again with every change of its event', () => {
  const ledger = new Ledger();
  const labels = Array.from({ length: 1000 }, (_, index) => `Loge ${index} on the left`);
  const record = eventRecord(HALL, 1000);
  const sections = record.plan.sections.map((section) => ({
    ...section,
    rows: section.rows.map((row) => ({ ...row, labels })),
  }));
  const event = { ...record, plan: { ...record.plan, sections } };
  ledger.commit([ledger.created(event)]);
  ledger.commit([ledger.changed({ ...event, name: 'Another play' })]);
  const sizes = Array.from(ledger.rows.table('facts').range({}), ({ value }) => value.length);
  expect(Math.max(...sizes)).toBeLessThan(1000);
});

test('a history goes back so far and no further', () => {
  const ledger = openHall();
  const reason = 'r'.repeat(2 ** 20);
  const block = (seat: number) => {
    ledger.commit([{ ...ledger.blocked([seat]), reason } as Fact]);
    ledger.commit([ledger.unblocked([seat])]);
  };
  const isKnown = () => ledger.store.query('seatHistory', { eventId: HALL, seat: 1, limit: 9 });
  block(1);
  for (let count = 0; count < 29; count += 1) block(2);
  expect(isKnown()).toHaveLength(2);
  for (let count = 0; count < 4; count += 1) block(2);
  expect(isKnown()).toHaveLength(0);
});

test('the history of a seat is what names it, newest first', () => {
  const ledger = openHall();
  const [first, second] = [ledger.reserved([1, 12]), ledger.reserved([2, 1, 121])];
  ledger.commit([first, ledger.next('confirmed', first)], [ledger.reserved([112])]); // 2, 3, 4
  ledger.commit([ledger.next('refunded', first)], [second], [ledger.reserved([12])]); // 5, 6, 7
  const history = (seat: number, limit = 10) =>
    ledger.store
      .query('seatHistory', { eventId: HALL, seat, limit })
      .map(({ sequence }) => sequence);
  expect(history(1)).toEqual([6, 5, 3, 2]);
  expect(history(12)).toEqual([7, 5, 3, 2]);
  expect(history(121)).toEqual([6]);
  expect(history(1, 2)).toEqual([6, 5]);
  expect(history(1, 0)).toEqual([]);
  expect(history(5)).toEqual([]);
});
