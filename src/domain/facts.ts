/**
 * What happened, in the past tense: the only thing that moves state. The same facts move the shard's seats, are kept as
 * the event's log, carry the statuses to every replica and feed the viewers.
 */
import type { EpochMs } from '../lib/clock.js';
import type { EventRecord } from './event.js';
import type { EventId, ReservationId, SeatNumber, UserId } from './ids.js';
import { SEAT_CODE, type SeatStatusCode } from './seat-status.js';

interface FactOf<Type extends string> {
  readonly type: Type;
  readonly eventId: EventId;
  /** When it was decided, on the shard's clock. */
  readonly at: EpochMs;
}

interface ReservationFactOf<Type extends string> extends FactOf<Type> {
  readonly reservationId: ReservationId;
  readonly userId: UserId;
  /** The seats that moved; of `extended`, the seats that are held longer. */
  readonly seats: readonly SeatNumber[];
}

export interface ReservationReserved extends ReservationFactOf<'reservation.reserved'> {
  readonly expiresAt: EpochMs;
  readonly holdMs: number;
}
export type ReservationConfirmed = ReservationFactOf<'reservation.confirmed'>;
export type ReservationCancelled = ReservationFactOf<'reservation.cancelled'>;
/** `at` is when it was noticed; the hold was over at its `expiresAt`. */
export type ReservationExpired = ReservationFactOf<'reservation.expired'>;
export type ReservationRefunded = ReservationFactOf<'reservation.refunded'>;
export type ReservationReleased = ReservationFactOf<'reservation.released'>;
export interface ReservationExtended extends ReservationFactOf<'reservation.extended'> {
  readonly expiresAt: EpochMs;
}

export type ReservationFact =
  | ReservationReserved
  | ReservationConfirmed
  | ReservationCancelled
  | ReservationExpired
  | ReservationRefunded
  | ReservationReleased
  | ReservationExtended;

export interface SeatsBlocked extends FactOf<'seats.blocked'> {
  /** The claim that took the seats; written to their rows. */
  readonly blockId: ReservationId;
  readonly seats: readonly SeatNumber[];
  readonly reason?: string;
}
export interface SeatsUnblocked extends FactOf<'seats.unblocked'> {
  readonly seats: readonly SeatNumber[];
}
export type SeatsFact = SeatsBlocked | SeatsUnblocked;

/** The whole record as it stands after the fact. */
export interface EventFact extends FactOf<'event.created' | 'event.updated' | 'event.deleted'> {
  readonly event: EventRecord;
}

export type Fact = ReservationFact | SeatsFact | EventFact;
export type FactType = Fact['type'];

/** A fact with its place in the one order of everything that happened: 1, 2, 3… over all events, given by the store. */
export interface NumberedFact {
  readonly sequence: number;
  readonly fact: Fact;
}

const STATUS_AFTER = {
  'reservation.reserved': SEAT_CODE.reserved,
  'reservation.extended': SEAT_CODE.reserved,
  'reservation.confirmed': SEAT_CODE.booked,
  'reservation.cancelled': SEAT_CODE.available,
  'reservation.expired': SEAT_CODE.available,
  'reservation.refunded': SEAT_CODE.available,
  'reservation.released': SEAT_CODE.available,
  'seats.blocked': SEAT_CODE.blocked,
  'seats.unblocked': SEAT_CODE.available,
} as const satisfies Record<(ReservationFact | SeatsFact)['type'], SeatStatusCode>;

/** What the fact's seats look like after it. */
export function statusAfter(fact: ReservationFact | SeatsFact): SeatStatusCode {
  return STATUS_AFTER[fact.type];
}

export function isReservationFact(fact: Fact): fact is ReservationFact {
  return fact.type.startsWith('reservation.');
}

export function isEventFact(fact: Fact): fact is EventFact {
  return fact.type.startsWith('event.');
}
