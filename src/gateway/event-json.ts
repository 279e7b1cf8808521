/** An event as clients see it. */
import { z } from 'zod';
import type { EventRecord } from '../domain/event.js';
import type { EpochMs } from '../lib/clock.js';
import type { GatewayEvent, SeatCounts } from './desk-port.js';
import { currencyField, maxSeatsPerUserField, timeField } from './field-schemas.js';
import { rfc3339 } from './rfc3339.js';

const seatCount = z.int().min(0);

export const eventSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    status: z.enum(['on_sale', 'closed']),
    totalSeats: seatCount,
    availableSeats: seatCount,
    reservedSeats: seatCount,
    bookedSeats: seatCount,
    blockedSeats: seatCount,
    currency: currencyField,
    holdSeconds: z.number(),
    maxSeatsPerUser: maxSeatsPerUserField,
    preventOrphans: z.boolean(),
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'Event' });

/** The event as it is now. */
export function eventJson(event: GatewayEvent, now: EpochMs): z.output<typeof eventSchema> {
  return recordJson(event.record, event.counts(now));
}

/** The event as it was made: the same whenever it is asked again. */
export function newEventJson(record: EventRecord): z.output<typeof eventSchema> {
  return recordJson(record, {
    available: record.plan.totalSeats,
    reserved: 0,
    booked: 0,
    blocked: 0,
  });
}

/** The record with counts that belong to it. */
export function recordJson(record: EventRecord, counts: SeatCounts): z.output<typeof eventSchema> {
  return {
    id: record.id,
    name: record.name,
    status: record.status === 'on_sale' ? 'on_sale' : 'closed',
    totalSeats: record.plan.totalSeats,
    availableSeats: counts.available,
    reservedSeats: counts.reserved,
    bookedSeats: counts.booked,
    blockedSeats: counts.blocked,
    currency: record.currency,
    holdSeconds: record.holdMs / 1_000,
    maxSeatsPerUser: record.maxSeatsPerUser,
    preventOrphans: record.preventOrphans,
    createdAt: rfc3339(record.createdAt),
    updatedAt: rfc3339(record.updatedAt),
  };
}
