/** Booking in one step, as 5.3 does. */
import type { EventId, UserId } from '../../domain/ids.js';
import { accepted, type Outcome } from '../../domain/rejection.js';
import type { ReservationRecord } from '../../domain/reservation.js';
import type { RequestContext } from '../route.js';
import type { SeatWish } from './confirm-seat.js';
import { confirmFound, lookedUp } from './looked-up.js';
import { takeSeat } from './take-seat.js';

type Asking = Pick<RequestContext, 'desk' | 'marked'>;

/** The user's booking that has the seat: made now, or there already, or made of the user's hold by confirming it, whole. */
export function bookSeat(asking: Asking, wish: SeatWish): Promise<Outcome<ReservationRecord>> {
  return lookedUp(async () => {
    const outcome = await takeSeat(asking, wish, 'book');
    if (!outcome.ok) return outcome;
    const { record } = outcome.value;
    return record.status === 'reserved'
      ? confirmFound(asking, record, wish.seat)
      : accepted(record);
  });
}

/** A booking of the best available seat: a new one, whatever the user has. */
export async function bookBest(
  { desk, marked }: Asking,
  eventId: EventId,
  userId: UserId,
): Promise<Outcome<ReservationRecord>> {
  const wish = { eventId, userId, quantity: 1, adjacent: true, purpose: 'book' } as const;
  const outcome = await desk.reserveBest({ ...wish, ...marked });
  return outcome.ok ? accepted(outcome.value.record) : outcome;
}
