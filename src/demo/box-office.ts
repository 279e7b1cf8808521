/** The box office as a buyer meets it: what may be asked, and what comes back. Over HTTP it is `http-box-office.ts`. */
import type { SeatStatus } from '../domain/seat-status.js';

export interface BoxOffice {
  /** All seats of a section, in seat order, as they are now. */
  seatsOf(section: string): Promise<Reply<readonly BoxOfficeSeat[]>>;
  reserve(userId: string, wish: SeatWish): Promise<Reply<Hold>>;
  confirm(hold: Hold): Promise<Reply<Hold>>;
  cancel(hold: Hold): Promise<Reply<Hold>>;
  extend(hold: Hold): Promise<Reply<Hold>>;
  /** Gives up some of the seats. */
  release(hold: Hold, seatIds: readonly string[]): Promise<Reply<Hold>>;
}

/** Refusals are values: `code` is the API's, or `unreachable` where no answer came. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string };

export interface BoxOfficeSeat {
  readonly seatId: string;
  readonly seatNumber: number;
  readonly status: SeatStatus;
  readonly row: string | null;
}

/** Seats by name, or so many of the best. */
export type SeatWish =
  | { readonly seatIds: readonly string[] }
  | { readonly quantity: number; readonly category?: string; readonly adjacent: boolean };

export interface Hold {
  readonly id: string;
  readonly userId: string;
  readonly seatIds: readonly string[];
}
