/** What the gateway may ask of the desk, and the shapes of what comes back. */
import type { CommandOutcome, IdempotencyMark, ReservePurpose } from '../domain/commands.js';
import type { EventPatch } from '../domain/event.js';
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import type { PlanSpec } from '../domain/plan-spec.js';
import type { ReservationRecord } from '../domain/reservation.js';

/** A request with an `Idempotency-Key`. */
export interface RequestMark extends IdempotencyMark {
  /** The effect has happened already: the command answers with this and sends nothing. */
  readonly replay?: CommandOutcome;
}

/** Every command may carry the mark of its request. */
export interface Marked {
  readonly idempotency?: RequestMark;
}

export interface ReserveSeats extends Marked {
  readonly eventId: EventId;
  readonly userId: UserId;
  /** 1..100, each once. */
  readonly seats: readonly SeatNumber[];
  readonly purpose: ReservePurpose;
  /** Milliseconds; absent: the event's. */
  readonly holdMs?: number;
  /** Whether asking again for exactly the seats of one's own hold gives it back (native API) or is a conflict (5.1). */
  readonly reuseOwn: boolean;
}

export interface ReserveBest extends Marked {
  readonly eventId: EventId;
  readonly userId: UserId;
  /** 1..100 */
  readonly quantity: number;
  readonly category?: string;
  readonly section?: string;
  /** Side by side. */
  readonly adjacent: boolean;
  readonly purpose: ReservePurpose;
  readonly holdMs?: number;
}

export interface Reserved {
  readonly record: ReservationRecord;
  /** false: it was there already, unchanged. */
  readonly created: boolean;
}

export interface OfReservation extends Marked {
  readonly reservationId: ReservationId;
  readonly userId: UserId;
}

export interface ReleaseSeats extends OfReservation {
  readonly seats: readonly SeatNumber[];
}

export interface BlockSeats extends Marked {
  readonly eventId: EventId;
  readonly seats: readonly SeatNumber[];
  readonly reason?: string;
}

export interface CreateEvent extends Marked {
  /** Absent: one is made, `evt_…`. */
  readonly id?: EventId;
  readonly name: string;
  readonly currency: string;
  readonly holdMs: number;
  readonly maxSeatsPerUser: number | null;
  readonly preventOrphans: boolean;
  readonly plan: PlanSpec;
}

export interface PatchEvent extends Marked {
  readonly eventId: EventId;
  readonly patch: EventPatch;
}

export interface DeleteEvent extends Marked {
  readonly eventId: EventId;
  /** Cancel live holds and refund bookings instead of refusing. */
  readonly force: boolean;
}
