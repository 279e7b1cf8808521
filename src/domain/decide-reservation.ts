/**
 * What a command may do to one reservation. Pure: the record, the command and the time go in; facts (none where it is so already)
 * or a rejection come out. The record is given as it reads now (`recordAt`): an overdue hold is expired already.
 */
import type { EpochMs } from '../lib/clock.js';
import type { ReservationCommand } from './commands.js';
import type { ReservationFact } from './facts.js';
import type { SeatNumber } from './ids.js';
import { type Rejection, type RejectionCode, rejected } from './rejection.js';
import {
  nextReservationStatus,
  type ReservationRecord,
  type ReservationStatus,
} from './reservation.js';

/** At most so many extensions, and never past so many hold times from the start (API §3). */
export const EXTENSIONS_MAX = 2;
export const HOLD_TIMES_MAX = 3;

export type ReservationDecision =
  /** None: it is so already, and the answer is the same again. */
  | { readonly kind: 'facts'; readonly facts: readonly ReservationFact[] }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

const SAME: ReservationDecision = { kind: 'facts', facts: [] };

const REFUSAL: Readonly<Record<ReservationStatus, RejectionCode>> = {
  reserved: 'reservation_not_confirmed',
  confirmed: 'reservation_confirmed',
  cancelled: 'reservation_cancelled',
  expired: 'reservation_expired',
  refunded: 'reservation_refunded',
};

export function decideReservation(
  record: ReservationRecord,
  command: ReservationCommand,
  now: EpochMs,
): ReservationDecision {
  if (command.type !== 'reservation.refund' && command.userId !== record.userId) {
    return refuse('not_holder', `reservation ${record.id} is held by another user`);
  }
  if (isDone(record, command)) return SAME;
  if (nextReservationStatus(record.status, command.type) === undefined) {
    return refuse(REFUSAL[record.status], `reservation ${record.id} is ${record.status}`);
  }
  switch (command.type) {
    case 'reservation.confirm':
      return moved(record, 'reservation.confirmed', now);
    case 'reservation.cancel':
      return moved(record, 'reservation.cancelled', now);
    case 'reservation.refund':
      return moved(record, 'reservation.refunded', now);
    case 'reservation.extend':
      return extend(record, now);
    case 'reservation.release':
      return release(record, command.seats, now);
  }
}

/** The command asks for what is so already. */
function isDone(record: ReservationRecord, command: ReservationCommand): boolean {
  return (
    (command.type === 'reservation.confirm' && record.status === 'confirmed') ||
    (command.type === 'reservation.cancel' && record.status === 'cancelled') ||
    (command.type === 'reservation.refund' && record.status === 'refunded')
  );
}

type SimpleMove =
  | 'reservation.confirmed'
  | 'reservation.cancelled'
  | 'reservation.refunded'
  | 'reservation.expired';

/** The one fact that moves the whole reservation. */
export function reservationMoved(
  record: ReservationRecord,
  type: SimpleMove,
  at: EpochMs,
): ReservationFact {
  return {
    type,
    eventId: record.eventId,
    at,
    reservationId: record.id,
    userId: record.userId,
    seats: record.seats,
  };
}

function moved(record: ReservationRecord, type: SimpleMove, at: EpochMs): ReservationDecision {
  return { kind: 'facts', facts: [reservationMoved(record, type, at)] };
}

function extend(record: ReservationRecord, now: EpochMs): ReservationDecision {
  const expiresAt = now + record.holdMs;
  if (record.extensions >= EXTENSIONS_MAX) {
    return refuse(
      'extension_refused',
      `reservation ${record.id} was extended ${EXTENSIONS_MAX} times already`,
    );
  }
  if (expiresAt > record.createdAt + HOLD_TIMES_MAX * record.holdMs) {
    return refuse(
      'extension_refused',
      `reservation ${record.id} may not run past ${HOLD_TIMES_MAX} hold times`,
    );
  }
  if (expiresAt < record.expiresAt) {
    // The clock was set back: it never ends earlier (I5).
    return refuse('extension_refused', `reservation ${record.id} runs longer than that already`);
  }
  const { eventId, id: reservationId, userId, seats } = record;
  const fact = {
    type: 'reservation.extended',
    eventId,
    at: now,
    reservationId,
    userId,
    seats,
    expiresAt,
  } as const;
  return { kind: 'facts', facts: [fact] };
}

function release(
  record: ReservationRecord,
  wanted: readonly SeatNumber[],
  now: EpochMs,
): ReservationDecision {
  const seats = [...new Set(wanted)];
  const held = new Set(record.seats);
  const strange = seats.filter((seat) => !held.has(seat));
  if (strange.length > 0) {
    return refuse(
      'seat_not_found',
      `reservation ${record.id} does not hold every one of these seats`,
    );
  }
  if (seats.length === held.size) return moved(record, 'reservation.cancelled', now);
  const { eventId, id: reservationId, userId } = record;
  const fact = {
    type: 'reservation.released',
    eventId,
    at: now,
    reservationId,
    userId,
    seats,
  } as const;
  return { kind: 'facts', facts: [fact] };
}

function refuse(code: RejectionCode, detail: string): ReservationDecision {
  return { kind: 'rejected', rejection: rejected(code, detail).rejection };
}
