/** What a user has reserved. */
import { z } from 'zod';
import { eventId } from '../../domain/ids.js';
import { RESERVATION_STATUSES, recordAt } from '../../domain/reservation.js';
import { parseReservationId } from '../../domain/reservation-id.js';
import { present } from '../../lib/assert.js';
import { jsonTextAnswer } from '../answer.js';
import {
  cursorQuery,
  limitQuery,
  PAGE_LIMIT_DEFAULT,
  pageSchema,
  printableText,
  userIdField,
} from '../field-schemas.js';
import { invalidRequest } from '../request-check.js';
import { reservationSchema, reservationText } from '../reservation-json.js';
import { route } from '../route.js';

export const userReservationsRoute = route({
  method: 'GET',
  path: '/v1/users/:userId/reservations',
  params: z.strictObject({ userId: userIdField }),
  query: z.strictObject({
    status: z.enum(RESERVATION_STATUSES).optional(),
    eventId: printableText.optional(),
    limit: limitQuery,
    cursor: cursorQuery,
  }),
  operation: {
    summary: "List a user's reservations",
    description: 'Newest first. An event or a user that there never was has none.',
    tags: ['reservations'],
    responses: {
      200: {
        description: 'A page',
        content: { 'application/json': pageSchema(reservationSchema) },
      },
    },
  },
  async handle({ desk, params, query }) {
    const { status, cursor, limit = PAGE_LIMIT_DEFAULT } = query;
    if (cursor !== undefined && !isCursor(cursor)) {
      return invalidRequest([
        { in: 'query', path: 'cursor', message: 'is not a nextCursor of this list' },
      ]);
    }
    const now = desk.now();
    const page = await desk.query('userReservations', {
      userId: params.userId,
      ...(query.eventId === undefined ? {} : { eventId: eventId(query.eventId) }),
      ...(status === undefined ? {} : { status }),
      ...(cursor === undefined ? {} : { cursor }),
      now,
      limit,
    });
    const data = page.data.map((record) => {
      const event = present(desk.anyEvent(record.eventId), 'the event of a reservation');
      return reservationText(recordAt(record, now), event);
    });
    const nextCursor = JSON.stringify(page.nextCursor);
    return jsonTextAnswer(200, `{"data":[${data.join(',')}],"nextCursor":${nextCursor}}`);
  },
});

/** The store takes a cursor of another form for a bug of ours: what a client made up stops here. */
function isCursor(cursor: string): boolean {
  const bytes = Buffer.from(cursor, 'base64url');
  return (
    bytes.toString('base64url') === cursor &&
    parseReservationId(bytes.toString('latin1')) !== undefined
  );
}
