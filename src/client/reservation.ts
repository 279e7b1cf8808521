/** Reservations as the API speaks of them (API §3): what is asked for, and what comes back. */

export interface Reservation {
  /** `rsv_…` */
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  /** Labels, in the order they were asked for. */
  readonly seatIds: readonly string[];
  /** Prices in minor units; null: none. */
  readonly seats: readonly {
    readonly seatId: string;
    readonly category: string | null;
    readonly price: number | null;
  }[];
  /** Minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly status: 'reserved' | 'confirmed' | 'cancelled' | 'expired' | 'refunded';
  /** All times: RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly confirmedAt?: string;
  readonly cancelledAt?: string;
  readonly expiredAt?: string;
  readonly refundedAt?: string;
  readonly orderId?: string;
}

/** These seats, all or none. */
export interface SeatsWish {
  readonly userId: string;
  /** Labels; where no seat has the label, its number. 1..100. */
  readonly seatIds: readonly string[];
  /** 1..7200; absent: the event's hold time. */
  readonly holdSeconds?: number;
}

/** The best available, all or none. */
export interface BestSeatsWish {
  readonly userId: string;
  /** 1..100 */
  readonly quantity: number;
  readonly category?: string;
  readonly section?: string;
  /** Side by side; absent: true. */
  readonly adjacent?: boolean;
  readonly holdSeconds?: number;
}

export type SeatWish = SeatsWish | BestSeatsWish;

/** A reservation, by its user. */
export interface OfReservation {
  readonly reservationId: string;
  readonly userId: string;
}

/** Some of the seats of a reservation. */
export interface SeatsOfReservation extends OfReservation {
  readonly seatIds: readonly string[];
}

/** What goes with any command. */
export interface CommandOptions {
  /**
   * 1..255 visible ASCII characters. The same command under the same key has one effect, however often it is sent: what
   * to do when an answer was lost.
   */
  readonly idempotencyKey?: string;
}
