/** A page of the event list, in order of creation. */
import type { Page } from '../desk/ports.js';
import type { GatewayEvent } from './desk-port.js';
import { PAGE_LIMIT_DEFAULT } from './field-schemas.js';
import type { Problem } from './problem.js';
import { invalidRequest } from './request-check.js';

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/**
 * The cursor is the last entry's place, not its index: events that come and go between two pages
 * are neither repeated nor passed over.
 *
 * @param events in order of creation (`createdAt`, then id).
 */
export function eventPage(
  events: readonly GatewayEvent[],
  { limit = PAGE_LIMIT_DEFAULT, cursor }: PageRequest,
): Page<GatewayEvent> | Problem {
  const place = cursor === undefined ? START : placeOf(cursor);
  if (place === undefined) {
    return invalidRequest([
      { in: 'query', path: 'cursor', message: 'is not a nextCursor of this list' },
    ]);
  }
  const rest = events.filter((event) => isAfter(event, place));
  const data = rest.slice(0, limit);
  const last = data.at(-1);
  const isLast = last === undefined || rest.length === data.length;
  return { data, nextCursor: isLast ? null : cursorOf(last) };
}

interface Place {
  readonly createdAt: number;
  readonly id: string;
}

const START: Place = { createdAt: -1, id: '' };

function isAfter({ record }: GatewayEvent, place: Place): boolean {
  if (record.createdAt !== place.createdAt) return record.createdAt > place.createdAt;
  return record.id > place.id;
}

function cursorOf({ record }: GatewayEvent): string {
  return Buffer.from(`${record.createdAt} ${record.id}`).toString('base64url');
}

function placeOf(cursor: string): Place | undefined {
  const [, createdAt, id] =
    /^(\d{1,15}) (.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return createdAt === undefined || id === undefined
    ? undefined
    : { createdAt: Number(createdAt), id };
}
