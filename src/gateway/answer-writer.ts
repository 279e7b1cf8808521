/**
 * Answers become bytes on a socket. Large bodies go out as the socket takes them, so that a slow
 * reader costs the server a place among the requests in flight and not a copy of the body (I9).
 *
 * 1. An answer is written within a cork, or each part of it would be a packet of its own: within a callback of
 *    uWebSockets for this request, which has one, or within `res.cork`.
 */

import type { HttpResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';
import { assert, present } from '../lib/assert.js';
import type { Answer, AnswerBody } from './answer.js';
import type { HeaderPair } from './cors.js';

/**
 * Bodies up to this are handed over at once; what the socket does not take is buffered outside of
 * our reach.
 */
const WHOLE_BYTES_MAX = 65_536;

export interface WriteOptions {
  /** Headers, but no body. */
  readonly isHead: boolean;
  /** Close the connection after the answer. */
  readonly closes: boolean;
  readonly requestId: string;
  /** Sent before the answer's own. */
  readonly headers: readonly HeaderPair[];
}

/**
 * Writes the whole answer, now or as the socket takes it. `res` must be alive and corked (1), with an
 * abort handler.
 *
 * @param done called when the last byte is handed over; not called if the client goes away first.
 */
export function writeAnswer(
  res: HttpResponse,
  answer: Answer,
  options: WriteOptions,
  done: () => void,
): void {
  const { body } = answer;
  res.writeStatus(headOf(answer, options));
  if (answer.contentType === null) endBare(res, undefined, options.closes);
  else if (options.isHead) endBare(res, byteCountOf(body), options.closes);
  else if (isShort(body)) res.end(body, options.closes);
  else {
    new PieceWriter(res, body, done).start();
    return;
  }
  done();
}

function isShort(body: AnswerBody): body is string | Uint8Array {
  // A UTF-16 code unit is three bytes of UTF-8 at most.
  if (typeof body === 'string') return body.length <= WHOLE_BYTES_MAX / 3;
  return body instanceof Uint8Array && body.length <= WHOLE_BYTES_MAX;
}

/**
 * Status and headers as one text, but for what uWebSockets adds: it writes a status as it is given, and every call into it
 * costs a tenth of a microsecond.
 */
function headOf(answer: Answer, { requestId, headers }: WriteOptions): string {
  let head = present(HEADS[answer.status], 'the name of a status') + requestId;
  if (answer.contentType !== null) head += `\r\nContent-Type: ${answer.contentType}`;
  for (const [name, value] of headers) head += `\r\n${name}: ${value}`;
  for (const name in answer.headers) head += `\r\n${name}: ${answer.headers[name]}`;
  return head;
}

/** By status, up to the request id. Browsers take an answer for what it is called. */
const HEADS: readonly (string | undefined)[] = Array.from({ length: 600 }, (_, status) =>
  STATUS_CODES[status] === undefined
    ? undefined
    : `${status} ${STATUS_CODES[status]}\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: `,
);

/**
 * Ends an answer that has no body. `endWithoutBody(length)` never ends its response unless the
 * length is 0, and it takes `undefined` for a length: so the length is a header of ours, and where
 * the connection is closed, it is 0.
 *
 * @param byteCount of the body that a GET would have had.
 */
function endBare(res: HttpResponse, byteCount: number | undefined, closes: boolean): void {
  if (closes) {
    res.endWithoutBody(0, true);
    return;
  }
  if (byteCount !== undefined) res.writeHeader('Content-Length', String(byteCount));
  res.endWithoutBody();
}

function byteCountOf(body: AnswerBody): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : body.byteCount;
}

/** A body on its way out, piece by piece. */
class PieceWriter {
  readonly #res: HttpResponse;
  readonly #byteCount: number;
  readonly #pieces: Iterator<Uint8Array>;
  readonly #done: () => void;
  #piece: Uint8Array | undefined;
  /** Where the piece starts in the body. */
  #pieceOffset = 0;

  constructor(res: HttpResponse, body: AnswerBody, done: () => void) {
    const whole = typeof body === 'string' ? Buffer.from(body) : body;
    this.#res = res;
    this.#byteCount = byteCountOf(whole);
    this.#pieces = whole instanceof Uint8Array ? [whole].values() : whole.pieces();
    this.#done = done;
    this.#piece = this.#nextPiece();
  }

  /** (1) */
  start(): void {
    this.#res.onWritable((offset) => {
      this.#res.cork(() => this.#write(offset));
      return true;
    });
    this.#write(0);
  }

  /** @param offset bytes of the body that the socket has taken so far. */
  #write(offset: number): void {
    while (this.#piece !== undefined) {
      const rest = this.#piece.subarray(offset - this.#pieceOffset);
      const [isTaken, isAnswered] = this.#res.tryEnd(rest, this.#byteCount);
      if (isAnswered) this.#done();
      if (isAnswered || !isTaken) return;
      this.#pieceOffset += this.#piece.length;
      offset = this.#pieceOffset;
      this.#piece = this.#nextPiece();
    }
    assert(false, 'the pieces of a body add up to its byteCount');
  }

  #nextPiece(): Uint8Array | undefined {
    const next = this.#pieces.next();
    return next.done === true ? undefined : next.value;
  }
}
