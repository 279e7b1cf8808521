/** Confirming by seat and user, as 5.1 and 5.5 do. */
import type { EventId, SeatNumber, UserId } from '../../domain/ids.js';
import { type Conflict, type Outcome, rejected } from '../../domain/rejection.js';
import type { ReservationRecord } from '../../domain/reservation.js';
import type { RequestContext } from '../route.js';
import { keptOutcome } from './kept-outcome.js';
import { confirmFound, lookedUp } from './looked-up.js';

/** One user's wish about one seat. */
export interface SeatWish {
  readonly eventId: EventId;
  readonly seat: SeatNumber;
  readonly userId: UserId;
}

type Asking = Pick<RequestContext, 'desk' | 'marked'>;

/** Of a user's reservations in the event, how many are looked through to tell an expired one from none. */
const LATEST_MAX = 100;

/**
 * Confirms the user's reservation that has the seat, whole; again: the same. Rejections besides the command's own:
 * `not_holder` with the seat's status as its conflict, `reservation_expired` where the user's own hold on it was the last
 * that the user had, else `reservation_not_found`.
 */
export async function confirmSeat(
  asking: Asking,
  wish: SeatWish,
): Promise<Outcome<ReservationRecord>> {
  const first = keptOutcome(asking.marked);
  if (first !== undefined) return first;
  const { eventId, seat, userId } = wish;
  return lookedUp(async () => {
    const holder = await asking.desk.seatHolder(eventId, seat);
    if (holder === undefined) return notReserved(asking, wish);
    if (holder.userId === userId) return confirmFound(asking, holder, seat);
    return rejected('not_holder', 'the seat is of another user', [conflictOf(holder, seat)]);
  });
}

function conflictOf({ status, expiresAt }: ReservationRecord, seat: SeatNumber): Conflict {
  return status === 'confirmed'
    ? { seat, status: 'booked' }
    : { seat, status: 'reserved', expiresAt };
}

async function notReserved(
  { desk }: Asking,
  { eventId, seat, userId }: SeatWish,
): Promise<Outcome<ReservationRecord>> {
  const ask = { userId, eventId, now: desk.now(), limit: LATEST_MAX };
  const { data } = await desk.query('userReservations', ask);
  const latest = data.find(({ seats }) => seats.includes(seat));
  return latest?.status === 'expired'
    ? rejected('reservation_expired', 'the reservation has expired')
    : rejected('reservation_not_found', 'the seat is not reserved');
}
