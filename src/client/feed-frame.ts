/** A frame of the live feed as the server sends it (API §4), read from its text. */
import type { SeatStatusCode } from '../domain/seat-status.js';
import { twoBitBytes } from '../lib/bitmap.js';
import { type JsonFields, jsonFields } from './json-fields.js';
import type { SeatUpdate } from './seat-map.js';

/** The whole event at a cursor. */
export interface SnapshotFrame {
  readonly type: 'snapshot';
  readonly cursor: string;
  readonly totalSeats: number;
  /** The 2-bit map of API §3, taken out of its base64; of so many seats. */
  readonly statuses: Uint8Array;
}

/** What came since the frame before. */
export interface DeltaFrame {
  readonly type: 'delta';
  readonly cursor: string;
  readonly changes: readonly SeatUpdate[];
}

/** The answer to a command: status and body of its HTTP route. */
export interface ResultFrame {
  readonly type: 'result';
  readonly requestId: string;
  readonly status: number;
  readonly body: unknown;
}

/** A message of ours that is no command to the server. */
export interface ErrorFrame {
  readonly type: 'error';
  /** Of the command, where the server could read so much of it. */
  readonly requestId: string | undefined;
  /** The frame's fields: `code`, `detail`, `issues`. */
  readonly problem: JsonFields;
}

/** Of a type that came after this client; it is passed over. */
export interface UnknownFrame {
  readonly type: 'unknown';
}

export type FeedFrame = SnapshotFrame | DeltaFrame | ResultFrame | ErrorFrame | UnknownFrame;

/** undefined: it is no frame; what it would have said is lost. */
export function parseFeedFrame(data: unknown): FeedFrame | undefined {
  const fields = jsonFields(data);
  if (typeof fields?.type !== 'string') return undefined;
  switch (fields.type) {
    case 'snapshot':
      return snapshotFrame(fields);
    case 'delta':
      return deltaFrame(fields);
    case 'result':
      return resultFrame(fields);
    case 'error':
      return errorFrame(fields);
    default:
      return { type: 'unknown' };
  }
}

function snapshotFrame(fields: JsonFields): SnapshotFrame | undefined {
  const { cursor, totalSeats, statuses } = fields;
  if (typeof cursor !== 'string' || typeof totalSeats !== 'number') return undefined;
  const bytes = typeof statuses === 'string' ? base64Bytes(statuses) : undefined;
  const isWhole = Number.isInteger(totalSeats) && bytes?.length === twoBitBytes(totalSeats);
  return isWhole ? { type: 'snapshot', cursor, totalSeats, statuses: bytes } : undefined;
}

function base64Bytes(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
    return bytes;
  } catch {
    return undefined;
  }
}

function deltaFrame({ cursor, changes }: JsonFields): DeltaFrame | undefined {
  if (typeof cursor !== 'string' || !Array.isArray(changes)) return undefined;
  const list: readonly unknown[] = changes;
  return list.every(isUpdate) ? { type: 'delta', cursor, changes: list } : undefined;
}

function isUpdate(entry: unknown): entry is SeatUpdate {
  if (!Array.isArray(entry)) return false;
  const [seatNumber, code]: readonly unknown[] = entry;
  return Number.isInteger(seatNumber) && isCode(code);
}

function isCode(value: unknown): value is SeatStatusCode {
  return value === 0 || value === 1 || value === 2 || value === 3;
}

function resultFrame({ requestId, status, body }: JsonFields): ResultFrame | undefined {
  if (typeof requestId !== 'string' || typeof status !== 'number') return undefined;
  return { type: 'result', requestId, status, body };
}

function errorFrame(fields: JsonFields): ErrorFrame {
  const { requestId } = fields;
  return {
    type: 'error',
    requestId: typeof requestId === 'string' ? requestId : undefined,
    problem: fields,
  };
}
