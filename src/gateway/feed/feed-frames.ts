/** What the server sends over the live feed (API §4): the schemas that document it, and the bytes. */
import { z } from 'zod';
import type { SeatDelta } from '../../desk/seat-watch.js';
import { assert } from '../../lib/assert.js';
import type { Answer } from '../answer.js';
import { printableText } from '../field-schemas.js';
import { isReplayed } from '../idempotent-request.js';
import { problemSchema } from '../openapi-document.js';
import type { Problem } from '../problem.js';
import { reservationSchema } from '../reservation-json.js';
import type { Frame } from './feed-ports.js';

const cursorField = z.string().meta({
  description: 'Where in its history the event is; opaque. Send it as `?cursor=` to come back.',
});

/** What a client calls a command of its own, to know the answer by. */
export const requestIdField = printableText.meta({
  description: 'Yours; the answer carries it.',
  example: 'r1',
});

export const snapshotSchema = z
  .strictObject({
    type: z.literal('snapshot'),
    eventId: z.string(),
    cursor: cursorField,
    totalSeats: z.int().min(1),
    statuses: z.base64().meta({
      description:
        'Two bits a seat: 0 available, 1 reserved, 2 booked, 3 blocked; seat 1 in the low bits of byte 0.',
    }),
  })
  .meta({ id: 'Snapshot' });

export const deltaSchema = z
  .strictObject({
    type: z.literal('delta'),
    cursor: cursorField,
    changes: z
      .array(z.tuple([z.int().min(1), z.int().min(0).max(3)]))
      .meta({ description: 'Seat numbers, each with its status code: absolute values.' }),
  })
  .meta({ id: 'Delta' });

export const resultSchema = z
  .strictObject({
    type: z.literal('result'),
    requestId: requestIdField,
    status: z.int().meta({ description: 'The status of the HTTP route.' }),
    body: z.union([reservationSchema, problemSchema]),
    idempotentReplayed: z.literal(true).optional().meta({
      description:
        'As the header `Idempotent-Replayed`: the first answer to its `idempotencyKey`, again.',
    }),
  })
  .meta({ id: 'Result' });

export const errorSchema = z
  .strictObject({
    type: z.literal('error'),
    code: z.enum(['malformed_json', 'invalid_request']),
    detail: z.string(),
    requestId: requestIdField.optional(),
    issues: problemSchema.shape.issues,
  })
  .meta({ id: 'Error' });

export interface SnapshotParts {
  readonly eventId: string;
  readonly cursor: string;
  readonly totalSeats: number;
  /** The 2-bit map of API §3. */
  readonly statuses: Uint8Array;
}

export function snapshotFrame({ statuses, ...rest }: SnapshotParts): Frame {
  const map = Buffer.from(statuses.buffer, statuses.byteOffset, statuses.byteLength);
  const head = JSON.stringify({ type: 'snapshot', ...rest });
  return Buffer.from(`${head.slice(0, -1)},"statuses":"${map.toString('base64')}"}`);
}

export function deltaFrame({ cursor, changes }: SeatDelta): Frame {
  return Buffer.from(JSON.stringify({ type: 'delta', cursor, changes }));
}

/** The answer of the HTTP route, whose body is JSON. */
export function resultFrame(requestId: string, answer: Answer): Frame {
  const { status, body } = answer;
  assert(typeof body === 'string', 'the answer to a POST is text');
  const id = JSON.stringify(requestId);
  const replayed = isReplayed(answer) ? ',"idempotentReplayed":true' : '';
  return Buffer.from(
    `{"type":"result","requestId":${id},"status":${status},"body":${body}${replayed}}`,
  );
}

/** A message that is no command. @param requestId where so much of it could be read. */
export function errorFrame(problem: Problem, requestId: string | undefined): Frame {
  const { code, detail, details } = problem;
  return Buffer.from(
    JSON.stringify({ type: 'error', code, detail, requestId, issues: details.issues }),
  );
}
