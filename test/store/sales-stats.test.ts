import { expect, test } from 'vitest';
import { eventId } from '../../src/domain/ids.js';
import { HALL, Ledger, NOON } from './support/ledger.js';

const MINUTE = 60_000;

function openHall(): Ledger {
  const ledger = new Ledger();
  ledger.commit([ledger.created()]);
  return ledger;
}

const statsOf = (ledger: Ledger) => ledger.store.query('stats', { eventId: HALL });

test('reservations are counted by what became of them', () => {
  const ledger = openHall();
  const held = [1, 2, 3, 4, 5].map((seat) => ledger.reserved([seat]));
  ledger.commit(...held.map((fact) => [fact]));
  const [one, two, three, four] = held;
  if (!one || !two || !three || !four) throw new Error('five are held');
  ledger.commit([ledger.next('confirmed', one)], [ledger.next('confirmed', two)]);
  ledger.commit([ledger.next('refunded', two)], [ledger.next('cancelled', three)]);
  ledger.commit([ledger.next('expired', four)]);
  const counted = { reserved: 5, confirmed: 2, cancelled: 1, expired: 1, refunded: 1 };
  expect(statsOf(ledger).reservations).toEqual(counted);
  ledger.reopen();
  expect(statsOf(ledger).reservations).toEqual(counted);
});

test('sales are summed by category, less what was refunded', () => {
  const ledger = openHall();
  const [mixed, cheap] = [ledger.reserved([1, 2, 51]), ledger.reserved([52])];
  ledger.commit([mixed], [cheap], [ledger.reserved([53])]);
  expect(statsOf(ledger).byCategory).toEqual([]);
  ledger.commit([ledger.next('confirmed', mixed)], [ledger.next('confirmed', cheap)]);
  expect(statsOf(ledger).byCategory).toEqual([
    { category: 'Dear', seats: 2, amount: 18_000 },
    { category: 'Cheap', seats: 2, amount: 5000 },
  ]);
  ledger.commit([ledger.next('refunded', mixed)]);
  expect(statsOf(ledger).byCategory).toEqual([
    { category: 'Dear', seats: 0, amount: 0 },
    { category: 'Cheap', seats: 1, amount: 2500 },
  ]);
});

test('only the seats that are left are sold', () => {
  const ledger = openHall();
  const held = ledger.reserved([1, 2, 3]);
  ledger.commit([held], [ledger.released(held, [2])]);
  ledger.commit([ledger.next('confirmed', held)]);
  expect(statsOf(ledger).byCategory).toEqual([{ category: 'Dear', seats: 2, amount: 18_000 }]);
});

test('sales are summed by minute, oldest first', () => {
  const ledger = openHall();
  const sell = (seat: number, at: number) => {
    const held = ledger.reserved([seat], { at });
    ledger.commit([held], [ledger.next('confirmed', held, at)]);
    return held;
  };
  sell(1, NOON + 59_999);
  const second = sell(2, NOON + MINUTE);
  sell(51, NOON + 3 * MINUTE);
  sell(3, NOON + 1);
  ledger.reopen();
  ledger.commit([ledger.next('refunded', second, NOON + 3 * MINUTE + 7)]);
  expect(statsOf(ledger).byMinute).toEqual([
    { minute: NOON, seats: 2, amount: 18_000 },
    { minute: NOON + MINUTE, seats: 1, amount: 9000 },
    { minute: NOON + 3 * MINUTE, seats: 0, amount: 2500 - 9000 },
  ]);
});

test('minutes go back a day, no more', () => {
  const ledger = openHall();
  const sales = Array.from({ length: 1450 }, (_, index) => {
    const at = NOON + index * MINUTE;
    const held = ledger.reserved([1], { at });
    return [held, ledger.next('confirmed', held, at), ledger.next('refunded', held, at)];
  });
  ledger.commit(...sales);
  const { byMinute } = statsOf(ledger);
  expect(byMinute).toHaveLength(1440);
  expect(byMinute[0]?.minute).toBe(NOON + 10 * MINUTE);
});

test('conflicts are counted at once, and kept by the next flush', () => {
  const ledger = openHall();
  const other = eventId('other');
  ledger.store.countConflicts(new Map([[HALL, 2]]));
  ledger.store.countConflicts(
    new Map([
      [HALL, 3],
      [other, 1],
    ]),
  );
  expect(statsOf(ledger).conflicts).toBe(5);
  ledger.store.commit([]);
  ledger.store.remember(
    { key: 'k', fingerprint: 'f', requestId: 'r' },
    { status: 204, body: '', headers: {} },
  );
  ledger.commit([ledger.reserved([1])]);
  expect(statsOf(ledger).conflicts).toBe(5);
  ledger.store.flush();
  ledger.store.flush();
  expect(statsOf(ledger).conflicts).toBe(5);
  ledger.reopen();
  expect(statsOf(ledger)).toMatchObject({ conflicts: 5, reservations: { reserved: 1 } });
  ledger.commit([ledger.reserved([2])]);
  ledger.store.countConflicts(new Map([[HALL, 2]]));
  ledger.store.flush();
  ledger.reopen();
  expect(statsOf(ledger)).toMatchObject({ conflicts: 7, reservations: { reserved: 2 } });
});

test('an event of which nothing is known has no sales', () => {
  const ledger = openHall();
  expect(ledger.store.query('stats', { eventId: eventId('none') })).toEqual({
    eventId: 'none',
    reservations: { reserved: 0, confirmed: 0, cancelled: 0, expired: 0, refunded: 0 },
    conflicts: 0,
    byCategory: [],
    byMinute: [],
  });
});
