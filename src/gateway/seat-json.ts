/**
 * A seat as clients see it. A list is written out of its template (`seat-list.ts`), and reads the
 * same.
 */
import { z } from 'zod';
import type { SeatNumber } from '../domain/ids.js';
import { SEAT_STATUSES } from '../domain/seat-status.js';
import { present } from '../lib/assert.js';
import type { EpochMs } from '../lib/clock.js';
import type { GatewayEvent } from './desk-port.js';
import { timeField } from './field-schemas.js';
import { rfc3339 } from './rfc3339.js';

export const seatSchema = z
  .strictObject({
    seatId: z.string(),
    seatNumber: z.int(),
    section: z.string().nullable(),
    row: z.string().nullable(),
    category: z.string().nullable(),
    price: z.int().nullable().meta({ description: 'Minor units.' }),
    x: z.number().optional().meta({ description: 'Plan units.' }),
    y: z.number().optional(),
    status: z.enum(SEAT_STATUSES),
    expiresAt: timeField
      .optional()
      .meta({ description: 'Of a reserved seat: when the hold is over.' }),
  })
  .meta({ id: 'Seat' });

/** The seat as it is at `now`. */
export function seatJson(
  event: GatewayEvent,
  seat: SeatNumber,
  now: EpochMs,
): z.output<typeof seatSchema> {
  const status = present(SEAT_STATUSES[event.statusAt(seat, now)], 'a seat status');
  const expiresAt = event.expiresAt(seat, now);
  return {
    seatId: event.plan.labelOf(seat),
    seatNumber: seat,
    ...event.plan.placeOf(seat),
    status,
    ...(expiresAt === undefined ? {} : { expiresAt: rfc3339(expiresAt) }),
  };
}
