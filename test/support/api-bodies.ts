/** Bodies of the native API as its clients read them (API §2, §3); only what tests look at. */

export type ReservationStatusName = 'reserved' | 'confirmed' | 'cancelled' | 'expired' | 'refunded';

export interface ReservationBody {
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  readonly seatIds: readonly string[];
  readonly status: ReservationStatusName;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly confirmedAt?: string;
}

export interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly issues?: readonly { in: string; path: string; message: string }[];
  readonly conflicts?: readonly ConflictBody[];
  readonly retryAfterMs?: number;
}

export interface ConflictBody {
  readonly seatId: string;
  readonly status: string;
  readonly expiresAt?: string;
}

export interface SeatBody {
  readonly seatId: string;
  readonly seatNumber: number;
  readonly status: 'available' | 'reserved' | 'booked' | 'blocked';
  readonly expiresAt?: string;
}

export interface SeatListBody {
  readonly eventId: string;
  readonly cursor: string;
  readonly data: readonly SeatBody[];
}

export interface EventBody {
  readonly id: string;
  readonly totalSeats: number;
  readonly availableSeats: number;
  readonly reservedSeats: number;
  readonly bookedSeats: number;
  readonly blockedSeats: number;
}

export interface FactBody {
  readonly sequence: number;
  readonly type: string;
  readonly at: string;
  readonly eventId: string;
  readonly reservationId?: string;
  readonly userId?: string;
  readonly seatIds?: readonly string[];
  readonly expiresAt?: string;
}

export interface PageBody<Entry> {
  readonly data: readonly Entry[];
  readonly nextCursor: string | null;
}
