/**
 * Commands name a reservation, these contracts a seat: the reservation is looked up first.
 *
 * 1. A look-up decides nothing. What it shows may be over when the command comes, and the command's word counts; then it is
 *    looked up again, a bounded number of times.
 */
import type { SeatNumber } from '../../domain/ids.js';
import type { Outcome, RejectionCode } from '../../domain/rejection.js';
import type { ReservationRecord } from '../../domain/reservation.js';
import { ServerFault } from '../../lib/server-fault.js';
import type { RequestContext } from '../route.js';

/** Each fails only where somebody moved the seat between look-up and command. */
const LOOK_UPS_MAX = 4;

/**
 * What the first attempt that was not overtaken came to.
 *
 * @param attempt looks up and commands; undefined: what it had looked up was over by then.
 * @throws ServerFault `overloaded`: every attempt was overtaken.
 */
export async function lookedUp<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let lookUp = 0; lookUp < LOOK_UPS_MAX; lookUp += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new ServerFault('a seat changes hands faster than it can be looked up', {
    code: 'overloaded',
    hint: 'send the same request again in a moment',
  });
}

/**
 * Confirms the reservation that was found to have the seat, whole: the reservation is the unit.
 *
 * @returns undefined: it no longer had the seat.
 */
export async function confirmFound(
  { desk, marked }: Pick<RequestContext, 'desk' | 'marked'>,
  found: ReservationRecord,
  seat: SeatNumber,
): Promise<Outcome<ReservationRecord> | undefined> {
  const { id: reservationId, userId } = found;
  const outcome = await desk.confirm({ reservationId, userId, ...marked });
  return hasLost(outcome, seat) ? undefined : outcome;
}

const OVER: ReadonlySet<RejectionCode> = new Set([
  'reservation_expired',
  'reservation_cancelled',
  'reservation_refunded',
]);

/** A seat may also have been given up alone, by its own user, at that very moment: then the rest was confirmed. */
function hasLost(outcome: Outcome<ReservationRecord>, seat: SeatNumber): boolean {
  return outcome.ok ? !outcome.value.seats.includes(seat) : OVER.has(outcome.rejection.code);
}
