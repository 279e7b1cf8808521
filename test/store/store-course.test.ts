/**
 * Whatever course events take, the store has it right, and so has one that is opened again on the
 * same rows.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoreQueries } from '../../src/desk/ports.js';
import type { ReservationId } from '../../src/domain/ids.js';
import type { StagedEntry } from '../../src/shard/ports.js';
import { LmdbRows } from '../../src/store/lmdb-rows.js';
import { MemoryRows } from '../../src/store/memory-rows.js';
import type { Store } from '../../src/store/store.js';
import { openTables } from '../../src/store/tables.js';
import { verifyRows } from '../../src/store/verify.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { attempts, Model } from './support/activity.js';
import { wholeEvents } from './support/hall.js';
import { Ledger } from './support/ledger.js';

/** What is live, as `Model.seats` spells it. */
function liveOf(store: Store): Map<string, object> {
  const live = new Map<string, object>();
  for (const { event, booked, blocked, reserved } of wholeEvents(store)) {
    for (const seat of booked) live.set(`${event.id} ${seat}`, { state: 'booked' });
    for (const seat of blocked) live.set(`${event.id} ${seat}`, { state: 'blocked' });
    for (const { seats } of reserved) {
      for (const seat of seats) live.set(`${event.id} ${seat}`, { state: 'reserved' });
    }
  }
  return live;
}

/** The ids on all pages. */
function pagesOf(store: Store, ask: StoreQueries['userReservations']['ask']): ReservationId[] {
  const { data, nextCursor } = store.query('userReservations', ask);
  const ids = data.map(({ id }) => id);
  return nextCursor === null ? ids : [...ids, ...pagesOf(store, { ...ask, cursor: nextCursor })];
}

function agree(ledger: Ledger, model: Model): void {
  const told = new Map([...model.seats].map(([seat, { state }]) => [seat, { state }]));
  expect(liveOf(ledger.store)).toEqual(told);
  for (const record of ledger.records.values()) {
    expect(ledger.store.query('reservation', { reservationId: record.id })).toEqual(record);
  }
  for (const user of new Set([...ledger.records.values()].map(({ userId }) => userId))) {
    const theirs = [...ledger.records.values()].filter(({ userId }) => userId === user);
    const ask = { userId: user, now: ledger.now, limit: 3 };
    expect(pagesOf(ledger.store, ask)).toEqual(
      theirs
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
  }
}

/** How far the indexes may lag, and how they catch up: from at once to hardly ever. */
const limits = fc.record({
  waitingMax: fc.integer({ min: 1, max: 20 }),
  sliceRowsMin: fc.integer({ min: 1, max: 4 }),
  sliceRowsMax: fc.integer({ min: 1, max: 8 }),
});

/** What happens between two commits. */
const pauses = fc.func(fc.constantFrom('none', 'none', 'death', 'flush', 'close'));

test('a store agrees with the model after every commit, however its indexes lag', async () => {
  await fc.assert(
    fc.asyncProperty(attempts, limits, pauses, async (course, lag, pause) => {
      const ledger = new Ledger(new MemoryRows(), lag);
      const model = new Model(ledger);
      let turn: StagedEntry[] = model.opening().map((fact) => ledger.staged([fact]));
      for (const attempt of course) {
        const facts = model.try(attempt);
        if (facts.length > 0) turn.push(ledger.staged(facts));
        if (attempt.joined) continue;
        ledger.store.commit([{ turn: 1, entries: turn }]);
        turn = [];
        const what = pause(attempt);
        if (what === 'flush') ledger.store.flush();
        if (what === 'close') await ledger.store.close();
        if (what === 'death' || what === 'close') ledger.reopen();
        agree(ledger, model);
        expect(verifyRows(ledger.rows).breaches).toEqual([]);
      }
      ledger.store.commit([{ turn: 1, entries: turn }]);
      agree(ledger, model);
      await ledger.store.close();
      expect(seatRowsIn(ledger)).toEqual(new Set(model.seats.keys()));
      expect(verifyRows(ledger.rows).breaches).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

/** The seats that are in a row, whatever the store says of them. */
function seatRowsIn(ledger: Ledger): Set<string> {
  const held = Array.from(openTables(ledger.rows).seats.range({}), ({ key, value }) =>
    Array.from(value.held(), ([seat]) => `${key[0]} ${seat}`),
  );
  return new Set(held.flat());
}

test('on disk no less', async () => {
  const dataDir = temporaryDir();
  const ledger = new Ledger(new LmdbRows({ dataDir, durability: 'async' }));
  const model = new Model(ledger);
  ledger.commit(...model.opening().map((fact) => [fact]));
  for (const attempt of fc.sample(attempts, { numRuns: 40, seed: 7 }).flat()) {
    const facts = model.try(attempt);
    if (facts.length > 0) ledger.store.commit([{ turn: 1, entries: [ledger.staged(facts)] }]);
  }
  agree(ledger, model);
  await ledger.store.close();
  const reopened = new Ledger(new LmdbRows({ dataDir, durability: 'sync' }));
  expect(liveOf(reopened.store).size).toBe(model.seats.size);
  expect(verifyRows(reopened.rows).breaches).toEqual([]);
  await reopened.store.close();
});
