/** Collects a request's body, up to its limit. */
import type { HttpResponse } from 'uWebSockets.js';

/**
 * Bytes read and dropped of a body that is too large, beyond its limit, before the answer: a client
 * that is still sending when the connection closes may never see the 413. More than this is cut
 * off.
 */
const DROPPED_BYTES_MAX = 1_048_576;

export interface BodyBounds {
  readonly bytesMax: number;
  /** `Content-Length`; undefined: chunked. */
  readonly announced: number | undefined;
}

/**
 * Must be called before the request's handler returns. `done` is called once, perhaps before this
 * returns, unless the client goes away first.
 *
 * @param done gets the body, or undefined where it is too large. The bytes of an announced one may be uWebSockets' own:
 *   they are valid during the call only.
 */
export function collectBody(
  res: HttpResponse,
  bounds: BodyBounds,
  done: (body: Buffer | undefined) => void,
): void {
  const dropMax = bounds.bytesMax + DROPPED_BYTES_MAX;
  if ((bounds.announced ?? 0) > dropMax) {
    done(undefined);
    return;
  }
  let collector: BodyCollector | undefined;
  res.onData((chunk, isLast) => {
    const isWhole = isLast && collector === undefined && bounds.announced !== undefined;
    if (isWhole && chunk.byteLength <= bounds.bytesMax) {
      done(Buffer.from(chunk));
      return;
    }
    collector ??= new BodyCollector(bounds.bytesMax, dropMax, done);
    collector.add(new Uint8Array(chunk), isLast);
  });
}

/** A body that comes in pieces, or too large. */
class BodyCollector {
  readonly #bytesMax: number;
  readonly #dropMax: number;
  readonly #done: (body: Buffer | undefined) => void;
  #chunks: Buffer[] = [];
  #byteCount = 0;
  #isDone = false;

  constructor(bytesMax: number, dropMax: number, done: (body: Buffer | undefined) => void) {
    this.#bytesMax = bytesMax;
    this.#dropMax = dropMax;
    this.#done = done;
  }

  /** @param chunk valid during the call only: uWebSockets takes it back. */
  add(chunk: Uint8Array, isLast: boolean): void {
    if (this.#isDone) return;
    this.#byteCount += chunk.length;
    if (this.#byteCount > this.#bytesMax) this.#chunks = [];
    else if (chunk.length > 0) this.#chunks.push(Buffer.from(chunk));
    if (isLast) this.#finish(this.#byteCount > this.#bytesMax ? undefined : this.#joined());
    else if (this.#byteCount > this.#dropMax) this.#finish(undefined);
  }

  #joined(): Buffer {
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  #finish(body: Buffer | undefined): void {
    this.#isDone = true;
    this.#done(body);
  }
}
