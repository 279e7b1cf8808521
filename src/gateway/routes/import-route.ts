/**
 * A pretix seating plan becomes an event. The body is the plan as it was published; the rest is in
 * the query.
 */
import { z } from 'zod';
import { textFault } from '../../domain/plan-fault.js';
import { planFromPretix } from '../../domain/pretix-plan.js';
import { eventSchema } from '../event-json.js';
import {
  currencyField,
  HOLD_SECONDS_MAX,
  HOLD_SECONDS_MIN,
  newEventIdField,
  priceField,
  printableText,
  queryBoolean,
  queryInteger,
} from '../field-schemas.js';
import { eventOfPlan } from '../new-event.js';
import { pretixPlanSchema } from '../pretix-plan-schema.js';
import { Problem } from '../problem.js';
import { checked, invalidRequest } from '../request-check.js';
import { route } from '../route.js';
import { created } from './event-routes.js';

/** `?prices={"Stalls":4500}` */
const pricesQuery = z
  .string()
  .transform((text, context) => {
    const prices = pricesOf(text);
    if (prices !== undefined) return prices;
    context.addIssue({ code: 'custom', message: 'must be a JSON object: minor units by category' });
    return z.NEVER;
  })
  .optional()
  .meta({
    type: 'string',
    description: 'A JSON object: minor units by name of category.',
    example: '{"Stalls":4500}',
  });

const pricesSchema = z.record(z.string(), priceField);

function pricesOf(text: string): Record<string, number> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const prices = checked(pricesSchema, value, 'query');
    if (prices instanceof Problem || typeof value !== 'object' || value === null) return undefined;
    // zod passes over `__proto__`; here it is a category that the plan does not have.
    return Object.hasOwn(value, '__proto__') ? undefined : prices.value;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

const holdSecondsQuery = z
  .string()
  .regex(/^\d{1,4}(?:\.\d{1,6})?$/, 'must be a number of seconds')
  .transform(Number)
  .pipe(z.number().min(HOLD_SECONDS_MIN).max(HOLD_SECONDS_MAX))
  .transform((seconds) => Math.round(seconds * 1_000))
  .optional()
  .meta({ type: 'number', minimum: HOLD_SECONDS_MIN, maximum: HOLD_SECONDS_MAX });

export const importRoute = route({
  method: 'POST',
  path: '/v1/events/import',
  admin: true,
  bodyLimit: 'eventBodyBytesMax',
  query: z.strictObject({
    id: newEventIdField.optional(),
    name: printableText.optional().meta({ description: "The event's; absent: the plan's." }),
    currency: currencyField.optional(),
    holdSeconds: holdSecondsQuery,
    maxSeatsPerUser: queryInteger(1, 1_000_000, 'Absent: no limit.'),
    preventOrphans: queryBoolean(
      'Refuse selections that leave a single free seat between taken ones.',
    ),
    prices: pricesQuery,
  }),
  body: pretixPlanSchema.meta({
    type: 'object',
    description: "pretix's seating-plan.schema.json: name, size, categories, zones.",
  }),
  operation: {
    summary: 'Import a pretix seating plan as an event',
    description: 'A plan that breaks its format is refused with the path of every fault.',
    tags: ['events'],
    responses: {
      201: {
        description: 'The event',
        content: { 'application/json': eventSchema },
        headers: { Location: 'Where the event is.' },
      },
    },
    problems: ['event_exists'],
  },
  async handle(context) {
    const { prices, name = context.body.name ?? '', ...settings } = context.query;
    const plan = planFromPretix(context.body, prices);
    const message = 'faults' in plan ? undefined : textFault(name);
    if (message !== undefined) return invalidRequest([{ in: 'body', path: 'name', message }]);
    const request = eventOfPlan({ ...settings, name }, plan, context.config);
    if (request instanceof Problem) return request;
    return created(await context.desk.createEvent({ ...request, ...context.marked }));
  },
});
