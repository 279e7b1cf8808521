/**
 * What a shard needs of the world, and what the world may ask of it. Plain data only: every type here crosses threads
 * today and may cross machines later. `store/` and `threads/` implement these; the simulation has its own doubles.
 *
 * Order is part of the contract: what one side sends on one port arrives in that order; nothing is promised between ports.
 */
import type { Command, CommandOutcome, IdempotencyMark } from '../domain/commands.js';
import type { EventRecord } from '../domain/event.js';
import type { Fact } from '../domain/facts.js';
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import type { ReservationRecord } from '../domain/reservation.js';
import type { EpochMs } from '../lib/clock.js';

/** One accepted command: one transaction over all it touches. */
export interface StagedEntry {
  readonly facts: readonly Fact[];
  /** Each reservation the facts moved, as it stands after them; same order as the reservation facts, one a reservation. */
  readonly records: readonly ReservationRecord[];
  /** Kept beside the effect: the outcome that the command was answered with. */
  readonly remember?: IdempotencyMark & { readonly outcome: CommandOutcome };
}

/** What one turn of a shard staged. Turns are numbered 1, 2, 3… within one life of the shard. */
export interface StagedTurn {
  readonly turn: number;
  readonly entries: readonly StagedEntry[];
}

/** Everything up to `turn` is on disk. */
export interface TurnCommitted {
  readonly turn: number;
  /** The sequence of the last fact in the store then: a replica that has it has seen everything the turn did. */
  readonly sequence: number;
}

/** What a shard asks of the store while it works; answered after everything it staged before. */
export type StoreLoad =
  | { readonly type: 'reservation'; readonly reservationId: ReservationId }
  | { readonly type: 'event'; readonly eventId: EventId }
  /** Live reservations (reserved or confirmed) of a user in an event, wherever their homes are. */
  | { readonly type: 'allowance'; readonly eventId: EventId; readonly userId: UserId }
  /** What is on disk of a claim: its record, and the rows of these seats, whoever has them now. */
  | {
      readonly type: 'claim';
      readonly reservationId: ReservationId;
      readonly eventId: EventId;
      readonly seats: readonly SeatNumber[];
    }
  /** The booked seats of an event. */
  | { readonly type: 'bookedSeats'; readonly eventId: EventId }
  /** Every live reservation of an event. */
  | { readonly type: 'liveReservations'; readonly eventId: EventId };

/** A seat's row: what of it is live on disk. */
export interface SeatRow {
  readonly seat: SeatNumber;
  readonly state: 'reserved' | 'booked' | 'blocked';
  /** The reservation or block that has it. */
  readonly holder: ReservationId;
}

export type StoreLoaded =
  | { readonly type: 'reservation'; readonly record: ReservationRecord | undefined }
  | { readonly type: 'event'; readonly event: EventRecord | undefined }
  | { readonly type: 'allowance'; readonly live: readonly ReservationRecord[] }
  | {
      readonly type: 'claim';
      readonly rows: readonly SeatRow[];
      readonly record: ReservationRecord | undefined;
    }
  | { readonly type: 'bookedSeats'; readonly booked: Uint32Array }
  | { readonly type: 'liveReservations'; readonly live: readonly ReservationRecord[] };

/** One event as it stands on disk, but for its holds. Seats that neither it nor a hold names are available. */
export interface EventSnapshot {
  readonly event: EventRecord;
  /** Pairs with no owner beside the store: seat numbers, ascending. */
  readonly booked: Uint32Array;
  readonly blocked: Uint32Array;
}

/**
 * What a shard or a replica is rebuilt from: every event, and after it its holds, in as many parts as there are many. All
 * parts stand at one sequence.
 */
export type SnapshotPart =
  | ({ readonly type: 'event' } & EventSnapshot)
  /** Reservations whose status is reserved, overdue ones too; each is in one part. */
  | {
      readonly type: 'holds';
      readonly eventId: EventId;
      readonly holds: readonly ReservationRecord[];
    };

/** The store, as a shard sees it. Calls do not wait; answers come back to the shard's methods of the same name. */
export interface ShardStore {
  /** Commits the turn; the answer is `Shard.committed`. Refusing is not an option: a failed commit ends the process (I3). */
  stage(turn: StagedTurn): void;
  /** Answered by `Shard.loaded` with the same `ticket`. */
  load(ticket: number, load: StoreLoad): void;
}

export interface ShardRequest {
  /** Unique within one life of the desk that asks. */
  readonly id: number;
  readonly command: Command;
}

/**
 * The shard could not decide, nothing happened, and the client is not to blame. `claim_lost`: a claim that the home does not (or no longer)
 * know; `event_changed`: the desk routed by an older version of the event, or another home's word is on its way: look again and retry; `overloaded`: too much is parked.
 */
export interface Undecided {
  readonly ok: false;
  readonly undecided: 'claim_lost' | 'event_changed' | 'overloaded';
}

export interface ShardAnswer {
  readonly id: number;
  readonly outcome: CommandOutcome | Undecided;
  /** See `TurnCommitted.sequence`: the desk's replica must have come this far before the answer goes out. Set as it leaves. */
  sequence: number;
}

/** What shards say to each other about reservations over several of them. */
export type PeerMessage =
  /** From an owner to the home: what has become of this claim? */
  | {
      readonly type: 'claim.ask';
      readonly reservationId: ReservationId;
      readonly eventId: EventId;
      readonly seats: readonly SeatNumber[];
    }
  /** From the home to an owner: these seats of the claim are now so. Absolute, safe to repeat. */
  | {
      readonly type: 'claim.news';
      readonly reservationId: ReservationId;
      readonly eventId: EventId;
      readonly seats: readonly SeatNews[];
    };

export interface SeatNews {
  readonly seat: SeatNumber;
  /** `free`: the claim has ended here, or was never opened. */
  readonly state: 'reserved' | 'booked' | 'blocked' | 'free';
  /** With `reserved`. */
  readonly expiresAt?: EpochMs;
}

/** The way out of a shard. Everything is sent at the end of a turn, in batches. */
export interface ShardOutlets {
  readonly store: ShardStore;
  /** To one desk. */
  answer(gateway: number, answers: readonly ShardAnswer[]): void;
  /** To another shard. */
  tell(shard: number, messages: readonly PeerMessage[]): void;
}
