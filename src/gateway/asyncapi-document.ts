/** The AsyncAPI document: the live feed as its frames' schemas say it (API §4). What is not in a schema is not in it. */
import { z } from 'zod';
import { CLOSINGS } from './feed/closings.js';
import { commandSchema } from './feed/feed-command.js';
import { deltaSchema, errorSchema, resultSchema, snapshotSchema } from './feed/feed-frames.js';
import { problemSchema } from './openapi-document.js';
import { reservationSchema } from './reservation-json.js';
import { feedRoute } from './routes/feed-route.js';

/** One kind of frame, either way. */
export interface FeedMessage {
  /** The schema's name; in lower case, the frame's `type`. */
  readonly name: string;
  readonly from: 'server' | 'client';
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly example: Readonly<Record<string, unknown>>;
}

const CURSOR = '2s-0-1f6k0zq';
const RESERVATION = 'rsv_0mhyeu8w01a2b3c4d5e6f7g8h9';
const HOLDER = { reservationId: RESERVATION, userId: 'user-1' };

export const FEED_MESSAGES: readonly FeedMessage[] = [
  {
    name: 'Snapshot',
    from: 'server',
    summary:
      'All seats. The first frame, unless the client came with a cursor that could be resumed; and again for a viewer that was too slow.',
    schema: snapshotSchema,
    example: {
      type: 'snapshot',
      eventId: 'default',
      cursor: CURSOR,
      totalSeats: 16,
      statuses: 'AQAAAA==',
    },
  },
  {
    name: 'Delta',
    from: 'server',
    summary:
      'What has changed since the frame before it, or since the cursor that the client sent.',
    schema: deltaSchema,
    example: { type: 'delta', cursor: CURSOR, changes: [[12, 1]] },
  },
  {
    name: 'Result',
    from: 'server',
    summary: 'The answer to a command: status and body of its HTTP route.',
    schema: resultSchema,
    example: {
      type: 'result',
      requestId: 'r1',
      status: 404,
      body: {
        type: 'urn:holdfast:problem:seat_not_found',
        title: 'There is no such seat',
        status: 404,
        detail: 'There is no seat Z9.',
        code: 'seat_not_found',
        requestId: 'r1',
      },
    },
  },
  {
    name: 'Error',
    from: 'server',
    summary: 'The answer to a message that is no command.',
    schema: errorSchema,
    example: { type: 'error', code: 'malformed_json', detail: 'Unexpected end of JSON input' },
  },
  {
    name: 'Reserve',
    from: 'client',
    summary: "Reserves seats of the socket's event, named or the best available.",
    schema: commandSchema('reserve'),
    example: { type: 'reserve', requestId: 'r1', userId: 'user-1', seatIds: ['A1', 'A2'] },
  },
  {
    name: 'Confirm',
    from: 'client',
    summary: 'Confirms a reservation: its seats are booked.',
    schema: commandSchema('confirm'),
    example: { type: 'confirm', requestId: 'r2', ...HOLDER, idempotencyKey: 'k1' },
  },
  {
    name: 'Cancel',
    from: 'client',
    summary: 'Cancels a reservation: its seats are free at once.',
    schema: commandSchema('cancel'),
    example: { type: 'cancel', requestId: 'r3', ...HOLDER },
  },
  {
    name: 'Extend',
    from: 'client',
    summary: 'Extends a hold.',
    schema: commandSchema('extend'),
    example: { type: 'extend', requestId: 'r4', ...HOLDER },
  },
  {
    name: 'Release',
    from: 'client',
    summary: 'Gives up some seats of a hold.',
    schema: commandSchema('release'),
    example: { type: 'release', requestId: 'r5', ...HOLDER, seatIds: ['A2'] },
  },
];

/** Where the feed is, with its parameter in braces. */
export const FEED_ADDRESS = feedRoute.path.replaceAll(/:(\w+)/g, '{$1}');

const DESCRIPTION =
  'Text frames of JSON. Applying a snapshot and every delta after it gives exactly what the seat list gives at that ' +
  'cursor. A cursor works on every gateway and after a restart, as far as the history is kept; else a snapshot comes.';

export function asyncApiDocument(): Readonly<Record<string, unknown>> {
  const messages = FEED_MESSAGES.map(({ name, summary, example }) => [
    name,
    {
      name,
      summary,
      payload: { $ref: schemaPath(name) },
      examples: [{ payload: example }],
    },
  ]);
  const inChannel = FEED_MESSAGES.map(({ name }) => [
    name,
    { $ref: `#/components/messages/${name}` },
  ]);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Holdfast live feed', version: '1', description: DESCRIPTION },
    defaultContentType: 'application/json',
    channels: {
      feed: {
        address: FEED_ADDRESS,
        description: `Closed with: ${closingsText()}`,
        parameters: { id: { description: "The event's id." } },
        messages: Object.fromEntries(inChannel),
        bindings: { ws: { method: 'GET', query: querySchema(), bindingVersion: '0.1.0' } },
      },
    },
    operations: operations(),
    components: { messages: Object.fromEntries(messages), schemas: schemas() },
  };
}

function operations(): Readonly<Record<string, unknown>> {
  const channel = { $ref: '#/channels/feed' };
  const some = (names: readonly string[]) =>
    names.map((name) => ({ $ref: `#/channels/feed/messages/${name}` }));
  const commands = FEED_MESSAGES.filter(({ from }) => from === 'client').map(({ name }) => name);
  return {
    watch: { action: 'send', channel, messages: some(['Snapshot', 'Delta']) },
    command: {
      action: 'receive',
      channel,
      messages: some(commands),
      reply: { channel, messages: some(['Result', 'Error']) },
    },
  };
}

/** Every schema under its name, those of the answers too. */
function schemas(): Readonly<Record<string, unknown>> {
  const registry = z.registry<{ id: string }>();
  for (const { name, schema } of FEED_MESSAGES) registry.add(schema, { id: name });
  registry.add(reservationSchema, { id: 'Reservation' });
  registry.add(problemSchema, { id: 'Problem' });
  const found = z.toJSONSchema(registry, { ...JSON_SCHEMA, uri: schemaPath });
  const named = Object.entries(found.schemas).map(([name, { $schema, $id, ...schema }]) => [
    name,
    schema,
  ]);
  return Object.fromEntries(named);
}

/** AsyncAPI's own dialect is of draft 7; what a client sends is described, not what becomes of it. */
const JSON_SCHEMA = { target: 'draft-7', io: 'input' } as const;

function schemaPath(name: string): string {
  return `#/components/schemas/${name}`;
}

function querySchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(feedRoute.query ?? z.object({}), JSON_SCHEMA);
  return schema;
}

function closingsText(): string {
  return CLOSINGS.map(({ closing, when }) => `${closing.code} \`${closing.reason}\`: ${when}`).join(
    ' ',
  );
}
