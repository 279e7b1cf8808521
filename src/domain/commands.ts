/**
 * Everything that can be asked of a shard. Imperative; the answer to each is an `Outcome` of the type in `CommandValue`.
 *
 * A reservation whose seats (and, where the event limits seats per user, whose allowance) all belong to one shard is one
 * `reservation.reserve`. Otherwise the desk sends `seats.claim` to every owner and then `claims.open` to the home (DESIGN,
 * "Reservations over several shards").
 */
import type { ElapsedMs, EpochMs } from '../lib/clock.js';
import type { EventPatch, EventRecord } from './event.js';
import type { EventId, ReservationId, SeatNumber, UserId } from './ids.js';
import type { Outcome } from './rejection.js';
import type { ReservationRecord } from './reservation.js';

/** `hold`: reserved until it expires. `book`: reserved and confirmed in one step. */
export type ReservePurpose = 'hold' | 'book';

/** Kept with the effect, in the same transaction, so that a retry gets the first answer (API §2). */
export interface IdempotencyMark {
  readonly key: string;
  /** Digest of method, path and body. */
  readonly fingerprint: string;
  readonly requestId: string;
}

interface Marked {
  readonly idempotency?: IdempotencyMark;
}

export interface Reserve extends Marked {
  readonly type: 'reservation.reserve';
  readonly reservationId: ReservationId;
  readonly eventId: EventId;
  readonly userId: UserId;
  readonly seats: readonly SeatNumber[];
  readonly purpose: ReservePurpose;
  /** Overrides the event's hold time, milliseconds. */
  readonly holdMs?: number;
  /** The desk took this shard for the owner of the user's allowance too; refused as stale where the event says otherwise. */
  readonly limited: boolean;
}

/** Take seats in another's name: they wait for their home's word. */
export interface ClaimSeats {
  readonly type: 'seats.claim';
  readonly reservationId: ReservationId;
  readonly eventId: EventId;
  /** null: house seats are to be blocked. */
  readonly userId: UserId | null;
  /** Of this owner alone; empty where only the allowance is claimed here. */
  readonly seats: readonly SeatNumber[];
  /** Count this many seats against the user's allowance here; 0: it is counted elsewhere or not at all. */
  readonly allowance: number;
  /** By the desk. */
  readonly claimedAt: ElapsedMs;
  readonly expiresAt: EpochMs;
}

export interface WithdrawClaim {
  readonly type: 'claims.withdraw';
  readonly reservationId: ReservationId;
}

/** All claims were granted: the home writes the reservation, with all its seats, in one transaction. */
export interface OpenClaims extends Marked {
  readonly type: 'claims.open';
  readonly reservationId: ReservationId;
  readonly eventId: EventId;
  readonly seats: readonly SeatNumber[];
  /** Every shard that granted a part, the home among them. */
  readonly owners: readonly number[];
  readonly limited: boolean;
  readonly what:
    | { readonly purpose: ReservePurpose; readonly userId: UserId; readonly holdMs?: number }
    | { readonly purpose: 'block'; readonly reason?: string };
}

interface OfReservation extends Marked {
  readonly reservationId: ReservationId;
}

export interface Confirm extends OfReservation {
  readonly type: 'reservation.confirm';
  readonly userId: UserId;
}
export interface Cancel extends OfReservation {
  readonly type: 'reservation.cancel';
  readonly userId: UserId;
}
export interface Extend extends OfReservation {
  readonly type: 'reservation.extend';
  readonly userId: UserId;
}
export interface Release extends OfReservation {
  readonly type: 'reservation.release';
  readonly userId: UserId;
  readonly seats: readonly SeatNumber[];
}
/** The house's own act: no user is asked for. */
export interface Refund extends OfReservation {
  readonly type: 'reservation.refund';
}

/** Makes house seats sellable again; those that are not blocked are left as they are. Of this owner alone. */
export interface UnblockSeats extends Marked {
  readonly type: 'seats.unblock';
  readonly eventId: EventId;
  readonly seats: readonly SeatNumber[];
}

export interface CreateEvent extends Marked {
  readonly type: 'event.create';
  readonly event: EventRecord;
}
export interface UpdateEvent extends Marked {
  readonly type: 'event.update';
  readonly eventId: EventId;
  readonly patch: EventPatch;
}
export interface DeleteEvent extends Marked {
  readonly type: 'event.delete';
  readonly eventId: EventId;
}
/** Read the event's record from the store again: its owner has changed it. */
export interface RefreshEvent {
  readonly type: 'event.refresh';
  readonly eventId: EventId;
}
/** Cancel or refund every live reservation of the event that has its home here, and free its blocked seats owned here. */
export interface ClearEvent {
  readonly type: 'event.clear';
  readonly eventId: EventId;
}

export type ReservationCommand = Confirm | Cancel | Extend | Release | Refund;

export type Command =
  | Reserve
  | ClaimSeats
  | WithdrawClaim
  | OpenClaims
  | ReservationCommand
  | UnblockSeats
  | CreateEvent
  | UpdateEvent
  | DeleteEvent
  | RefreshEvent
  | ClearEvent;

/** What an accepted command's answer carries. */
export interface CommandValue {
  readonly 'reservation.reserve': ReservationRecord;
  readonly 'seats.claim': null;
  readonly 'claims.withdraw': null;
  /** null for a block. */
  readonly 'claims.open': ReservationRecord | null;
  readonly 'reservation.confirm': ReservationRecord;
  readonly 'reservation.cancel': ReservationRecord;
  readonly 'reservation.extend': ReservationRecord;
  readonly 'reservation.release': ReservationRecord;
  readonly 'reservation.refund': ReservationRecord;
  /** The seats that were blocked and no longer are. */
  readonly 'seats.unblock': readonly SeatNumber[];
  readonly 'event.create': EventRecord;
  readonly 'event.update': EventRecord;
  readonly 'event.delete': EventRecord;
  readonly 'event.refresh': null;
  readonly 'event.clear': null;
}

export type CommandOutcome<C extends Command = Command> = Outcome<CommandValue[C['type']]>;
