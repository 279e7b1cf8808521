/**
 * What is asked for where an event is made: its settings, and its plan as the body describes it.
 */
import { z } from 'zod';
import type { CreateEvent } from '../desk/requests.js';
import { type PlanFault, type PlanResult, TOTAL_SEATS_MAX } from '../domain/plan-fault.js';
import { planFromRequest } from '../domain/plan-request.js';
import {
  currencyField,
  holdSecondsField,
  maxSeatsPerUserField,
  newEventIdField,
  priceField,
  printableText,
} from './field-schemas.js';
import type { GatewayConfig } from './gateway-config.js';
import type { Problem } from './problem.js';
import { dotted, invalidRequest } from './request-check.js';

/** Of an event that names none: the contract is silent. */
export const CURRENCY_DEFAULT = 'EUR';

// Names and counts of a plan are checked by the plan itself, which knows all of a plan's faults at
// once.
const planName = z.string().meta({ minLength: 1, maxLength: 128 });
const seatCount = z.number().meta({ type: 'integer', minimum: 1, maximum: TOTAL_SEATS_MAX });
const position = z.number().optional().meta({ description: 'Plan units.' });

const rowSchema = z.strictObject({
  name: planName,
  seats: z
    .union([
      seatCount,
      z.array(z.union([planName, z.strictObject({ label: planName, x: position, y: position })])),
    ])
    .meta({ description: 'A count, or labels, or labels with places.' }),
});

const sectionSchema = z
  .strictObject({
    name: planName,
    category: planName.optional(),
    price: priceField.optional(),
    rows: z.array(rowSchema).optional(),
    capacity: seatCount
      .optional()
      .meta({ description: 'Interchangeable places, in place of rows.' }),
  })
  .meta({ id: 'NewSection' });

export const newEventSchema = z
  .strictObject({
    id: newEventIdField.optional(),
    name: printableText,
    currency: currencyField.optional(),
    holdSeconds: holdSecondsField.optional(),
    maxSeatsPerUser: maxSeatsPerUserField.optional(),
    preventOrphans: z.boolean().optional(),
    totalSeats: seatCount.optional(),
    sections: z.array(sectionSchema).optional(),
  })
  .meta({ id: 'NewEvent' });

/** An event's settings, each of which may be left out but its name. */
export type EventSettings = Pick<
  z.output<typeof newEventSchema>,
  'id' | 'name' | 'currency' | 'holdSeconds' | 'maxSeatsPerUser' | 'preventOrphans'
>;

/** What the desk is asked for, or every fault of the plan. */
export function plannedEvent(
  { totalSeats, sections, ...settings }: z.output<typeof newEventSchema>,
  config: GatewayConfig,
): CreateEvent | Problem {
  return eventOfPlan(settings, planFromRequest({ totalSeats, sections }), config);
}

/** The event of a plan that was read, from wherever. */
export function eventOfPlan(
  settings: EventSettings,
  result: PlanResult,
  config: GatewayConfig,
): CreateEvent | Problem {
  if ('faults' in result) return invalidPlan(result.faults);
  const { id, name, currency, holdSeconds: holdMs, maxSeatsPerUser, preventOrphans } = settings;
  return {
    ...(id === undefined ? {} : { id }),
    name,
    currency: currency ?? CURRENCY_DEFAULT,
    holdMs: holdMs ?? config.holdMs,
    maxSeatsPerUser: maxSeatsPerUser ?? null,
    preventOrphans: preventOrphans ?? false,
    plan: result.plan,
  };
}

function invalidPlan(faults: readonly PlanFault[]): Problem {
  return invalidRequest(
    faults.map(({ path, message }) => ({
      // The prices of an imported plan are beside it, in the query.
      in: path[0] === 'prices' ? 'query' : 'body',
      path: dotted(path),
      message,
    })),
  );
}
