import { expect, test } from 'vitest';
import { SequenceSet } from '../../src/store/sequence-set.js';
import { openTables } from '../../src/store/tables.js';
import { verifyRows } from '../../src/store/verify.js';
import { Ledger } from './support/ledger.js';
import { putSeat, seatOfRow, seatsInRows } from './support/seat-row.js';
import { soundHall } from './support/sound-hall.js';

test('a sound store has no breach, and everything in it was read', async () => {
  const { ledger } = await soundHall();
  expect(verifyRows(ledger.rows)).toEqual({
    stateHash: expect.stringMatching(/^[0-9a-f]{32}$/),
    breaches: [],
    breachCount: 0,
    counts: {
      meta: 3,
      events: 1,
      reservations: 3,
      seats: 1,
      facts: 4,
      byUser: 3,
      idempotency: 1,
      idempotencyAges: 1,
      totals: 1,
      minutes: 1,
      factsReplayed: 7,
      seatsHeld: 4,
    },
  });
});

test('a damaged row is found in every table, and the rest waits for it', async () => {
  const tables = [
    'meta',
    'events',
    'reservations',
    'seats',
    'facts',
    'byUser',
    'idempotency',
    'idempotencyAges',
    'totals',
    'minutes',
  ];
  for (const table of tables) {
    const { ledger } = await soundHall();
    const rows = ledger.rows.table(table);
    const [row] = rows.range({});
    if (row === undefined) throw new Error(`${table} has a row`);
    row.value[row.value.length - 1] = (row.value[row.value.length - 1] ?? 0) ^ 4;
    ledger.rows.transaction(() => rows.put(row.key, row.value));
    expect(verifyRows(ledger.rows).breaches).toEqual([
      `the row ${JSON.stringify(row.key)} of table ${table} is damaged: its checksum is wrong`,
      'the other promises were not checked: they need every row',
    ]);
  }
});

test('what the indexes may still lack is no breach, and what they must have is', () => {
  const ledger = new Ledger(undefined, { waitingMax: 4, sliceRowsMin: 2, sliceRowsMax: 2 });
  ledger.commit([ledger.created()]);
  const [first, second] = [seatOfRow(0), seatOfRow(1)].map((seat) => ledger.reserved([seat]));
  if (first === undefined || second === undefined) throw new Error('two are held');
  ledger.commit([first], [second]);
  ledger.store.flush();
  const late = ledger.reserved([seatOfRow(2)]);
  ledger.commit([late], [ledger.next('confirmed', second)]);
  expect(verifyRows(ledger.rows).breaches).toEqual([]);
  const tables = openTables(ledger.rows);
  expect(seatsInRows(tables.seats)).toEqual([seatOfRow(0), seatOfRow(1)]);
  ledger.rows.transaction(() => putSeat(tables.seats, seatOfRow(0), null));
  expect(verifyRows(ledger.rows).breaches).toHaveLength(2);
});

test('of very many breaches the first thousand are told, and all are counted', async () => {
  const { ledger } = await soundHall();
  const { meta } = openTables(ledger.rows);
  ledger.rows.transaction(() => meta.put(['sequence'], 5000));
  const { breaches, breachCount } = verifyRows(ledger.rows);
  expect(breaches).toHaveLength(1000);
  expect(breachCount).toBe(4993);
});

test('equal states have equal hashes, however they were committed; and others have others', () => {
  const hashes = [false, true].map((isJoined) => {
    const ledger = new Ledger();
    ledger.commit([ledger.created()]);
    const [first, second] = [seatOfRow(0), seatOfRow(1)].map((seat) => ledger.reserved([seat]));
    if (first === undefined || second === undefined) throw new Error('two are held');
    if (isJoined) ledger.commit([first], [second]);
    else for (const fact of [first, second]) ledger.commit([fact]);
    if (isJoined) ledger.store.flush(); // the indexes lag no more
    const { stateHash } = verifyRows(ledger.rows);
    ledger.commit([ledger.next('confirmed', second)]);
    return [stateHash, verifyRows(ledger.rows).stateHash];
  });
  expect(hashes[0]).toEqual(hashes[1]);
  expect(hashes[0]?.[0]).not.toBe(hashes[0]?.[1]);
});

test('a set of sequences knows what it lacks, and refuses what is twice or beyond', () => {
  const set = new SequenceSet(20);
  for (const sequence of [1, 3, 8, 16, 20]) expect(set.add(sequence)).toBe(true);
  for (const sequence of [0, 1, 20, 21, 1.5, -1]) expect(set.add(sequence)).toBe(false);
  expect([...set.missing()]).toEqual([2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19]);
  expect([...new SequenceSet(0).missing()]).toEqual([]);
});
