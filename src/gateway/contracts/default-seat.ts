/** The seats of the event that contracts without an event's name speak of (API §5). */
import type { SeatNumber } from '../../domain/ids.js';
import type { GatewayEvent } from '../desk-port.js';
import { Problem } from '../problem.js';
import { requestedEvent } from '../requested-event.js';
import type { RequestContext } from '../route.js';

/** Made at first start. */
export const DEFAULT_EVENT = 'default';

/** A seat that a request named, in its event. */
export interface NamedSeat {
  readonly event: GatewayEvent;
  readonly seat: SeatNumber;
}

/** The seat of that label, else of that number; 404 where there is none, or where the event was deleted. */
export function defaultSeat(
  context: Pick<RequestContext, 'desk' | 'marked'>,
  name: string,
): NamedSeat | Problem {
  const event = requestedEvent(context, DEFAULT_EVENT);
  if (event instanceof Problem) return event;
  const seat = event.plan.numberOf(name);
  if (seat === undefined) return new Problem('seat_not_found', `There is no seat ${name}.`);
  return { event, seat };
}
