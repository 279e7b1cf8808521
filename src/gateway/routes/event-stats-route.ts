/** Sales of one event. */
import { z } from 'zod';
import type { EventStats } from '../../desk/ports.js';
import { jsonAnswer } from '../answer.js';
import { currencyField, idParams, timeField } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { requestedEvent } from '../requested-event.js';
import { rfc3339 } from '../rfc3339.js';
import { route } from '../route.js';

const count = z.int().min(0);
const rate = z.number().min(0).max(1).nullable();
const money = z.int().meta({ description: 'Minor units.' });

const statsSchema = z
  .strictObject({
    eventId: z.string(),
    currency: currencyField,
    reservations: z
      .strictObject({
        reserved: count,
        confirmed: count,
        cancelled: count,
        expired: count,
        refunded: count,
      })
      .meta({ description: 'By what became of them, ever; `reserved` counts every one made.' }),
    conflicts: count.meta({ description: 'Requests refused because a seat was not available.' }),
    conversionRate: rate.meta({
      description: 'Confirmed of all that were made; null where none was.',
    }),
    expiryRate: rate.meta({ description: 'Expired of all that were made; null where none was.' }),
    byCategory: z.array(
      z.strictObject({ category: z.string().nullable(), seats: z.int(), amount: money }),
    ),
    byMinute: z
      .array(z.strictObject({ minute: timeField, seats: z.int(), amount: money }))
      .meta({ description: 'Minutes with a sale or a refund, oldest first: sales less refunds.' }),
  })
  .meta({ id: 'EventStats' });

export const eventStatsRoute = route({
  method: 'GET',
  path: '/v1/events/:id/stats',
  admin: true,
  params: idParams,
  operation: {
    summary: "Get an event's sales",
    tags: ['events'],
    responses: { 200: { description: 'The sales', content: { 'application/json': statsSchema } } },
    problems: ['event_not_found'],
  },
  async handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    const { id: eventId, currency } = event.record;
    return jsonAnswer(200, statsJson(await context.desk.query('stats', { eventId }), currency));
  },
});

function statsJson(stats: EventStats, currency: string): z.output<typeof statsSchema> {
  const { eventId, reservations, conflicts, byCategory, byMinute } = stats;
  const rateOf = (part: number): number | null =>
    reservations.reserved === 0 ? null : part / reservations.reserved;
  return {
    eventId,
    currency,
    reservations: { ...reservations },
    conflicts,
    conversionRate: rateOf(reservations.confirmed),
    expiryRate: rateOf(reservations.expired),
    byCategory: byCategory.map((line) => ({ ...line })),
    byMinute: byMinute.map((line) => ({ ...line, minute: rfc3339(line.minute) })),
  };
}
