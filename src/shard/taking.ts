/** Taking seats here, the part that a reservation on one shard and a claim for another home have in common. */

import { decideTaking, refuseAllowance } from '../domain/decide-taking.js';
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import { shardOf } from '../domain/ownership.js';
import type { Rejection } from '../domain/rejection.js';
import { rejected } from '../domain/rejection.js';
import { isOverdue, type ReservationRecord } from '../domain/reservation.js';
import { homeKeyOf } from '../domain/reservation-id.js';
import type { SeatEventType } from '../domain/seat-machine.js';
import { allowanceKey } from './allowances.js';
import type { EventSeats } from './event-seats.js';
import type { Hold } from './holding.js';
import type { Parked } from './parking.js';
import { type Awake, park, release, reply, type ShardCore, waitFor } from './shard-core.js';

export interface Wish {
  readonly eventId: EventId;
  readonly userId: UserId | null;
  readonly seats: readonly SeatNumber[];
  readonly trigger: SeatEventType;
  /** Seats to count against the user's allowance here; 0: not here. */
  readonly allowance: number;
  /** What the sender took the event for: limited or not; undefined: it does not matter here. */
  readonly limited?: boolean;
}

/** The seats may be taken now, once the overdue holds have been ended. */
export interface Taking {
  readonly event: EventSeats;
  readonly lapsed: readonly Hold[];
}

/**
 * Decides a wish. Where it returns nothing the command was answered, or waits for something and will be looked at again.
 */
export function take(
  core: ShardCore,
  parked: Parked,
  wish: Wish,
  awake: Awake,
): Taking | undefined {
  const event = findEvent(core, parked, wish.eventId, awake);
  if (event === undefined) return undefined;
  if (wish.limited !== undefined && wish.limited !== (event.event.maxSeatsPerUser !== null)) {
    reply(core, parked, { ok: false, undecided: 'event_changed' });
    return undefined;
  }
  const doubted = doubtedPlace(core, event, wish.seats);
  if (doubted !== undefined) {
    park(core, doubtLine(doubted), parked);
    return undefined;
  }
  const decision = decideTaking(event, wish.seats, wish.trigger, wish.userId, core.now());
  switch (decision.kind) {
    case 'rejected':
      return refuse(core, parked, decision.rejection);
    case 'ask':
      return askFirst(core, parked, decision.about);
    case 'free': {
      const lapsed = [...decision.lapsed].flatMap((id) => core.state.holds.get(id) ?? []);
      return isWithinAllowance(core, parked, wish, event, awake) ? { event, lapsed } : undefined;
    }
  }
}

/** The place of a booked seat among them of which it is being asked whether it is booked still. */
function doubtedPlace(
  { state: { doubted } }: ShardCore,
  { base }: EventSeats,
  seats: readonly SeatNumber[],
): number | undefined {
  if (doubted.size === 0) return undefined;
  const seat = seats.find((each) => doubted.has(base + each));
  return seat === undefined ? undefined : base + seat;
}

/** The line of commands that wait for a booked seat's row. */
export function doubtLine(place: number): string {
  return `doubt ${place}`;
}

/** The event; where this shard has not met it, the command waits until it was read. */
export function findEvent(
  core: ShardCore,
  parked: Parked,
  eventId: EventId,
  awake: Awake,
): EventSeats | undefined {
  const known = core.state.events.get(eventId);
  if (known !== undefined) return known;
  if (awake?.type !== 'event') {
    waitForEvent(core, parked, eventId);
    return undefined;
  }
  const made = awake.event === undefined ? undefined : core.state.installEvent(awake.event);
  return (
    made ??
    refuse(core, parked, rejected('event_not_found', `there is no event ${eventId}`).rejection)
  );
}

export function waitForEvent(core: ShardCore, parked: Parked, eventId: EventId): void {
  waitFor(core, `event ${eventId}`, parked, { type: 'event', eventId });
}

export function refuse(core: ShardCore, parked: Parked, rejection: Rejection): undefined {
  reply(core, parked, { ok: false, rejection });
}

/** Waits for the word of the first home; the others are waited for in turn, if they are still in the way then. */
function askFirst(core: ShardCore, parked: Parked, about: ReadonlySet<ReservationId>): undefined {
  for (const id of about) {
    const claim = core.state.claims.get(id);
    if (claim !== undefined) core.state.scheduleAsk(claim, core.elapsed());
  }
  const [first] = about;
  if (first !== undefined) park(core, claimLine(first), parked);
}

/** The line of commands that wait for news of a claim. */
export function claimLine(reservationId: ReservationId): string {
  return `claim ${reservationId}`;
}

export function releaseClaimLine(core: ShardCore, reservationId: ReservationId): void {
  release(core, claimLine(reservationId), undefined);
}

function isWithinAllowance(
  core: ShardCore,
  parked: Parked,
  wish: Wish,
  event: EventSeats,
  awake: Awake,
): boolean {
  if (wish.allowance === 0 || wish.userId === null || event.event.maxSeatsPerUser === null)
    return true;
  const key = allowanceKey(wish.eventId, wish.userId);
  if (awake?.type !== 'allowance') {
    waitForAllowance(core, parked, key, wish.eventId, wish.userId);
    return false;
  }
  const live = awake.live.map((record) => core.state.holds.get(record.id)?.record ?? record);
  const held = live.filter((record) => !isOverForCertain(core, record));
  const shown = new Set(awake.live.map((record) => record.id));
  const seatsHeld =
    held.reduce((sum, record) => sum + record.seats.length, 0) +
    core.state.allowances.grantedBeside(key, shown);
  const rejection = refuseAllowance(event.event, seatsHeld, wish.allowance);
  if (rejection === undefined) return true;
  const doubtful = held.filter((record) => isOverdue(record, core.now()));
  if (doubtful.length === 0) refuse(core, parked, rejection);
  else lookAgain(core, parked, doubtful);
  return false;
}

/** Only its home can say so: a confirmation or an extension in time may be on its way to the disk (I5). */
function isOverForCertain(core: ShardCore, record: ReservationRecord): boolean {
  return isOverdue(record, core.now()) && core.state.holds.has(record.id);
}

/** The homes are asked, which makes them write down what is over; the desk asks again meanwhile. */
function lookAgain(core: ShardCore, parked: Parked, doubtful: readonly ReservationRecord[]): void {
  for (const { id: reservationId, eventId } of doubtful) {
    const home = shardOf(homeKeyOf(reservationId), core.state.shardCount);
    if (home !== core.state.index)
      core.outbox.tell(home, { type: 'claim.ask', reservationId, eventId, seats: [] });
  }
  reply(core, parked, { ok: false, undecided: 'event_changed' });
}

/** The store is read anew for every look, as only the store sees reservations of all homes. */
function waitForAllowance(
  core: ShardCore,
  parked: Parked,
  key: string,
  eventId: EventId,
  userId: UserId,
): void {
  if (!park(core, key, parked)) return;
  core.state.allowances.beginReading(key);
  core.read({ type: 'allowance', eventId, userId }, (loaded) => {
    release(core, key, loaded);
    core.state.allowances.endReading(key);
  });
}
