/** The address of the live feed, as HTTP sees it: what is answered where no socket is opened. */
import { z } from 'zod';
import { idParams, printableText } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { requestedEvent } from '../requested-event.js';
import { route } from '../route.js';

const feedQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/, 'must be a cursor of this feed')
    .optional()
    .meta({
      description:
        'What a frame gave as `cursor`: only what came since is sent; all seats where it is not known.',
    }),
  session: printableText.optional().meta({ description: 'Not used yet.' }),
});

export type FeedQuery = z.output<typeof feedQuery>;
export type FeedParams = z.output<typeof idParams>;

export const feedRoute = route({
  method: 'GET',
  path: '/v1/events/:id/feed',
  params: idParams,
  query: feedQuery,
  operation: {
    summary: "Open an event's live feed",
    description:
      'A WebSocket. What goes over it is in `/asyncapi.json`. Pages of other origins are refused unless ' +
      'HOLDFAST_CORS_ORIGINS names them.',
    tags: ['seats'],
    responses: { 101: { description: 'The socket is open' } },
    problems: ['event_not_found', 'forbidden'],
  },
  handle(context) {
    const event = requestedEvent(context, context.params.id);
    if (event instanceof Problem) return event;
    return new Problem('invalid_request', 'This is a WebSocket: ask for an upgrade.', {
      headers: { Upgrade: 'websocket', Connection: 'Upgrade' },
    });
  },
});
