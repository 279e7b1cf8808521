/** Reservations as 5.2 names and shows them. */
import { z } from 'zod';
import type { ReservationRecord, ReservationStatus } from '../../domain/reservation.js';
import { parseReservationId } from '../../domain/reservation-id.js';
import { present } from '../../lib/assert.js';
import type { GatewayDesk } from '../desk-port.js';
import { timeField } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { rfc3339 } from '../rfc3339.js';
import { DEFAULT_EVENT } from './default-seat.js';

const STATUS_NAMES = {
  reserved: 'RESERVED',
  confirmed: 'CONFIRMED',
  cancelled: 'CANCELLED',
  expired: 'EXPIRED',
  refunded: 'CANCELLED',
} as const satisfies Record<ReservationStatus, string>;

export type StatusName = (typeof STATUS_NAMES)[ReservationStatus];

const statusField = z.enum(['RESERVED', 'CONFIRMED', 'CANCELLED', 'EXPIRED']);
export const movedSchema = z.strictObject({
  reservationId: z.string(),
  seatId: z.string(),
  status: statusField,
});
export const reservationSchema = movedSchema.extend({ expiresAt: timeField });

/** Of several seats the first one's label. */
export function movedJson(
  desk: GatewayDesk,
  { id, eventId, seats, status }: ReservationRecord,
): z.output<typeof movedSchema> {
  const { plan } = present(desk.anyEvent(eventId), 'the event of a reservation');
  const seatId = plan.labelOf(present(seats[0], 'the first seat of a reservation'));
  return { reservationId: id, seatId, status: STATUS_NAMES[status] };
}

export function reservationJson(
  desk: GatewayDesk,
  record: ReservationRecord,
): z.output<typeof reservationSchema> {
  return { ...movedJson(desk, record), expiresAt: rfc3339(record.expiresAt) };
}

/** 404 for ids of other events' reservations too: this contract knows of one event. */
export async function requestedReservation(
  desk: GatewayDesk,
  text: string,
): Promise<ReservationRecord | Problem> {
  const id = text.startsWith('rsv_') ? parseReservationId(text) : undefined;
  const record = id === undefined ? undefined : await desk.reservation(id);
  if (record?.eventId === DEFAULT_EVENT) return record;
  return new Problem('reservation_not_found', `There is no reservation ${text}.`);
}
