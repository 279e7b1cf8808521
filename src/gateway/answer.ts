/** What a handler answers with, before it is bytes on a socket. */
export interface Answer {
  readonly status: number;
  readonly body: AnswerBody;
  /** null: there is no body (204, 304). */
  readonly contentType: string | null;
  /** Names in the spelling that is sent; at most one of each. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The idempotency key went with the effect, in one transaction: true of an accepted command of
   * one shard (a 2xx of reserve, confirm, cancel, …). Absent: the gateway keeps the answer itself,
   * before it is sent.
   */
  readonly keptWithEffect?: true;
}

export type AnswerBody = string | Uint8Array | PieceByPiece;

/**
 * A body too large to be made at once. Pieces are asked for as the socket takes them, and add up to
 * `byteCount`.
 */
export interface PieceByPiece {
  readonly byteCount: number;
  /** A fresh walk over the body; pieces are never empty. */
  pieces(): Iterator<Uint8Array>;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** `value` as JSON. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return jsonTextAnswer(status, JSON.stringify(value), headers);
}

/** @param body JSON already */
export function jsonTextAnswer(
  status: number,
  body: string,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return headers === undefined
    ? { status, body, contentType: JSON_TYPE }
    : { status, body, contentType: JSON_TYPE, headers };
}

/** The answer to a command that was accepted: its idempotency key is on disk beside the effect. */
export function effectAnswer(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return effectTextAnswer(status, JSON.stringify(value), headers);
}

/** @param body JSON already */
export function effectTextAnswer(
  status: number,
  body: string,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return { ...jsonTextAnswer(status, body, headers), keptWithEffect: true };
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers?: Readonly<Record<string, string>>): Answer {
  return headers === undefined
    ? { status, body: '', contentType: null }
    : { status, body: '', contentType: null, headers };
}
