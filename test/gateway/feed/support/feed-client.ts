/** A viewer on a real socket: what it was sent, and the seats as it knows them from that. */

import { WebSocket } from 'undici';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import {
  deltaSchema,
  errorSchema,
  resultSchema,
  snapshotSchema,
} from '../../../../src/gateway/feed/feed-frames.js';
import { TwoBitMap } from '../../../../src/lib/bitmap.js';

export type Snapshot = z.output<typeof snapshotSchema>;
export type Delta = z.output<typeof deltaSchema>;
export type Result = z.output<typeof resultSchema>;
export type ErrorFrame = z.output<typeof errorSchema>;
export type AnyFrame = Snapshot | Delta | Result | ErrorFrame;

const SCHEMAS = {
  snapshot: snapshotSchema,
  delta: deltaSchema,
  result: resultSchema,
  error: errorSchema,
} as const;

export interface Ended {
  readonly code: number;
  readonly reason: string;
}

export interface FeedClientOptions {
  /** Who comes back: with its seats and its cursor. */
  readonly from?: FeedClient;
  readonly cursor?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

const WAIT_MS_MAX = 10_000;

export class FeedClient {
  readonly frames: AnyFrame[] = [];
  /** Resolves when the socket is closed. */
  readonly ended: Promise<Ended>;
  /** Of the last frame that had one. */
  cursor = '';
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  #map: Uint8Array = new Uint8Array(0);
  #requestCount = 0;

  constructor(socket: WebSocket, from?: FeedClient) {
    this.#socket = socket;
    if (from !== undefined) this.#map = from.#map.slice();
    this.ended = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
    });
    socket.addEventListener('message', ({ data }) => this.#hear(String(data)));
  }

  /** Statuses by seat, 1 at index 0, of an event of so many seats. */
  seats(totalSeats: number): number[] {
    const map = new TwoBitMap(totalSeats, this.#map);
    return Array.from({ length: totalSeats }, (_, index) => map.get(index));
  }

  send(text: string | Uint8Array): void {
    this.#socket.send(text);
  }

  /** Sends a command and waits for its result. */
  async command(fields: Record<string, unknown>): Promise<Result> {
    this.#requestCount += 1;
    const requestId = `r${this.#requestCount}`;
    this.send(JSON.stringify({ requestId, ...fields }));
    const isAnswer = (frame: AnyFrame): frame is Result =>
      frame.type === 'result' && frame.requestId === (fields.requestId ?? requestId);
    await this.until(() => this.frames.some(isAnswer));
    const [result] = this.frames.filter(isAnswer);
    if (result === undefined) throw new Error('no result');
    return result;
  }

  /** Waits for so many frames and gives them. */
  async next(count = 1): Promise<AnyFrame[]> {
    await this.until(() => this.frames.length >= count);
    return this.frames.splice(0, count);
  }

  async one(): Promise<AnyFrame> {
    const [frame] = await this.next();
    if (frame === undefined) throw new Error('no frame');
    return frame;
  }

  until(isSo: () => boolean): Promise<void> {
    if (isSo()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`waited in vain; frames: ${JSON.stringify(this.frames)}`)),
        WAIT_MS_MAX,
      );
      const look = (): void => {
        if (!isSo()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  close(): Promise<Ended> {
    this.#socket.close();
    return this.ended;
  }

  #hear(text: string): void {
    const { type } = JSON.parse(text) as AnyFrame;
    const frame = SCHEMAS[type].parse(JSON.parse(text));
    this.frames.push(frame);
    if (frame.type === 'snapshot') this.#map = Buffer.from(frame.statuses, 'base64');
    if (frame.type === 'delta') this.#apply(frame);
    if ('cursor' in frame) this.cursor = frame.cursor;
    for (const look of [...this.#waiting]) look();
  }

  #apply({ changes }: Delta): void {
    if (this.#map.length === 0) return; // came with a cursor and no seats: only its frames are looked at
    const map = new TwoBitMap(this.#map.length * 4, this.#map);
    // The schema has passed: a status is two bits.
    for (const [seat, code] of changes) map.set(seat - 1, code as 0 | 1 | 2 | 3);
  }
}

/** Opens the feed of `event`; rejects where it is refused. Closed when the test is over. */
export async function openFeed(
  port: number,
  event: string,
  { from, cursor = from?.cursor, query = '', headers = {} }: FeedClientOptions = {},
): Promise<FeedClient> {
  const search = cursor === undefined ? query : `?cursor=${encodeURIComponent(cursor)}`;
  const url = `ws://127.0.0.1:${port}/v1/events/${event}/feed${search}`;
  const socket = new WebSocket(url, { headers });
  const client = new FeedClient(socket, from);
  onTestFinished(() => socket.close());
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('refused')));
  });
  return client;
}
