/**
 * Whether seats may be taken, by a hold, a claim or a block. Pure: it asks a view of the seats and answers; it moves nothing.
 */
import type { EpochMs } from '../lib/clock.js';
import type { EventRecord } from './event.js';
import type { ReservationId, SeatNumber, UserId } from './ids.js';
import { type Conflict, type Rejection, rejected } from './rejection.js';
import type { SeatEventType } from './seat-machine.js';
import { SEAT_CODE, SEAT_STATUSES } from './seat-status.js';
import { nextSeatState, publicCode, type SeatStateCode } from './seat-table.js';

/** Who has a seat that is reserved. */
export interface Holder {
  readonly reservationId: ReservationId;
  /** null: it is being blocked. */
  readonly userId: UserId | null;
  readonly expiresAt: EpochMs;
  /** Its home is here, so that its end may be decided here. */
  readonly homeIsHere: boolean;
}

/** One event's seats as their owner sees them. */
export interface SeatView {
  readonly event: EventRecord;
  readonly totalSeats: number;
  stateOf(seat: SeatNumber): SeatStateCode;
  holderOf(seat: SeatNumber): Holder | undefined;
  /** Free seats of their rows that taking `seats` would leave alone; empty where the event does not mind. */
  orphansLeft(seats: readonly SeatNumber[], now: EpochMs): readonly SeatNumber[];
}

export type TakingDecision =
  /** They may be taken once the overdue holds `lapsed` have been ended. */
  | { readonly kind: 'free'; readonly lapsed: ReadonlySet<ReservationId> }
  /** Overdue holds whose homes are elsewhere are in the way: their homes must say first. */
  | { readonly kind: 'ask'; readonly about: ReadonlySet<ReservationId> }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/**
 * @param trigger what the seats are to be sent: `seat.reserve`, or `seat.claim` where the home is elsewhere
 * @param userId null: the house takes them, to block them; it may do so while sales are closed and may leave orphans
 */
export function decideTaking(
  view: SeatView,
  seats: readonly SeatNumber[],
  trigger: SeatEventType,
  userId: UserId | null,
  now: EpochMs,
): TakingDecision {
  const refusal = refuseEvent(view.event, userId) ?? refuseNumbers(view, seats);
  if (refusal !== undefined) return refusal;
  let lapsed: Set<ReservationId> | undefined;
  let about: Set<ReservationId> | undefined;
  const conflicts: Conflict[] = [];
  for (const seat of seats) {
    const state = view.stateOf(seat);
    if (nextSeatState(state, trigger) !== undefined) continue;
    const holder = view.holderOf(seat);
    if (holder === undefined || now < holder.expiresAt)
      conflicts.push(conflictOf(seat, state, holder, userId));
    else if (holder.homeIsHere) lapsed = added(lapsed, holder.reservationId);
    else about = added(about, holder.reservationId);
  }
  if (conflicts.length > 0)
    return refuse('seat_unavailable', 'not every seat is available', conflicts);
  if (about !== undefined) return { kind: 'ask', about };
  return refuseOrphans(view, seats, userId, now) ?? { kind: 'free', lapsed: lapsed ?? NONE };
}

const NONE: ReadonlySet<ReservationId> = new Set();

/** Nearly always there is none: then no set is made. */
function added(ids: Set<ReservationId> | undefined, id: ReservationId): Set<ReservationId> {
  return (ids ?? new Set()).add(id);
}

function refuseEvent(event: EventRecord, userId: UserId | null): TakingDecision | undefined {
  if (event.status === 'deleted') return refuse('event_not_found', `there is no event ${event.id}`);
  if (event.status === 'closed' && userId !== null)
    return refuse('event_closed', `event ${event.id} is not on sale`);
  return undefined;
}

function refuseNumbers(view: SeatView, seats: readonly SeatNumber[]): TakingDecision | undefined {
  const strange = seats.find((seat) => seat < 1 || seat > view.totalSeats);
  return strange === undefined
    ? undefined
    : refuse('seat_not_found', `event ${view.event.id} has no seat ${strange}`);
}

function refuseOrphans(
  view: SeatView,
  seats: readonly SeatNumber[],
  userId: UserId | null,
  now: EpochMs,
): TakingDecision | undefined {
  if (userId === null || !view.event.preventOrphans) return undefined;
  const alone = view.orphansLeft(seats, now);
  if (alone.length === 0) return undefined;
  const conflicts = alone.map((seat): Conflict => ({ seat, status: 'available' }));
  return refuse(
    'leaves_orphan',
    'the selection leaves a single free seat between taken ones',
    conflicts,
  );
}

function conflictOf(
  seat: SeatNumber,
  state: SeatStateCode,
  holder: Holder | undefined,
  userId: UserId | null,
): Conflict {
  const status = SEAT_STATUSES[publicCode(state)];
  if (holder === undefined) return { seat, status: status ?? 'reserved' };
  const expiresAt = holder.expiresAt;
  return holder.userId !== null && holder.userId === userId
    ? { seat, status: 'reserved', expiresAt, ownReservationId: holder.reservationId }
    : { seat, status: 'reserved', expiresAt };
}

/** The seats of a user that count against `maxSeatsPerUser`, and whether so many more fit. */
export function refuseAllowance(
  event: EventRecord,
  seatsHeld: number,
  seatsMore: number,
): Rejection | undefined {
  const limit = event.maxSeatsPerUser;
  if (limit === null || seatsHeld + seatsMore <= limit) return undefined;
  return rejected(
    'limit_exceeded',
    `at most ${limit} seats a user in this event, ${seatsHeld} are taken already`,
  ).rejection;
}

function refuse(...parts: Parameters<typeof rejected>): TakingDecision {
  return { kind: 'rejected', rejection: rejected(...parts).rejection };
}

/** A seat is free to look at: available, expired, or held past its time. */
export function readsAsFree(
  state: SeatStateCode,
  holder: Holder | undefined,
  now: EpochMs,
): boolean {
  return (
    publicCode(state) === SEAT_CODE.available || (holder !== undefined && now >= holder.expiresAt)
  );
}
