/** What a client sends over the live feed (API §4): a command, which is the body of an HTTP route and a few words more. */
import { z } from 'zod';
import { assert, present } from '../../lib/assert.js';
import { printableText } from '../field-schemas.js';
import { Problem } from '../problem.js';
import { checked, parsedJson } from '../request-check.js';
import type { Route } from '../route.js';
import { reservationRoutes } from '../routes/reservation-routes.js';
import { reserveRoute } from '../routes/reserve-route.js';
import { requestIdField } from './feed-frames.js';

export const COMMAND_TYPES = ['reserve', 'confirm', 'cancel', 'extend', 'release'] as const;

export type CommandType = (typeof COMMAND_TYPES)[number];

/** A message that is a command; its body is not checked yet. */
export interface FeedCommand {
  readonly type: CommandType;
  readonly requestId: string;
  /** undefined: it reserves, on the socket's own event. */
  readonly reservationId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Of the HTTP route. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A message that is none. */
export interface BadMessage {
  readonly problem: Problem;
  /** Where so much of it could be read. */
  readonly requestId: string | undefined;
}

const common = {
  requestId: requestIdField,
  idempotencyKey: z
    .string()
    .optional()
    .meta({ description: 'As the header `Idempotency-Key`.', minLength: 1, maxLength: 255 }),
};

/** Every command without the body of its route. */
const envelope = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('reserve'), ...common }),
  z.looseObject({
    type: z.enum(['confirm', 'cancel', 'extend', 'release']),
    ...common,
    reservationId: printableText,
  }),
]);

/** The command, or what is wrong with it. @param bytes UTF-8, as the transport has checked. */
export function parseCommand(bytes: Buffer): FeedCommand | BadMessage {
  const json = parsedJson(bytes);
  if (json instanceof Problem) return { problem: json, requestId: undefined };
  const found = checked(envelope, json.value, 'body');
  if (found instanceof Problem) return { problem: found, requestId: requestIdIn(json.value) };
  const { type, requestId, idempotencyKey, ...rest } = found.value;
  if (type === 'reserve') {
    return { type, requestId, idempotencyKey, reservationId: undefined, body: rest };
  }
  const { reservationId, ...body } = rest;
  // Of the types that are left, all have one.
  assert(typeof reservationId === 'string', 'the schema asks for it');
  return { type, requestId, idempotencyKey, reservationId, body };
}

function requestIdIn(value: unknown): string | undefined {
  const found = z.object({ requestId: requestIdField }).safeParse(value);
  return found.data?.requestId;
}

/** The route whose command it is. */
export const ROUTE_OF: Readonly<Record<CommandType, Route>> = {
  reserve: reserveRoute,
  confirm: moveRoute('confirm'),
  cancel: moveRoute('cancel'),
  extend: moveRoute('extend'),
  release: moveRoute('release'),
};

function moveRoute(type: CommandType): Route {
  const path = `/v1/reservations/:id/${type}`;
  return present(
    reservationRoutes.find((route) => route.path === path),
    `the route ${path}`,
  );
}

/** What the command's message may be, whole: for the documentation. */
export function commandSchema(type: CommandType): z.ZodType {
  const fields = { type: z.literal(type), ...common };
  const { body } = ROUTE_OF[type];
  const added = type === 'reserve' ? fields : { ...fields, reservationId: printableText };
  if (body instanceof z.ZodObject) return body.extend(added);
  assert(body instanceof z.ZodUnion, 'a body is an object, or one of several');
  return z.union(
    body.options.map((option) => {
      assert(option instanceof z.ZodObject, 'each of them an object');
      return option.extend(added);
    }),
  );
}
