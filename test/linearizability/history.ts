/**
 * What clients saw of one event, request by request: the checker's only input. Plain data, so that it can be written to a file.
 *
 * 1. `order` is the recorder's own count of everything it saw begin and end: what ended before another began has the lower one.
 * 2. `at` is the wall clock that the server's deadlines are read against: both run on one machine. The server reads it between a
 *    request's call and its end.
 * 3. An effect that nobody was told of has come before its `end`, if it came at all: the end of the server's process.
 */
import type { ReservationStatusName } from '../support/api-bodies.js';

export interface Moment {
  readonly order: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** One request and what was learnt of it. */
export interface Operation {
  /** The connection it was asked on; what is seen on one never goes back. */
  readonly session: number;
  readonly call: Moment;
  readonly end: Moment;
  /** It may have happened or not: its answer was lost, and nothing else told (3). */
  readonly isUnknown: boolean;
  readonly action: Action;
}

/** Seats are numbered from 0, in any way that is the same all through the history. */
export type Action =
  | ReserveAction
  | {
      /** A reserve that was refused, or is known never to have happened. */
      readonly type: 'refuse';
      readonly seats: readonly number[];
      /** Those of them that were named as not available. */
      readonly conflicts: readonly number[];
    }
  | { readonly type: 'confirm' | 'cancel' | 'refund'; readonly reservation: string }
  | {
      readonly type: 'extend';
      readonly reservation: string;
      /** Milliseconds since the Unix epoch; absent: unknown. */
      readonly expiresAt?: number;
    }
  | {
      readonly type: 'release';
      readonly reservation: string;
      readonly seats: readonly number[];
      /** It was all that was left. */
      readonly isWhole: boolean;
    }
  | {
      /** A request about a reservation that was refused for what the reservation is. */
      readonly type: 'deny';
      readonly reservation: string;
      readonly because: Exclude<ReservationStatusName, 'reserved'> | 'extension';
    }
  | {
      readonly type: 'readSeats';
      readonly seats: readonly SeatReading[];
      /**
       * Of a replica's reading: the order from which on something may be missing in it. It is not older than the reading before it on
       * its connection. Absent: it is of the moment.
       */
      readonly since?: number;
    }
  | {
      readonly type: 'readReservation';
      readonly reservation: string;
      readonly status: ReservationStatusName;
      readonly seats: readonly number[];
      readonly expiresAt: number;
    };

export interface ReserveAction {
  readonly type: 'reserve';
  /** Its id, or any name that nothing else has where that is unknown. */
  readonly reservation: string;
  readonly seats: readonly number[];
  readonly holdMs: number;
  /** Absent: unknown; a hold time after the moment at which it happened. */
  readonly expiresAt?: number;
}

export interface SeatReading {
  readonly seat: number;
  readonly status: 'available' | 'reserved' | 'booked';
  /** Where reserved. */
  readonly expiresAt?: number;
}

/** One line, for people. @param start what times are counted from, milliseconds since the Unix epoch */
export function describe(operation: Operation, start = 0): string {
  const { call, end, session, isUnknown, action } = operation;
  const from = `${call.order} +${call.at - start}`;
  const to = `${end.order} +${end.at - start}`;
  const outcome = isUnknown ? ' (answer lost)' : '';
  return `[${from} … ${to}] session ${session}: ${actionText(action, start)}${outcome}`;
}

function actionText(action: Action, start: number): string {
  const until = (at: number | undefined) => (at === undefined ? '?' : `+${at - start}`);
  switch (action.type) {
    case 'reserve':
      return `reserve ${action.reservation} seats ${action.seats} until ${until(action.expiresAt)}`;
    case 'refuse':
      return `reserve of seats ${action.seats} did not happen; taken: ${action.conflicts}`;
    case 'extend':
      return `extend ${action.reservation} until ${until(action.expiresAt)}`;
    case 'release':
      return `release ${action.reservation} seats ${action.seats}`;
    case 'deny':
      return `denied, as ${action.reservation} is: ${action.because}`;
    case 'readSeats':
      return `read${action.since === undefined ? '' : ` (a replica, since ${action.since})`} ${action.seats
        .map(({ seat, status, expiresAt }) =>
          expiresAt === undefined
            ? `${seat} ${status}`
            : `${seat} ${status} until ${until(expiresAt)}`,
        )
        .join(', ')}`;
    case 'readReservation':
      return `read ${action.reservation}: ${action.status}, seats ${action.seats} until ${until(action.expiresAt)}`;
    default:
      return `${action.type} ${action.reservation}`;
  }
}
