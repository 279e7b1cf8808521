/** Taking one seat, or finding that the user has it already, as 5.3 and 5.5 do. */

import type { Reserved } from '../../desk/requests.js';
import type { ReservePurpose } from '../../domain/commands.js';
import { accepted, type Outcome } from '../../domain/rejection.js';
import type { RequestContext } from '../route.js';
import type { SeatWish } from './confirm-seat.js';

/**
 * @returns `created: false` with the user's own reservation, held or confirmed, that has the seat already: unchanged, and
 *   perhaps with other seats beside it.
 */
export async function takeSeat(
  { desk, marked }: Pick<RequestContext, 'desk' | 'marked'>,
  { eventId, seat, userId }: SeatWish,
  purpose: ReservePurpose,
): Promise<Outcome<Reserved>> {
  const wish = { eventId, userId, seats: [seat], purpose, reuseOwn: false };
  const outcome = await desk.reserve({ ...wish, ...marked });
  if (outcome.ok || outcome.rejection.code !== 'seat_unavailable') return outcome;
  const holder = await desk.seatHolder(eventId, seat);
  return holder?.userId === userId ? accepted({ record: holder, created: false }) : outcome;
}
