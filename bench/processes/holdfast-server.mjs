/** The built server as a user runs it, on a data directory on a real disk, and what the benches ask of it by HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChildServer } from './child-server.mjs';

/** The longest there is: no hold ends while it is measured. */
export const HOLD_SECONDS = 7200;

/**
 * @typedef {object} HoldfastOptions
 * @property {string} script the built `main.js`
 * @property {string} dataRoot where a data directory of its own is made, and removed at the end
 * @property {string} [dataDir] in its place: one that was used before, or is used again
 * @property {readonly string[]} [nodeArgs]
 * @property {boolean} [hasChannel]
 * @property {Readonly<Record<string, string>>} [env] beside what every bench sets
 */

export class HoldfastServer {
  /** @readonly @type {ChildServer} */
  process;
  #ownDir;

  /** @param {HoldfastOptions} options */
  static async start({ script, dataRoot, dataDir, nodeArgs = [], hasChannel = false, env = {} }) {
    const ownDir = dataDir === undefined ? freshDataDir(dataRoot) : undefined;
    try {
      const child = await ChildServer.start({
        args: [...nodeArgs, script, 'serve'],
        env: {
          HOLDFAST_PORT: '0',
          HOLDFAST_DURABILITY: 'sync',
          HOLDFAST_LOG_LEVEL: 'warn',
          HOLDFAST_DATA_DIR: dataDir ?? ownDir ?? '',
          ...env,
        },
        hasChannel,
      });
      return new HoldfastServer(child, ownDir);
    } catch (cause) {
      removeDir(ownDir);
      throw cause;
    }
  }

  /** @private @param {ChildServer} child @param {string | undefined} ownDir */
  constructor(child, ownDir) {
    this.process = child;
    this.#ownDir = ownDir;
  }

  /** @param {{id: string, totalSeats: number, holdSeconds?: number}} event */
  async createEvent(event) {
    await this.#ask('/v1/events', 201, { name: 'Bench', holdSeconds: HOLD_SECONDS, ...event });
  }

  /** @param {string} eventId @param {{userId: string, seatIds: readonly string[]}} wish */
  async reserve(eventId, wish) {
    await this.#ask(`/v1/events/${eventId}/reservations`, 201, wish);
  }

  /** Seats reserved and booked of the events whose id starts with `prefix`. @param {string} prefix */
  async seatsTaken(prefix) {
    const { data } = await this.#ask('/v1/events?limit=1000', 200);
    const taken = { reserved: 0, booked: 0 };
    for (const event of data) {
      if (!event.id.startsWith(prefix)) continue;
      taken.reserved += event.reservedSeats;
      taken.booked += event.bookedSeats;
    }
    return taken;
  }

  /** POST requests answered so far, by status: its own count. @returns {Promise<Record<string, number>>} */
  async answered() {
    const response = await fetch(`${this.process.url}/metrics`);
    /** @type {Record<string, number>} */
    const counts = {};
    const line = /^holdfast_http_requests_total\{(.*)\} (\d+)$/gm;
    for (const [, labels = '', count] of (await response.text()).matchAll(line)) {
      const status = /status="(\d+)"/.exec(labels)?.[1];
      if (status === undefined || !labels.includes('method="POST"')) continue;
      if (labels.includes('route="/v1/events"')) continue; // those that furnish
      counts[status] = (counts[status] ?? 0) + Number(count);
    }
    return counts;
  }

  /** In order. */
  async stop() {
    await this.process.stop();
    removeDir(this.#ownDir);
  }

  /** At once, after a failure, or after `stop`. */
  abandon() {
    this.process.kill();
    removeDir(this.#ownDir);
  }

  /**
   * @param {string} path
   * @param {number} expected
   * @param {object} [body] posted
   * @returns {Promise<any>}
   */
  async #ask(path, expected, body) {
    const posted = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const init = body === undefined ? {} : { ...posted, body: JSON.stringify(body) };
    const response = await fetch(`${this.process.url}${path}`, init);
    const text = await response.text();
    if (response.status !== expected) throw new Error(`${path} gave ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}

/** @param {string} dataRoot */
export function freshDataDir(dataRoot) {
  const dir = mkdtempSync(join(dataRoot, 'holdfast-bench-'));
  made.add(dir);
  return dir;
}

/** @param {string | undefined} dir */
export function removeDir(dir) {
  if (dir === undefined) return;
  rmSync(dir, { recursive: true, force: true });
  made.delete(dir);
}

/** @type {Set<string>} */
const made = new Set();
process.on('exit', () => {
  for (const dir of made) removeDir(dir);
});
