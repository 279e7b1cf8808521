/**
 * The shape of pretix's published seating-plan format (github.com/pretix/pretix,
 * src/pretix/static/seating/seating-plan.schema.json), as far as it is read.
 *
 * Another's format is read with tolerance: fields that are not known here are passed over, and a
 * known one of the wrong type is read as null. So this schema refuses only what is no object at
 * all, and `domain/pretix-plan.ts` finds all faults of a plan in one reading, with their paths,
 * instead of shapes first and meaning once the shapes are mended.
 */
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const position = z.object({ x: z.number(), y: z.number() }).nullish().catch(null);

const seat = z
  .object({
    seat_guid: text,
    seat_number: text,
    position,
    category: text,
  })
  .catch({});

const row = z
  .object({
    row_number: text,
    position,
    seats: z.array(seat).nullish().catch(null),
  })
  .catch({});

const zone = z
  .object({
    name: text,
    zone_id: text,
    position,
    rows: z.array(row).nullish().catch(null),
  })
  .catch({});

const category = z.object({ name: text, color: text }).catch({});

/** Yields a `PretixPlan`; unknown fields are dropped. Fails only for what is not a JSON object. */
export const pretixPlanSchema = z.object({
  name: text,
  size: z.object({ width: z.number(), height: z.number() }).nullish().catch(null),
  categories: z.array(category).nullish().catch(null),
  zones: z.array(zone).nullish().catch(null),
});
