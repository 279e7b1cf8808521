/**
 * Fields that many routes have, each stated once: what it may be, and what the OpenAPI document
 * says of it.
 */
import { z } from 'zod';
import { eventId, type UserId, userId } from '../domain/ids.js';
import { LABEL_LENGTH_MAX, textFault } from '../domain/plan-fault.js';
import { hasKeyCount, isPrintable, withGlance } from './glance.js';

/** 1..128 printable characters, no control characters and no halves of surrogate pairs (API §2). */
export const printableText = z
  .string()
  .superRefine((text, context) => {
    const message = textFault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({ minLength: 1, maxLength: LABEL_LENGTH_MAX, description: 'Printable characters only.' });

export const userIdField = printableText
  .transform((text): UserId => userId(text))
  .meta({
    minLength: 1,
    maxLength: LABEL_LENGTH_MAX,
    description: 'Who reserves.',
    example: 'user-1',
  });

/** A seat's name in a request: its label is tried first, then its number. */
export const seatIdField = printableText.meta({
  minLength: 1,
  maxLength: LABEL_LENGTH_MAX,
  description: "A seat's label; where none has it, its number.",
  example: 'A10',
});

/** An id of one's own, for a new event. */
export const newEventIdField = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'must be 1 to 64 of A-Z a-z 0-9 _ -, the first no _ or -',
  )
  .transform(eventId)
  .meta({ description: 'An id of your own; absent: one is made, `evt_…`.', example: 'evt_hamlet' });

/** Seats in one reservation (API §2). */
export const RESERVATION_SEATS_MAX = 100;

export const HOLD_SECONDS_MIN = 1;
export const HOLD_SECONDS_MAX = 7_200;

/** Given out as milliseconds. */
export const holdSecondsField = z
  .number()
  .min(HOLD_SECONDS_MIN)
  .max(HOLD_SECONDS_MAX)
  .transform((seconds) => Math.round(seconds * 1_000))
  .meta({
    description: 'Seconds from reserve to expiry; fractions of milliseconds are rounded.',
    example: 300,
  });

/** Money: whole minor units. */
export const priceField = z
  .int()
  .min(0)
  .meta({ description: "Minor units of the event's currency.", example: 4500 });

export const currencyField = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, three capital letters')
  .meta({ description: 'ISO 4217.', example: 'EUR' });

/** Seats of one event that one user may have at once; null: no limit. */
export const maxSeatsPerUserField = z.int().min(1).max(1_000_000).nullable().meta({
  description: 'Seats that one user may hold and have booked at once; null: no limit.',
  example: 6,
});

/** `?name=12`: given out as a number. */
export function queryInteger(min: number, max: number, description: string) {
  return z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .optional()
    .meta({ type: 'integer', minimum: min, maximum: max, description });
}

/** `?name=true`: given out as a boolean. */
export function queryBoolean(description: string) {
  return z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ type: 'boolean', description });
}

export const PAGE_LIMIT_MAX = 1_000;
export const PAGE_LIMIT_DEFAULT = 100;

/** `?limit=` of a list: 1..1000. */
export const limitQuery = queryInteger(
  1,
  PAGE_LIMIT_MAX,
  `Entries at most; default ${PAGE_LIMIT_DEFAULT}.`,
);

/** `?cursor=` of a list: what the page before gave as `nextCursor`. */
export const cursorQuery = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/, 'must be a nextCursor of this list')
  .optional()
  .meta({ description: 'The `nextCursor` of the page before.' });

/** A path with `:id` alone. */
export const idParams = withGlance(z.strictObject({ id: printableText }), (value) =>
  hasKeyCount(value, 1) && isPrintable(value.id) ? { id: value.id } : undefined,
);

/** A time in an answer. */
export const timeField = z.string().meta({
  format: 'date-time',
  description: 'RFC 3339, UTC, milliseconds.',
  example: '2026-11-21T09:34:00.000Z',
});

/** What a list answers with. */
export function pageSchema(entry: z.ZodType) {
  return z.strictObject({
    data: z.array(entry),
    nextCursor: z.string().nullable().meta({ description: 'null: this was the last page.' }),
  });
}
