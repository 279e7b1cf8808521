import { eventId } from '../domain/ids.js';
import type { GatewayEvent } from './desk-port.js';
import { Problem } from './problem.js';
import type { RequestContext } from './route.js';

/**
 * The event that a request names, or 404. Where a request is answered again, the event counts
 * though it be deleted by now: the first answer is given.
 *
 * @param id of the path or the contract's own; need not have the form of an id.
 */
export function requestedEvent(
  context: Pick<RequestContext, 'desk' | 'marked'>,
  id: string,
): GatewayEvent | Problem {
  const { desk, marked } = context;
  const isReplay = marked.idempotency?.replay !== undefined;
  const event = isReplay ? desk.anyEvent(eventId(id)) : desk.event(id);
  return event ?? new Problem('event_not_found', `There is no event ${id}.`);
}
