import { expect, test } from 'vitest';
import type { ReservationReserved } from '../../src/domain/facts.js';
import { userId } from '../../src/domain/ids.js';
import { present } from '../../src/lib/assert.js';
import { hash32 } from '../../src/lib/hash.js';
import { openTables } from '../../src/store/tables.js';
import { verifyRows } from '../../src/store/verify.js';
import { hallOf } from './support/hall.js';
import { HALL, Ledger } from './support/ledger.js';
import { seatOfRow, seatsInRows } from './support/seat-row.js';

const LIMITS = { waitingMax: 8, sliceRowsMin: 2, sliceRowsMax: 3 };

function openHall(): Ledger {
  const ledger = new Ledger(undefined, LIMITS);
  ledger.commit([ledger.created()]);
  return ledger;
}

/** How many rows each index has on disk, and what it is said to have everything of. */
function onDisk({ rows }: Ledger): { seats: number; byUser: number; indexed: number } {
  const count = (name: string) => [...rows.table(name).range({})].length;
  const indexed = openTables(rows).meta.get(['indexed']) ?? 0;
  return { seats: count('seats'), byUser: count('byUser'), indexed };
}

/** Holds a seat of each row of seats there is. */
function held(ledger: Ledger): ReservationReserved[] {
  return [0, 1, 2, 3].map((place) => ledger.reserved([seatOfRow(place)]));
}

test('rows wait until there are enough of them, then go a slice with every commit', () => {
  const ledger = openHall();
  const [last, ...first] = held(ledger).reverse();
  for (const fact of first) ledger.commit([fact]);
  expect(onDisk(ledger)).toEqual({ seats: 0, byUser: 0, indexed: 0 });
  ledger.commit([present(last, 'a fourth')]); // the eighth change, fact 5: a sweep begins
  expect(onDisk(ledger)).toEqual({ seats: 4, byUser: 0, indexed: 0 });
  ledger.store.remember(
    { key: 'k', fingerprint: 'f', requestId: 'r' },
    { status: 200, body: '', headers: {} },
  );
  expect(onDisk(ledger)).toEqual({ seats: 4, byUser: 2, indexed: 0 });
  ledger.commit([ledger.reserved([5])]);
  expect(onDisk(ledger)).toEqual({ seats: 4, byUser: 4, indexed: 5 });
});

test('rows go in the order of their keys, whatever that of their facts', () => {
  const ledger = new Ledger(undefined, { ...LIMITS, waitingMax: 100 });
  const users = ['dan', 'bob', 'cid', 'ann'];
  ledger.commit([ledger.created()]);
  for (const [index, user] of users.entries()) {
    ledger.commit([ledger.reserved([seatOfRow(3 - index)], { user })]);
  }
  const { byUser, seats } = openTables(ledger.rows);
  const usersInRows = () => Array.from(byUser.range({}), ({ key: [, user] }) => user);
  ledger.store.flush(); // too much came since the last
  expect(seatsInRows(seats)).toEqual([]);
  ledger.store.flush();
  expect(seatsInRows(seats)).toEqual([0, 1, 2].map(seatOfRow));
  ledger.store.flush();
  expect(seatsInRows(seats)).toEqual([0, 1, 2, 3].map(seatOfRow));
  const byHash = users.sort((left, right) => hash32(left) - hash32(right));
  expect(usersInRows()).toEqual(byHash.slice(0, 2));
});

test('a flush goes on with them when there are no commits', () => {
  const ledger = openHall();
  ledger.commit([ledger.reserved([seatOfRow(0)])], [ledger.reserved([seatOfRow(1)])]);
  ledger.store.flush();
  expect(onDisk(ledger)).toEqual({ seats: 0, byUser: 0, indexed: 0 });
  ledger.store.flush();
  expect(onDisk(ledger)).toEqual({ seats: 2, byUser: 1, indexed: 0 });
  ledger.store.flush();
  expect(onDisk(ledger)).toEqual({ seats: 2, byUser: 2, indexed: 3 });
});

test('what a user has is complete while a sweep writes it', () => {
  const ledger = openHall();
  const facts = held(ledger);
  for (const fact of facts) ledger.commit([fact]);
  const ask = { userId: userId('ann'), limit: 10, now: ledger.now };
  const ids = () => ledger.store.query('userReservations', ask).data.map(({ id }) => id);
  const all = facts.map(({ reservationId: id }) => id).reverse();
  for (const byUser of [0, 3, 4]) {
    expect(onDisk(ledger)).toMatchObject({ byUser });
    expect(ids()).toEqual(all);
    ledger.store.flush();
    if (byUser === 0) ledger.store.flush();
  }
});

test('closing leaves nothing to catch up with', async () => {
  const ledger = openHall();
  for (const fact of held(ledger)) ledger.commit([fact]);
  for (const seat of [2, 3]) ledger.commit([ledger.reserved([seat])]);
  await ledger.store.close();
  expect(onDisk(ledger)).toEqual({ seats: 4, byUser: 6, indexed: 7 });
});

test('a seat that came and went while it waited is never written', async () => {
  const ledger = openHall();
  const held = ledger.reserved([1]);
  ledger.commit([held], [ledger.next('cancelled', held)]);
  await ledger.store.close();
  expect(onDisk(ledger)).toMatchObject({ seats: 0, byUser: 1 });
});

test('a row written during a sweep has what came since it began', async () => {
  const ledger = openHall();
  const facts = held(ledger);
  const [first, last] = [present(facts[0], 'a first'), present(facts[3], 'a last')];
  ledger.commit(...facts.map((fact) => [fact])); // the sweep is done with seats
  ledger.commit([ledger.next('cancelled', first)], [ledger.next('cancelled', last)]);
  const seatHolder = () => ledger.store.query('seatHolder', { eventId: HALL, seat: 1 });
  expect(seatHolder()).toBeUndefined();
  for (let count = 0; count < 9; count += 1) ledger.store.flush();
  expect(seatHolder()).toBeUndefined();
  expect(onDisk(ledger)).toMatchObject({ seats: 2, byUser: 4, indexed: 7 });
});

test('a block that changes before its turn is written once, as it is then', () => {
  const ledger = new Ledger(undefined, { ...LIMITS, sliceRowsMax: 1 });
  ledger.commit([ledger.created()]);
  const { seats } = openTables(ledger.rows);
  const facts = held(ledger);
  ledger.commit(...facts.slice(0, 3).map((fact) => [fact]));
  for (const _ of [1, 2]) ledger.store.flush();
  expect(seatsInRows(seats)).toEqual([seatOfRow(0)]);
  ledger.commit([ledger.blocked([seatOfRow(2) + 1])]); // and two rows of the sweep
  expect(seatsInRows(seats)).toEqual([0, 1, 2].map(seatOfRow).concat(seatOfRow(2) + 1));
});

test('never more wait than the sweep before has left time for', () => {
  const ledger = openHall();
  for (let round = 0; round < 200; round += 1) {
    const held = ledger.reserved([1, 2, 3]);
    ledger.commit([held], [ledger.next('cancelled', held)]);
    const { indexed } = onDisk(ledger);
    expect(ledger.store.sequence - indexed).toBeLessThan(12);
  }
});

test('facts of events that the indexes do not know yet are found again', () => {
  const ledger = openHall();
  const [held, booked] = [ledger.reserved([1, 2]), ledger.reserved([3])];
  ledger.commit([held], [booked, ledger.next('confirmed', booked)], [ledger.blocked([4])]);
  ledger.commit([ledger.unblocked([4])], [ledger.released(held, [1])]);
  ledger.reopen();
  const hall = hallOf(ledger);
  expect(hall).toMatchObject({ booked: new Uint32Array([3]), blocked: new Uint32Array() });
  expect(hall.reserved).toEqual([ledger.record(held.reservationId)]);
  expect(verifyRows(ledger.rows).breaches).toEqual([]);
});
