import { expect, test } from 'vitest';
import { openTables } from '../../src/store/tables.js';
import { verifyRows } from '../../src/store/verify.js';
import { HALL, Ledger } from './support/ledger.js';

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

test('rows wait until there are enough of them, then go a slice with every commit', () => {
  const ledger = openHall();
  for (const seat of [1, 2, 3]) ledger.commit([ledger.reserved([seat])]);
  expect(onDisk(ledger)).toEqual({ seats: 0, byUser: 0, indexed: 0 });
  ledger.commit([ledger.reserved([4])]); // the eighth change, fact 5: a sweep begins
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
  ledger.commit([ledger.created()]);
  for (const [index, user] of ['dan', 'bob', 'cid', 'ann'].entries()) {
    ledger.commit([ledger.reserved([40 - 10 * index], { user })]);
  }
  const written = (name: string, part: number) =>
    Array.from(ledger.rows.table(name).range({}), ({ key }) => key[part]);
  ledger.store.flush();
  expect(written('seats', 1)).toEqual([10, 20, 30]);
  ledger.store.flush();
  expect(written('seats', 1)).toEqual([10, 20, 30, 40]);
  expect(written('byUser', 0)).toEqual(['ann', 'bob']);
});

test('a flush goes on with them when there are no commits', () => {
  const ledger = openHall();
  ledger.commit([ledger.reserved([1])], [ledger.reserved([2])]);
  ledger.store.flush();
  expect(onDisk(ledger)).toEqual({ seats: 2, byUser: 1, indexed: 0 });
  ledger.store.flush();
  expect(onDisk(ledger)).toEqual({ seats: 2, byUser: 2, indexed: 3 });
});

test('closing leaves nothing to catch up with', async () => {
  const ledger = openHall();
  for (const seat of [1, 2, 3, 4, 5, 6]) ledger.commit([ledger.reserved([seat])]);
  await ledger.store.close();
  expect(onDisk(ledger)).toEqual({ seats: 6, byUser: 6, indexed: 7 });
});

test('a seat that came and went while it waited is never written', async () => {
  const ledger = openHall();
  const held = ledger.reserved([1]);
  ledger.commit([held], [ledger.next('cancelled', held)]);
  await ledger.store.close();
  expect(onDisk(ledger)).toMatchObject({ seats: 0, byUser: 1 });
});

test('a change made while its row is being written comes after it', () => {
  const ledger = openHall();
  const held = [1, 2, 3, 4].map((seat) => ledger.reserved([seat]));
  const [first] = held;
  if (first === undefined) throw new Error('four are held');
  for (const fact of held) ledger.commit([fact]); // the sweep is half done
  ledger.commit([ledger.next('cancelled', first)]);
  const seatHolder = () => ledger.store.query('seatHolder', { eventId: HALL, seat: 1 });
  expect(seatHolder()).toBeUndefined();
  for (let count = 0; count < 9; count += 1) ledger.store.flush();
  expect(seatHolder()).toBeUndefined();
  expect(onDisk(ledger)).toMatchObject({ seats: 3, byUser: 4, indexed: 6 });
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
  const [hall] = ledger.store.snapshots();
  expect(hall).toMatchObject({ booked: new Uint32Array([3]), blocked: new Uint32Array() });
  expect(hall?.reserved).toEqual([ledger.record(held.reservationId)]);
  expect(verifyRows(ledger.rows).breaches).toEqual([]);
});
