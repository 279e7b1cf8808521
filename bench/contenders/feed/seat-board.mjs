/**
 * The job of a feed with nothing around it: seats in memory, changed by the same two requests that Holdfast takes, gathered
 * for the same time, told as one JSON text. Nothing is checked, timed or kept. `ws` and Socket.IO are given it to send.
 */
import { createServer } from 'node:http';

/**
 * @typedef {object} Delta
 * @property {'delta'} type
 * @property {string} cursor
 * @property {Array<[seat: number, code: number]>} changes
 */

export class SeatBoard {
  #codes;
  #gatherMs;
  #publish;
  /** @type {Set<number>} */
  #touched = new Set();
  /** @type {Map<string, number[]>} */
  #reservations = new Map();
  #isFlushing = false;
  #sequence = 0;

  /** @param {{seats: number, gatherMs: number, publish: (delta: Delta) => void}} options */
  constructor({ seats, gatherMs, publish }) {
    this.#codes = new Uint8Array(seats + 1);
    this.#gatherMs = gatherMs;
    this.#publish = publish;
  }

  /** What one who comes now is shown; statuses are packed as Holdfast packs them. */
  snapshot() {
    const map = Buffer.alloc(Math.ceil((this.#codes.length - 1) / 4));
    this.#codes.forEach((code, seat) => {
      if (seat > 0)
        map[(seat - 1) >> 2] = (map[(seat - 1) >> 2] ?? 0) | (code << (2 * ((seat - 1) & 3)));
    });
    return {
      type: 'snapshot',
      eventId: 'feed',
      cursor: this.#cursor,
      statuses: map.toString('base64'),
    };
  }

  get #cursor() {
    return `c${this.#sequence}`;
  }

  /** Not listening yet. */
  httpServer() {
    return createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const answer = JSON.stringify(this.#answer(request.url ?? '', JSON.parse(body)));
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer);
      });
    });
  }

  /** @param {string} path @param {{seatIds?: string[]}} body */
  #answer(path, { seatIds = [] }) {
    const cancelled = /^\/v1\/reservations\/(\w+)\/cancel$/.exec(path)?.[1];
    const id = cancelled ?? `rsv_${this.#reservations.size}`;
    if (cancelled === undefined) this.#reservations.set(id, seatIds.map(Number));
    const seats = this.#reservations.get(id) ?? [];
    for (const seat of seats) {
      this.#codes[seat] = cancelled === undefined ? 1 : 0;
      this.#touched.add(seat);
    }
    this.#flushSoon();
    return { id };
  }

  #flushSoon() {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    const flush = () => {
      this.#isFlushing = false;
      this.#sequence += 1;
      /** @type {Array<[number, number]>} */
      const changes = Array.from(this.#touched, (seat) => [seat, this.#codes[seat] ?? 0]);
      this.#touched.clear();
      this.#publish({ type: 'delta', cursor: this.#cursor, changes });
    };
    if (this.#gatherMs === 0) setImmediate(flush);
    else setTimeout(flush, this.#gatherMs);
  }
}

/** @returns {{seats: number, gatherMs: number}} the script's arguments */
export function boardSizes() {
  const [seats, gatherMs] = process.argv.slice(2).map(Number);
  return { seats: seats ?? 0, gatherMs: gatherMs ?? 0 };
}

/**
 * Says where it serves, and ends when it is told to.
 *
 * @param {string} name
 * @param {import('node:http').Server} server
 */
export function serve(name, server) {
  server.listen(0, '127.0.0.1', 4_096, () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    process.stdout.write(`${name} ready on http://127.0.0.1:${port}\n`);
  });
  process.on('SIGTERM', () => process.exit(0));
}
