/** Rebuilding a shard from the store: exactly the live state, whatever the number of shards was before (I6). */

import { shardOf } from '../domain/ownership.js';
import type { ReservationRecord } from '../domain/reservation.js';
import { homeKeyOf } from '../domain/reservation-id.js';
import { SEAT_STATE, type SeatStateCode } from '../domain/seat-table.js';
import type { Clock } from '../lib/clock.js';
import type { EventSeats } from './event-seats.js';
import { Claim, Hold } from './holding.js';
import type { SnapshotPart } from './ports.js';
import type { ShardState } from './shard-state.js';

export function restorePart(state: ShardState, part: SnapshotPart, clock: Clock): void {
  const event =
    part.type === 'event' ? state.installEvent(part.event) : state.events.get(part.eventId);
  if (event === undefined) return;
  if (part.type === 'holds') {
    for (const record of part.holds) restoreReservation(state, event, record, clock);
    return;
  }
  restoreSeats(state, event, part.booked, SEAT_STATE.booked);
  restoreSeats(state, event, part.blocked, SEAT_STATE.blocked);
}

function restoreSeats(
  state: ShardState,
  event: EventSeats,
  seats: Uint32Array,
  code: SeatStateCode,
): void {
  for (const seat of seats) {
    if (state.isMine(event, seat)) event.restore(seat, code);
  }
}

/** At its home a hold with its timer; elsewhere, where some of its seats are owned, an open claim that asks when it is over. */
function restoreReservation(
  state: ShardState,
  event: EventSeats,
  record: ReservationRecord,
  clock: Clock,
): void {
  const mine = record.seats.filter((seat) => state.isMine(event, seat));
  const home = shardOf(homeKeyOf(record.id), state.shardCount);
  if (home === state.index) {
    const hold = new Hold(record);
    hold.slot = state.holdClock.schedule(record.expiresAt, hold);
    state.holds.set(record.id, hold);
    restoreHolder(event, mine, hold, SEAT_STATE.own);
  } else if (mine.length > 0) {
    const { id: reservationId, eventId, userId, expiresAt } = record;
    const grantedAt = clock.elapsed();
    const claim = new Claim({
      reservationId,
      eventId,
      userId,
      seats: mine,
      home,
      grantedAt,
      expiresAt,
      isOpen: true,
    });
    state.claims.set(reservationId, claim);
    state.scheduleAsk(claim, grantedAt + Math.max(expiresAt - clock.now(), 0));
    restoreHolder(event, mine, claim, SEAT_STATE.delegated);
  }
}

function restoreHolder(
  event: EventSeats,
  seats: readonly number[],
  holder: Hold | Claim,
  code: SeatStateCode,
): void {
  for (const seat of seats) {
    event.restore(seat, code);
    event.setHolder(seat, holder);
  }
}
