import { expect, test } from 'vitest';
import type { Page } from '../../src/desk/ports.js';
import { eventId, type ReservationId, userId } from '../../src/domain/ids.js';
import type { ReservationRecord, ReservationStatus } from '../../src/domain/reservation.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import { MalformedCursor } from '../../src/store/cursor.js';
import { reservationForm } from '../../src/store/reservation-form.js';
import { eventRecord, HALL, HOLD_MS, Ledger, NOON } from './support/ledger.js';

const ANN = userId('ann');
const OTHER = eventId('other');

interface Asked {
  readonly status?: ReservationStatus;
  readonly event?: typeof HALL;
  readonly limit?: number;
  readonly now?: number;
}

/** All pages of Ann's reservations: their ids, a list a page. */
function pages(ledger: Ledger, { status, event, limit = 3, now = ledger.now }: Asked = {}) {
  const found: ReservationId[][] = [];
  let cursor: string | null = null;
  do {
    const page: Page<ReservationRecord> = ledger.store.query('userReservations', {
      userId: ANN,
      now,
      limit,
      ...(status === undefined ? {} : { status }),
      ...(event === undefined ? {} : { eventId: event }),
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

/**
 * Seven of Ann's in the hall, one a second; one of hers elsewhere, between; and others' all about.
 */
function openWithHistory() {
  const ledger = new Ledger();
  ledger.commit([ledger.created()], [ledger.created(eventRecord(OTHER, 10))]);
  const hers = [1, 2, 3, 4, 5, 6, 7].map((seat) =>
    ledger.reserved([seat], { at: NOON + seat * 1000 }),
  );
  const elsewhere = ledger.reserved([1], { event: OTHER, at: NOON + 3500 });
  for (const fact of [...hers, elsewhere]) ledger.commit([fact]);
  ledger.commit([ledger.reserved([20], { user: 'an' })], [ledger.reserved([21], { user: 'anna' })]);
  const ids = hers.map((fact) => fact.reservationId).reverse();
  return { ledger, hers, ids, elsewhere };
}

test('a user has their reservations newest first, page by page', () => {
  const { ledger, ids, elsewhere } = openWithHistory();
  const all = [...ids.slice(0, 4), elsewhere.reservationId, ...ids.slice(4)];
  expect(pages(ledger)).toEqual([all.slice(0, 3), all.slice(3, 6), all.slice(6)]);
  expect(pages(ledger, { limit: 8 })).toEqual([all]);
  expect(pages(ledger, { limit: 4 })).toEqual([all.slice(0, 4), all.slice(4)]);
});

test('of one event alone', () => {
  const { ledger, ids, elsewhere } = openWithHistory();
  expect(pages(ledger, { event: HALL }).flat()).toEqual(ids);
  expect(pages(ledger, { event: OTHER }).flat()).toEqual([elsewhere.reservationId]);
});

test('of one status, as it reads at the time of asking', () => {
  const { ledger, ids, hers } = openWithHistory();
  const [first] = hers;
  if (first === undefined) throw new Error('there are seven');
  ledger.commit([ledger.next('confirmed', first)]);
  expect(pages(ledger, { status: 'confirmed' }).flat()).toEqual([first.reservationId]);
  expect(pages(ledger, { status: 'expired' }).flat()).toEqual([]);
  const now = NOON + 3000 + HOLD_MS;
  expect(pages(ledger, { event: HALL, status: 'expired', now }).flat()).toEqual(ids.slice(4, 6));
  expect(pages(ledger, { event: HALL, status: 'reserved', now }).flat()).toEqual(ids.slice(0, 4));
  const { data } = ledger.store.query('userReservations', { userId: ANN, now, limit: 100 });
  expect(data.at(-2)).toMatchObject({ status: 'expired', expiredAt: NOON + 2000 + HOLD_MS });
});

test('a page looks at so many reservations and no more, and the next goes on', () => {
  const ledger = new Ledger();
  ledger.commit([ledger.created()]);
  const held = ledger.reserved([1], { at: NOON - 1 });
  ledger.commit([held]);
  const many = Array.from({ length: 5001 }, () => {
    const fact = ledger.reserved([2]);
    return [fact, ledger.next('cancelled', fact)];
  });
  ledger.commit(...many);
  expect(pages(ledger, { status: 'reserved' })).toEqual([[], [held.reservationId]]);
});

test.each([
  '',
  'x',
  'cnN2Xw',
  Buffer.from('rsv_0').toString('base64url'),
  'Ω',
  `${'A'.repeat(200)}`,
])('the cursor %j is malformed', (cursor) => {
  const { ledger } = openWithHistory();
  const ask = { userId: ANN, now: NOON, limit: 3, cursor };
  expect(() => ledger.store.query('userReservations', ask)).toThrow(MalformedCursor);
});

test('a cursor with anything added is malformed', () => {
  const { ledger } = openWithHistory();
  const ask = { userId: ANN, now: NOON, limit: 3 };
  const { nextCursor } = ledger.store.query('userReservations', ask);
  const cursor = `${nextCursor}=`;
  expect(() => ledger.store.query('userReservations', { ...ask, cursor })).toThrow(MalformedCursor);
});

test('the seat of a live reservation tells who has it, overdue or not', () => {
  const ledger = new Ledger();
  ledger.commit([ledger.created()]);
  const [held, booked] = [ledger.reserved([1]), ledger.reserved([2])];
  ledger.commit([held], [booked, ledger.next('confirmed', booked)], [ledger.blocked([3])]);
  const holder = (seat: number) => ledger.store.query('seatHolder', { eventId: HALL, seat });
  expect(holder(1)).toEqual(ledger.record(held.reservationId));
  expect(holder(2)).toEqual(ledger.record(booked.reservationId));
  expect(holder(3)).toBeUndefined();
  expect(holder(4)).toBeUndefined();
});

test('an allowance is every live reservation of the user in the event, and no other', () => {
  const { ledger, hers } = openWithHistory();
  const [one, two, three] = hers;
  if (!one || !two || !three) throw new Error('there are seven');
  ledger.commit([ledger.next('cancelled', one)], [ledger.next('confirmed', two)]);
  ledger.commit([ledger.next('expired', three)]);
  const loaded = ledger.store.load({ type: 'allowance', eventId: HALL, userId: ANN });
  const live = [two, ...hers.slice(3)].map(({ reservationId }) => ledger.record(reservationId));
  expect(loaded).toEqual({ type: 'allowance', live: live.reverse() });
});

test('a claim loads the rows of its seats, whoever has them, and its record', () => {
  const ledger = new Ledger();
  ledger.commit([ledger.created()]);
  const [mine, other] = [ledger.reserved([1, 2]), ledger.reserved([3])];
  const block = ledger.blocked([4]);
  ledger.commit([mine], [other, ledger.next('confirmed', other)], [block]);
  const claim = { type: 'claim', eventId: HALL, seats: [5, 4, 3, 2] } as const;
  const reservationId = mine.reservationId;
  expect(ledger.store.load({ ...claim, reservationId })).toEqual({
    type: 'claim',
    rows: [
      { seat: 4, state: 'blocked', holder: 'blockId' in block ? block.blockId : '' },
      { seat: 3, state: 'booked', holder: other.reservationId },
      { seat: 2, state: 'reserved', holder: reservationId },
    ],
    record: ledger.record(reservationId),
  });
  const unknown = ledger.id('rsv', NOON);
  const loaded = ledger.store.load({ ...claim, reservationId: unknown });
  expect(loaded).toMatchObject({ record: undefined });
});

test('the live reservations of an event are loaded once each', () => {
  const { ledger, hers, elsewhere } = openWithHistory();
  const wide = ledger.reserved([30, 8], { user: 'bob' });
  ledger.commit([wide], [ledger.blocked([40])]);
  const [gone, booked, ...held] = hers;
  if (!gone || !booked) throw new Error('there are seven');
  ledger.commit([ledger.next('cancelled', gone)], [ledger.next('confirmed', booked)]);
  const loaded = ledger.store.load({ type: 'liveReservations', eventId: HALL });
  const ids = loaded.type === 'liveReservations' ? loaded.live.map(({ id }) => id) : [];
  expect(ids.slice(0, 7)).toEqual(
    [booked, ...held, wide].map(({ reservationId }) => reservationId),
  );
  expect(ids).toHaveLength(9);
  expect(ids).not.toContain(elsewhere.reservationId);
});

test('the booked seats of an event are loaded without the others', () => {
  const { ledger, hers } = openWithHistory();
  const [one, two] = hers;
  if (!one || !two) throw new Error('there are seven');
  ledger.commit([ledger.next('confirmed', two)], [ledger.next('confirmed', one)]);
  ledger.commit([ledger.blocked([40])]);
  const loaded = ledger.store.load({ type: 'bookedSeats', eventId: HALL });
  expect(loaded).toEqual({ type: 'bookedSeats', booked: new Uint32Array([1, 2]) });
});

test('what is not there is loaded as undefined', () => {
  const ledger = new Ledger();
  const reservationId = ledger.id('rsv', NOON);
  expect(ledger.store.load({ type: 'reservation', reservationId })).toEqual({
    type: 'reservation',
    record: undefined,
  });
  expect(ledger.store.load({ type: 'event', eventId: HALL })).toEqual({
    type: 'event',
    event: undefined,
  });
});

test('a seat whose reservation is not there is damage, and said to be', () => {
  const ledger = new Ledger();
  ledger.commit([ledger.created()]);
  const held = ledger.reserved([1]);
  ledger.commit([held]);
  ledger.rows.transaction(() => ledger.rows.table('reservations').remove([held.reservationId]));
  expect(() => ledger.store.query('seatHolder', { eventId: HALL, seat: 1 })).toThrow(ServerFault);
  expect(() => [...ledger.store.snapshot()]).toThrow(/names the reservation rsv_.*not there/);
});

test('a record of every status is printed and parsed as it was', () => {
  const ledger = new Ledger();
  ledger.commit([ledger.created()]);
  const held = ledger.reserved([1, 2]);
  const base = { ...ledger.record(ledger.commit([held]) && held.reservationId) };
  const records = [
    base,
    { ...base, status: 'confirmed', confirmedAt: 1 },
    { ...base, status: 'refunded', confirmedAt: 1, refundedAt: 2, extensions: 2 },
    { ...base, status: 'cancelled', cancelledAt: 3, seats: [] },
    { ...base, status: 'expired', expiredAt: 4, userId: userId('Zoë "🎭"') },
  ] as const;
  for (const record of records) {
    const printed = Buffer.from(String(reservationForm.print(record)));
    expect(reservationForm.parse(printed, [record.id])).toStrictEqual(record);
  }
});
