/** What a desk needs of the store. Plain data: it crosses threads. */
import type { CommandOutcome, IdempotencyMark } from '../domain/commands.js';
import type { Fact, NumberedFact } from '../domain/facts.js';
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import type { ReservationRecord, ReservationStatus } from '../domain/reservation.js';
import type { EpochMs } from '../lib/clock.js';
import type { SnapshotPart } from '../shard/ports.js';

/** A page of a list; `nextCursor` null: it was the last. Cursors are opaque to the client, made by the store. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** What a request with an `Idempotency-Key` finds. */
export type IdempotencyStart =
  | { readonly found: 'fresh' }
  /** The effect happened: render the outcome as the first time. */
  | { readonly found: 'outcome'; readonly outcome: CommandOutcome; readonly requestId: string }
  /** The finished answer of a request without an effect of a shard. */
  | { readonly found: 'answer'; readonly answer: KeptAnswer; readonly requestId: string }
  | { readonly found: 'other_body' }
  | { readonly found: 'in_flight' };

/** An HTTP answer, kept to be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sales and ends of holds since the event was made; kept by the store in the transaction of the facts themselves. */
export interface EventStats {
  readonly eventId: EventId;
  /** Reservations by what became of them, ever. `reserved` counts every one made. */
  readonly reservations: Readonly<
    Record<'reserved' | 'confirmed' | 'cancelled' | 'expired' | 'refunded', number>
  >;
  /** Requests refused because a seat was not available; at most the last second is lost in a crash. */
  readonly conflicts: number;
  readonly byCategory: readonly SalesLine[];
  /** The latest minutes with a sale or a refund, oldest first, at most 1,440. */
  readonly byMinute: readonly MinuteLine[];
}

export interface SalesLine {
  /** null: seats without a category. */
  readonly category: string | null;
  /** Seats booked and not refunded. */
  readonly seats: number;
  /** Minor units, of seats that have a price. */
  readonly amount: number;
}

export interface MinuteLine {
  /** The minute's first millisecond. */
  readonly minute: EpochMs;
  /** Seats booked less seats refunded in it. */
  readonly seats: number;
  readonly amount: number;
}

/** Questions to the store, each with the type of its answer. */
export interface StoreQueries {
  reservation: { ask: { reservationId: ReservationId }; answer: ReservationRecord | undefined };
  /** The live reservation that has the seat, as it stands on disk (an overdue hold included). */
  seatHolder: {
    ask: { eventId: EventId; seat: SeatNumber };
    answer: ReservationRecord | undefined;
  };
  userReservations: {
    ask: {
      userId: UserId;
      eventId?: EventId;
      status?: ReservationStatus;
      now: EpochMs;
      cursor?: string;
      limit: number;
    };
    answer: Page<ReservationRecord>;
  };
  /** Facts of one event with a sequence above `after`, in order. */
  eventLog: {
    ask: { eventId: EventId; after: number; limit: number };
    answer: readonly NumberedFact[];
  };
  /** The latest facts that name the seat, newest first. */
  seatHistory: {
    ask: { eventId: EventId; seat: SeatNumber; limit: number };
    answer: readonly NumberedFact[];
  };
  stats: { ask: { eventId: EventId }; answer: EventStats };
  beginIdempotent: { ask: { key: string; fingerprint: string }; answer: IdempotencyStart };
}

export type StoreQuery = {
  [Name in keyof StoreQueries]: { readonly name: Name; readonly ask: StoreQueries[Name]['ask'] };
}[keyof StoreQueries];

/** The store, as a desk sees it. */
export interface DeskStore {
  /** Rejects with a ServerFault (`overloaded`, `storage_failed`). */
  query<Name extends keyof StoreQueries>(
    name: Name,
    ask: StoreQueries[Name]['ask'],
  ): Promise<StoreQueries[Name]['answer']>;
  /** Keeps an answer that has no effect of a shard beside it; resolves when it is on disk. */
  remember(mark: IdempotencyMark, answer: KeptAnswer): Promise<void>;
  /** The request ended in a 429 or 5xx: the key is free again, unless its effect is on disk. */
  abandon(key: string): void;
  /** Conflicts that were answered, by event, since the last call. */
  countConflicts(counts: ReadonlyMap<EventId, number>): void;
}

/** What the store sends every desk without being asked, in order and without gaps. First the snapshot, then facts. */
export type StoreNews =
  /** The next part of the snapshot; an empty store sends none but `opened`. */
  | { readonly type: 'snapshot'; readonly part: SnapshotPart }
  /** The snapshot is complete, and stands at `sequence` of this incarnation of the store. */
  | { readonly type: 'opened'; readonly sequence: number; readonly incarnation: number }
  /** Committed facts with sequences `first`, `first + 1`, … */
  | { readonly type: 'facts'; readonly first: number; readonly facts: readonly Fact[] };
