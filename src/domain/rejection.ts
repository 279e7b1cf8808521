/**
 * Every way in which the rules say no. A rejection is a value, never thrown: the customer was late, not the server ill.
 * The codes are permanent; `gateway/problem.ts` maps each to its HTTP status, exhaustively.
 */
import type { EpochMs } from '../lib/clock.js';
import type { ReservationId, SeatNumber } from './ids.js';
import type { SeatStatus } from './seat-status.js';

export const REJECTION_CODES = [
  'not_holder',
  'event_not_found',
  'seat_not_found',
  'reservation_not_found',
  'seat_unavailable',
  'sold_out',
  'not_enough_adjacent',
  'leaves_orphan',
  'reservation_expired',
  'reservation_cancelled',
  'reservation_confirmed',
  'reservation_refunded',
  'reservation_not_confirmed',
  'limit_exceeded',
  'extension_refused',
  'event_closed',
  'event_exists',
  'event_in_use',
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

/** A seat that stood in the way. */
export interface Conflict {
  readonly seat: SeatNumber;
  /** What the seat looks like from outside; `available` only with `leaves_orphan`: the seat that would be left alone. */
  readonly status: SeatStatus;
  /** When the hold in the way ends, where the obstacle is a hold. */
  readonly expiresAt?: EpochMs;
  /** The reservation in the way, told only to the user whose own it is. */
  readonly ownReservationId?: ReservationId;
}

export interface Rejection {
  readonly code: RejectionCode;
  /** One sentence for a person, naming the thing. */
  readonly detail: string;
  /** Every seat that stood in the way, in the order they were asked for. */
  readonly conflicts?: readonly Conflict[];
}

export interface Refused {
  readonly ok: false;
  readonly rejection: Rejection;
}

/** What a decision comes to. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refused;

export function accepted<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function rejected(
  code: RejectionCode,
  detail: string,
  conflicts?: readonly Conflict[],
): Refused {
  return {
    ok: false,
    rejection: conflicts === undefined ? { code, detail } : { code, detail, conflicts },
  };
}
