import { expect, test } from 'vitest';
import { accepted } from '../../src/domain/rejection.js';
import { Ledger } from './support/ledger.js';

const DAY_MS = 24 * 3_600_000;
const MARK = { key: 'key-1', fingerprint: 'body-1', requestId: 'request-1' };
const ANSWER = { status: 200, body: '{"a":1}', headers: { location: '/x' } };

function begin(ledger: Ledger, key = MARK.key, fingerprint = MARK.fingerprint) {
  return ledger.store.query('beginIdempotent', { key, fingerprint });
}

/** A command with a key, and what it was answered. */
function commitMarked(ledger: Ledger, seat: number, mark = MARK) {
  const fact = ledger.reserved([seat]);
  const entry = ledger.entry([fact]);
  const outcome = accepted(ledger.record(fact.reservationId));
  ledger.store.commit([{ turn: 1, entries: [{ ...entry, remember: { ...mark, outcome } }] }]);
  return outcome;
}

function openHall(): Ledger {
  const ledger = new Ledger();
  ledger.commit([ledger.created()]);
  return ledger;
}

test('a key is fresh once, then in flight until its request ends', () => {
  const ledger = openHall();
  expect(begin(ledger)).toEqual({ found: 'fresh' });
  expect(begin(ledger)).toEqual({ found: 'in_flight' });
  expect(begin(ledger, 'key-2')).toEqual({ found: 'fresh' });
  ledger.store.abandon(MARK.key);
  expect(begin(ledger)).toEqual({ found: 'fresh' });
});

test('another body under a key in flight is another body', () => {
  const ledger = openHall();
  begin(ledger);
  expect(begin(ledger, MARK.key, 'body-2')).toEqual({ found: 'other_body' });
});

test('a restart ends what was in flight', () => {
  const ledger = openHall();
  begin(ledger);
  ledger.reopen();
  expect(begin(ledger)).toEqual({ found: 'fresh' });
});

test('a request that nobody ended is given up after a minute', () => {
  const ledger = openHall();
  begin(ledger);
  ledger.now += 59_999;
  expect(begin(ledger)).toEqual({ found: 'in_flight' });
  ledger.now += 1;
  expect(begin(ledger)).toEqual({ found: 'fresh' });
  expect(begin(ledger)).toEqual({ found: 'in_flight' });
});

test('a clock that is set ends no request, and makes none longer', () => {
  const ledger = openHall();
  begin(ledger);
  ledger.stepClock(3_600_000);
  expect(begin(ledger)).toEqual({ found: 'in_flight' });
  ledger.stepClock(-7_200_000);
  ledger.now += 60_000;
  expect(begin(ledger)).toEqual({ found: 'fresh' });
});

test('the outcome of a command is kept with its effect', () => {
  const ledger = openHall();
  begin(ledger);
  const outcome = commitMarked(ledger, 1);
  const found = { found: 'outcome', outcome, requestId: MARK.requestId };
  expect(begin(ledger)).toEqual(found);
  ledger.reopen();
  expect(begin(ledger)).toEqual(found);
  expect(begin(ledger, MARK.key, 'body-2')).toEqual({ found: 'other_body' });
});

test('a finished answer is kept, and many in one commit', () => {
  const ledger = openHall();
  begin(ledger);
  ledger.store.remember(MARK, ANSWER);
  const answer = { ...ANSWER, status: 404 };
  ledger.store.commit([], [{ mark: { ...MARK, key: 'key-2' }, answer }]);
  const requestId = MARK.requestId;
  expect(begin(ledger)).toEqual({ found: 'answer', answer: ANSWER, requestId });
  expect(begin(ledger, 'key-2')).toEqual({ found: 'answer', answer, requestId });
});

test('nothing is kept of a commit that failed', () => {
  const ledger = openHall();
  ledger.commit([ledger.reserved([1])]);
  begin(ledger);
  expect(() => commitMarked(ledger, 1)).toThrow('I2');
  expect([...ledger.rows.table('idempotency').range({})]).toEqual([]);
});

test('a command tried again under a kept key takes its place', () => {
  const ledger = openHall();
  commitMarked(ledger, 1);
  ledger.now += 1000;
  const outcome = commitMarked(ledger, 2);
  expect(begin(ledger)).toMatchObject({ found: 'outcome', outcome });
});

test('an answer is honoured for a day', () => {
  const ledger = openHall();
  ledger.store.remember(MARK, ANSWER);
  ledger.now += DAY_MS - 1;
  expect(begin(ledger)).toMatchObject({ found: 'answer' });
  ledger.now += 1;
  expect(begin(ledger)).toEqual({ found: 'fresh' });
});

test('what is outdated goes, a few with every commit that keeps something', () => {
  const ledger = openHall();
  const mark = (index: number) => ({ ...MARK, key: `key-${index}` });
  for (let index = 0; index < 100; index += 1) ledger.store.remember(mark(index), ANSWER);
  ledger.now += DAY_MS;
  const left = (table: string) => [...ledger.rows.table(table).range({})].length;
  ledger.store.remember(mark(100), ANSWER);
  expect(left('idempotency')).toBe(100 - 18 + 1);
  for (let index = 101; index < 110; index += 1) ledger.store.remember(mark(index), ANSWER);
  expect(left('idempotency')).toBe(10);
  expect(left('idempotencyAges')).toBe(10);
  expect(begin(ledger, 'key-105')).toMatchObject({ found: 'answer' });
});

test('an entry that took the place of an older one outlives it', () => {
  const ledger = openHall();
  ledger.store.remember(MARK, ANSWER);
  ledger.now += 1000;
  ledger.store.remember(MARK, { ...ANSWER, status: 201 });
  ledger.now += DAY_MS - 1000;
  ledger.store.remember({ ...MARK, key: 'key-2' }, ANSWER);
  expect(begin(ledger)).toMatchObject({ found: 'answer', answer: { status: 201 } });
  expect([...ledger.rows.table('idempotencyAges').range({})]).toHaveLength(2);
});
