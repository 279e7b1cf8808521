/** Events and their seats as the API shows them (API §3). */
import type { SeatStatus } from '../domain/seat-status.js';

export interface Event {
  readonly id: string;
  readonly name: string;
  /** closed: no new reservations. */
  readonly status: 'on_sale' | 'closed';
  readonly totalSeats: number;
  readonly availableSeats: number;
  readonly reservedSeats: number;
  readonly bookedSeats: number;
  readonly blockedSeats: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly holdSeconds: number;
  /** null: no limit. */
  readonly maxSeatsPerUser: number | null;
  readonly preventOrphans: boolean;
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Seat {
  /** The label. */
  readonly seatId: string;
  /** 1..totalSeats: its place in a `SeatWatch`. */
  readonly seatNumber: number;
  readonly section: string | null;
  readonly row: string | null;
  readonly category: string | null;
  /** Minor units. */
  readonly price: number | null;
  /** Plan units, where the plan has them. */
  readonly x?: number;
  readonly y?: number;
  readonly status: SeatStatus;
  /** Of a reserved seat. */
  readonly expiresAt?: string;
}

/** All seats of an event, in seat order, at one cursor. */
export interface SeatList {
  readonly eventId: string;
  /** Opaque; a watch that has it shows the same. */
  readonly cursor: string;
  readonly data: readonly Seat[];
}
