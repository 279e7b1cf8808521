import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReservationCommand } from '../../src/domain/commands.js';
import { decideReservation, reservationMoved } from '../../src/domain/decide-reservation.js';
import { eventId, userId } from '../../src/domain/ids.js';
import {
  evolveReservation,
  isOverdue,
  type ReservationRecord,
  recordAt,
} from '../../src/domain/reservation.js';
import {
  formatReservationId,
  homeKeyOf,
  parseReservationId,
} from '../../src/domain/reservation-id.js';

const START = 1_700_000_000_000;
const HOLD_MS = 1_000;
const ann = userId('ann');
const id = formatReservationId({ prefix: 'rsv', createdAt: START, homeKey: 7, random: 'abcdefgh' });

function reserved(seats: readonly number[] = [1, 2, 3]): ReservationRecord {
  return evolveReservation(undefined, {
    type: 'reservation.reserved',
    eventId: eventId('e'),
    at: START,
    reservationId: id,
    userId: ann,
    seats,
    holdMs: HOLD_MS,
    expiresAt: START + HOLD_MS,
  });
}

function run(record: ReservationRecord, command: ReservationCommand, now: number) {
  const decision = decideReservation(recordAt(record, now), command, now);
  if (decision.kind === 'rejected') return decision.rejection.code;
  return decision.facts.reduce(evolveReservation as never, record) as ReservationRecord;
}

const confirm = { type: 'reservation.confirm', reservationId: id, userId: ann } as const;
const cancel = { type: 'reservation.cancel', reservationId: id, userId: ann } as const;
const extend = { type: 'reservation.extend', reservationId: id, userId: ann } as const;
const refund = { type: 'reservation.refund', reservationId: id } as const;

describe('a reservation', () => {
  it('can be confirmed until the last millisecond of its hold and not at its end', () => {
    expect(run(reserved(), confirm, START + HOLD_MS - 1)).toMatchObject({ status: 'confirmed' });
    expect(run(reserved(), confirm, START + HOLD_MS)).toBe('reservation_expired');
  });

  it('is moved by its holder only, whatever its status', () => {
    for (const command of [confirm, cancel, extend]) {
      expect(run(reserved(), { ...command, userId: userId('bob') }, START)).toBe('not_holder');
    }
    const confirmed = run(reserved(), confirm, START) as ReservationRecord;
    expect(run(confirmed, { ...confirm, userId: userId('bob') }, START)).toBe('not_holder');
  });

  it('gives the same answer when it is confirmed, cancelled or refunded again', () => {
    const confirmed = run(reserved(), confirm, START) as ReservationRecord;
    expect(run(confirmed, confirm, START + 99_999)).toBe(confirmed);
    const cancelled = run(reserved(), cancel, START) as ReservationRecord;
    expect(run(cancelled, cancel, START + 5)).toBe(cancelled);
    const refunded = run(confirmed, refund, START) as ReservationRecord;
    expect(run(refunded, refund, START + 5)).toBe(refunded);
  });

  it('names what it has become when a command comes too late', () => {
    const confirmed = run(reserved(), confirm, START) as ReservationRecord;
    const cancelled = run(reserved(), cancel, START) as ReservationRecord;
    const refunded = run(confirmed, refund, START) as ReservationRecord;
    expect(run(confirmed, cancel, START)).toBe('reservation_confirmed');
    expect(run(cancelled, confirm, START)).toBe('reservation_cancelled');
    expect(run(refunded, confirm, START)).toBe('reservation_refunded');
    expect(run(reserved(), refund, START)).toBe('reservation_not_confirmed');
    expect(run(reserved(), cancel, START + HOLD_MS)).toBe('reservation_expired');
  });

  it('is extended by one hold time from now, twice at most', () => {
    const once = run(reserved(), extend, START + 900) as ReservationRecord;
    expect(once.expiresAt).toBe(START + 1_900);
    const twice = run(once, extend, START + 1_800) as ReservationRecord;
    expect(twice.expiresAt).toBe(START + 2_800);
    expect(run(twice, extend, START + 2_700)).toBe('extension_refused');
  });

  it('is not shortened by an extension after the clock was set back', () => {
    expect(run(reserved(), extend, START - 1)).toBe('extension_refused');
    expect(run(reserved(), extend, START)).toMatchObject({ expiresAt: START + HOLD_MS });
  });

  it('gives up some of its seats, and ends with the last', () => {
    const release = (seats: number[]) =>
      ({ type: 'reservation.release', reservationId: id, userId: ann, seats }) as const;
    const less = run(reserved(), release([2]), START) as ReservationRecord;
    expect(less).toMatchObject({ status: 'reserved', seats: [1, 3] });
    expect(run(less, release([2]), START)).toBe('seat_not_found');
    expect(run(less, release([3, 1, 1]), START)).toMatchObject({
      status: 'cancelled',
      seats: [1, 3],
    });
  });

  it('takes no way that the contract does not have', () => {
    const commands = [confirm, cancel, extend, refund] as const;
    const ways = new Set([
      'reserved>confirmed',
      'reserved>cancelled',
      'reserved>expired',
      'confirmed>refunded',
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...commands), fc.integer({ min: 0, max: 700 }))),
        (course) => {
          let record = reserved();
          let now = START;
          for (const [command, wait] of course) {
            now += wait;
            if (isOverdue(record, now))
              record = evolveReservation(
                record,
                reservationMoved(record, 'reservation.expired', now),
              );
            const before = record.status;
            const after = run(record, command, now);
            if (typeof after === 'string') continue;
            record = after;
            if (record.status !== before) expect(ways).toContain(`${before}>${record.status}`);
          }
        },
      ),
    );
  });
});

describe('a reservation id', () => {
  it('carries its home key, and sorts by the time it was made', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.integer({ min: START, max: START * 2 }),
        (homeKey, createdAt) => {
          const made = formatReservationId({
            prefix: 'rsv',
            createdAt,
            homeKey,
            random: 'abcdefghijklmnop',
          });
          expect(homeKeyOf(made)).toBe(homeKey);
          expect(parseReservationId(made)).toBe(made);
          const later = formatReservationId({
            prefix: 'rsv',
            createdAt: createdAt + 1,
            homeKey: 0,
            random: 'aaaaaaaa',
          });
          expect(later > made).toBe(true);
        },
      ),
    );
  });

  it('is not read from what is not one', () => {
    for (const text of [
      '',
      'rsv_',
      'rsv_x',
      `${id} `,
      `rsv_${'z'.repeat(16)}abcdefgh`,
      id.replace('rsv', 'ord'),
    ]) {
      expect(parseReservationId(text)).toBeUndefined();
    }
  });
});
