/**
 * Where a page of a user's reservations ended, as a client carries it: opaque to it, checked when
 * it comes back.
 */
import type { ReservationId } from '../domain/ids.js';
import { parseReservationId } from '../domain/reservation-id.js';

/** The text is no cursor that this server gave out. The desk answers `invalid_request`. */
export class MalformedCursor extends Error {
  override readonly name = 'MalformedCursor';
}

export function printCursor(last: ReservationId): string {
  return Buffer.from(last, 'latin1').toString('base64url');
}

/** @throws MalformedCursor */
export function parseCursor(text: string): ReservationId {
  const last = parseReservationId(Buffer.from(text, 'base64url').toString('latin1'));
  if (last === undefined || printCursor(last) !== text)
    throw new MalformedCursor('the cursor is not one of ours');
  return last;
}
