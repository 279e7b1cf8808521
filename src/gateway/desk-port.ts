/** What the gateway needs of the desk. The desk has it all; tests bring a double of their own. */

import type { KeptAnswer, StoreQueries } from '../desk/ports.js';
import type {
  BlockSeats,
  CreateEvent,
  DeleteEvent,
  Marked,
  OfReservation,
  PatchEvent,
  ReleaseSeats,
  ReserveBest,
  Reserved,
  ReserveSeats,
} from '../desk/requests.js';
import type { SeatWatch, WatchOptions } from '../desk/seat-watch.js';
import type { IdempotencyMark } from '../domain/commands.js';
import type { EventRecord } from '../domain/event.js';
import type { EventId, ReservationId, SeatNumber } from '../domain/ids.js';
import type { Outcome } from '../domain/rejection.js';
import type { ReservationRecord } from '../domain/reservation.js';
import type { SeatStatusCode } from '../domain/seat-status.js';
import type { VenuePlan } from '../domain/venue-plan.js';
import type { EpochMs } from '../lib/clock.js';
import type { Soon } from '../lib/soon.js';

/** An event as a desk's replica shows it. */
export interface GatewayEvent {
  /** Replaced as it changes: read it at each use. */
  readonly record: EventRecord;
  readonly plan: VenuePlan;
  counts(now: EpochMs): SeatCounts;
  /** An overdue hold already reads as available. */
  statusAt(seat: SeatNumber, now: EpochMs): SeatStatusCode;
  /** Of a hold that is not overdue. */
  expiresAt(seat: SeatNumber, now: EpochMs): EpochMs | undefined;
  /** Opaque; changes whenever anything that a reader can see of the event's seats changes. */
  cursor(now: EpochMs): string;
  /** The 2-bit map of API §3, a fresh copy. */
  statuses(now: EpochMs): Uint8Array;
  /** Begins to note what changes, until the watch is ended. */
  watch(options: WatchOptions): SeatWatch;
}

/** Their sum is the event's `totalSeats` (I7). */
export interface SeatCounts {
  readonly available: number;
  readonly reserved: number;
  readonly booked: number;
  readonly blocked: number;
}

/** Every promise may reject with a ServerFault, which is answered 503. */
export interface GatewayDesk {
  now(): EpochMs;
  /** It knows what is in the store: before that, nothing is to be asked of it. */
  readonly isOpen: boolean;
  /** The last fact that it has heard of, of any event. */
  readonly sequence: number;
  /** Events that are not deleted, in order of creation (`createdAt`, then id). */
  events(): readonly GatewayEvent[];
  /** undefined: no such event, or deleted. */
  event(id: string): GatewayEvent | undefined;
  /** Even a deleted event; undefined: it never existed. */
  anyEvent(id: EventId): GatewayEvent | undefined;

  /** Known at once where the seats are seen to be taken. */
  reserve(request: ReserveSeats): Soon<Outcome<Reserved>>;
  reserveBest(request: ReserveBest): Promise<Outcome<Reserved>>;
  confirm(request: OfReservation): Promise<Outcome<ReservationRecord>>;
  cancel(request: OfReservation): Promise<Outcome<ReservationRecord>>;
  extend(request: OfReservation): Promise<Outcome<ReservationRecord>>;
  release(request: ReleaseSeats): Promise<Outcome<ReservationRecord>>;
  refund(request: { reservationId: ReservationId } & Marked): Promise<Outcome<ReservationRecord>>;
  block(request: BlockSeats): Promise<Outcome<readonly SeatNumber[]>>;
  unblock(request: BlockSeats): Promise<Outcome<readonly SeatNumber[]>>;
  createEvent(request: CreateEvent): Promise<Outcome<EventRecord>>;
  patchEvent(request: PatchEvent): Promise<Outcome<EventRecord>>;
  deleteEvent(request: DeleteEvent): Promise<Outcome<EventRecord>>;

  /** As it reads now: an overdue hold is expired. */
  reservation(id: ReservationId): Promise<ReservationRecord | undefined>;
  /** The live reservation that has the seat now. */
  seatHolder(eventId: EventId, seat: SeatNumber): Promise<ReservationRecord | undefined>;
  query<Name extends keyof StoreQueries>(
    name: Name,
    ask: StoreQueries[Name]['ask'],
  ): Promise<StoreQueries[Name]['answer']>;
  /** Keeps an answer that has no effect of a shard beside it; resolves when it is on disk. */
  remember(mark: IdempotencyMark, answer: KeptAnswer): Promise<void>;
  /** The request ended in a 429 or 5xx: the key is free again. */
  abandon(key: string): void;
}
