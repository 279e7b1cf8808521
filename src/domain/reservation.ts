/** A reservation's record, and how facts change it. The record is what the store keeps and what a restart rebuilds from. */
import { assert, present } from '../lib/assert.js';
import type { EpochMs } from '../lib/clock.js';
import type { ReservationFact } from './facts.js';
import type { EventId, ReservationId, SeatNumber, UserId } from './ids.js';
import { MachineTable } from './machine-table.js';
import {
  RESERVATION_EVENT_TYPES,
  type ReservationEventType,
  reservationMachine,
} from './reservation-machine.js';

export const RESERVATION_STATUSES = [
  'reserved',
  'confirmed',
  'cancelled',
  'expired',
  'refunded',
] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

export interface ReservationRecord {
  readonly id: ReservationId;
  readonly eventId: EventId;
  readonly userId: UserId;
  /** In the order they were asked for; what was given up is gone from here. */
  readonly seats: readonly SeatNumber[];
  readonly status: ReservationStatus;
  readonly createdAt: EpochMs;
  /** The hold is over at `now >= expiresAt`, never before (I5). */
  readonly expiresAt: EpochMs;
  /** The hold time it was made with, milliseconds: an extension adds this much again. */
  readonly holdMs: number;
  /** 0..2 */
  readonly extensions: number;
  readonly confirmedAt?: EpochMs;
  readonly cancelledAt?: EpochMs;
  readonly expiredAt?: EpochMs;
  readonly refundedAt?: EpochMs;
}

/** When it was confirmed, or ended. */
export type ReservationMoments = Pick<
  ReservationRecord,
  'confirmedAt' | 'cancelledAt' | 'expiredAt' | 'refundedAt'
>;

/** Those that have come. */
export function momentsOf(record: ReservationRecord): ReservationMoments {
  const { confirmedAt, cancelledAt, expiredAt, refundedAt } = record;
  return {
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
    ...(cancelledAt === undefined ? {} : { cancelledAt }),
    ...(expiredAt === undefined ? {} : { expiredAt }),
    ...(refundedAt === undefined ? {} : { refundedAt }),
  };
}

const table = new MachineTable<ReservationStatus, ReservationEventType>(
  reservationMachine,
  RESERVATION_EVENT_TYPES,
);

/** The status after `event`, or undefined where the machine does not allow it. */
export function nextReservationStatus(
  status: ReservationStatus,
  event: ReservationEventType,
): ReservationStatus | undefined {
  return table.next(status, event);
}

/** Still claims its seats as a hold whose time is not up. */
export function isHeld(record: ReservationRecord, now: EpochMs): boolean {
  return record.status === 'reserved' && now < record.expiresAt;
}

/** Held past its time: nobody has written that down yet. */
export function isOverdue(record: ReservationRecord, now: EpochMs): boolean {
  return record.status === 'reserved' && now >= record.expiresAt;
}

/**
 * How the record reads at `now`: an overdue hold is expired, at its deadline, whether or not a timer has fired (I5).
 */
export function recordAt(record: ReservationRecord, now: EpochMs): ReservationRecord {
  return isOverdue(record, now)
    ? { ...record, status: 'expired', expiredAt: record.expiresAt }
    : record;
}

/** The record after a fact. The first fact of a reservation makes it; every status change is the machine's. */
export function evolveReservation(
  record: ReservationRecord | undefined,
  fact: ReservationFact,
): ReservationRecord {
  if (fact.type === 'reservation.reserved') {
    assert(record === undefined, 'a reservation is reserved once');
    return {
      id: fact.reservationId,
      eventId: fact.eventId,
      userId: fact.userId,
      seats: fact.seats,
      status: 'reserved',
      createdAt: fact.at,
      expiresAt: fact.expiresAt,
      holdMs: fact.holdMs,
      extensions: 0,
    };
  }
  const before = present(record, fact.reservationId);
  switch (fact.type) {
    case 'reservation.confirmed':
      return { ...before, status: move(before, 'reservation.confirm'), confirmedAt: fact.at };
    case 'reservation.cancelled':
      return { ...before, status: move(before, 'reservation.cancel'), cancelledAt: fact.at };
    case 'reservation.expired':
      return { ...before, status: move(before, 'reservation.expire'), expiredAt: before.expiresAt };
    case 'reservation.refunded':
      return { ...before, status: move(before, 'reservation.refund'), refundedAt: fact.at };
    case 'reservation.extended':
      return {
        ...before,
        status: move(before, 'reservation.extend'),
        expiresAt: fact.expiresAt,
        extensions: before.extensions + 1,
      };
    case 'reservation.released': {
      const gone = new Set(fact.seats);
      const seats = before.seats.filter((seat) => !gone.has(seat));
      return { ...before, status: move(before, 'reservation.release'), seats };
    }
  }
}

function move(record: ReservationRecord, event: ReservationEventType): ReservationStatus {
  return present(
    nextReservationStatus(record.status, event),
    `${event} of a ${record.status} reservation`,
  );
}
