import { describe, expect, test } from 'vitest';
import { eventId, userId } from '../../src/domain/ids.js';
import { AssertionFailure } from '../../src/lib/assert.js';
import { MemoryRows } from '../../src/store/memory-rows.js';
import { hallOf, openHall, recordOf, seatsOf } from './support/hall.js';
import { eventRecord, HALL, Ledger } from './support/ledger.js';
import { ROWS_KINDS } from './support/rows-kinds.js';

const ANSWER = { status: 201, body: '{}', headers: {} };

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

test('a store whose commit has failed answers nothing more (I3)', async () => {
  const ledger = openHall();
  ledger.commit([ledger.reserved([5])]);
  expect(() => ledger.commit([ledger.reserved([5])])).toThrow('I2');
  const { store } = ledger;
  const attempts = [
    () => ledger.commit([ledger.reserved([6])]),
    () => store.load({ type: 'event', eventId: HALL }),
    () => store.query('stats', { eventId: HALL }),
    () => [...store.snapshot()],
    () => store.remember({ key: 'k', fingerprint: 'f', requestId: 'r' }, ANSWER),
  ];
  for (const attempt of attempts) expect(attempt).toThrow(/commit has failed/);
  await store.close();
  expect(ledger.reopen().sequence).toBe(2);
});

/** Rows that count their flushes, and refuse as a disk does. */
class FailingRows extends MemoryRows {
  flushCount = 0;
  refuses = false;

  override transaction(change: () => void): void {
    super.transaction(() => {
      change();
      this.#mayRefuse();
    });
  }

  override flush(): void {
    this.flushCount += 1;
    this.#mayRefuse();
  }

  #mayRefuse(): void {
    if (this.refuses) throw new Error('EIO');
  }
}

describe('a disk that refuses', () => {
  const fault = {
    code: 'storage_failed',
    hint: expect.stringContaining('disk'),
    cause: new Error('EIO'),
  };

  test('a commit', async () => {
    const rows = new FailingRows();
    const ledger = openHall(rows);
    rows.refuses = true;
    expect(() => ledger.commit([ledger.reserved([1])])).toThrow(expect.objectContaining(fault));
    expect(() => ledger.store.query('stats', { eventId: HALL })).toThrow(AssertionFailure);
    await ledger.store.close();
    expect(ledger.reopen().sequence).toBe(1);
    expect(seatsOf(ledger).reserved).toEqual([]);
  });

  test('a flush', () => {
    const rows = new FailingRows();
    const ledger = openHall(rows);
    ledger.store.flush();
    ledger.store.flush();
    expect(rows.flushCount).toBe(2);
    rows.refuses = true;
    expect(() => ledger.store.flush()).toThrow(expect.objectContaining(fault));
    rows.refuses = false;
    expect(() => ledger.commit([ledger.reserved([1])])).toThrow(AssertionFailure);
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
