/**
 * Changes seats at a steady rate, whether or not the last change is answered (an open loop): groups of neighbouring seats are
 * reserved one after the other, and when all are, cancelled one after the other. So every change is one to look for, and no
 * seat changes twice within a feed's coalescing. Few connections and few requests: the machine is the viewers'.
 */
import { Agent, request } from 'node:http';
import { nowMicros } from './clock.mjs';

/** The most that Holdfast takes in one reservation. */
export const SEATS_PER_GROUP_MAX = 100;

const CONNECTIONS = 8;
/** A server that is so far behind is not pressed further. */
const IN_FLIGHT_MAX = 64;
const RESERVED = 1;
const AVAILABLE = 0;

/**
 * @typedef {object} Change
 * @property {number} group its seats are `group * seatsPerGroup + 1` and those after it
 * @property {number} code of the status that they have from then on
 * @property {number} askedAtMicros when the request was sent
 * @property {number} madeAtMicros when it was answered
 */

export class ChangeDriver {
  /** @type {Change[]} */
  changes = [];
  #url;
  #eventId;
  #groups;
  #seatsPerGroup;
  #groupsPerSecond;
  #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  /** Of groups that are reserved. @type {Map<number, string>} */
  #reservations = new Map();
  /** @type {Set<Promise<void>>} */
  #inFlight = new Set();
  /** @type {unknown} */
  #failure;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #next = 0;

  /**
   * @param {object} options
   * @param {string} options.url of the server
   * @param {string} options.eventId
   * @param {number} options.seats of the event
   * @param {number} options.seatsPerGroup
   * @param {number} options.changesPerSecond in seats
   */
  constructor({ url, eventId, seats, seatsPerGroup, changesPerSecond }) {
    this.#url = url;
    this.#eventId = eventId;
    this.#groups = Math.floor(seats / seatsPerGroup);
    this.#seatsPerGroup = seatsPerGroup;
    this.#groupsPerSecond = changesPerSecond / seatsPerGroup;
  }

  start() {
    const startedAt = performance.now();
    let due = 0;
    this.#timer = setInterval(() => {
      const until = ((performance.now() - startedAt) / 1000) * this.#groupsPerSecond;
      for (; due < until; due += 1) if (this.#inFlight.size < IN_FLIGHT_MAX) this.#changeNext();
    }, 1);
  }

  /** So many groups at once, and no more. @param {number} groups */
  async change(groups) {
    for (let count = 0; count < groups; count += 1) this.#changeNext();
    await this.#answered();
  }

  /** Resolves when all is answered. @returns {Promise<Change[]>} */
  async stop() {
    clearInterval(this.#timer);
    await this.#answered();
    this.#agent.destroy();
    return this.changes;
  }

  async #answered() {
    await Promise.all(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #changeNext() {
    const number = this.#next;
    this.#next += 1;
    const group = number % this.#groups;
    const isReserving = Math.floor(number / this.#groups) % 2 === 0;
    const change = isReserving ? this.#reserve(group) : this.#cancel(group);
    const settled = change.catch((cause) => {
      this.#failure ??= cause;
    });
    this.#inFlight.add(settled);
    void settled.then(() => this.#inFlight.delete(settled));
  }

  /** @param {number} group */
  async #reserve(group) {
    const first = group * this.#seatsPerGroup + 1;
    const seatIds = Array.from({ length: this.#seatsPerGroup }, (_, index) => `${first + index}`);
    const body = { userId: `buyer-${group}`, seatIds };
    const { id } = await this.#post(`/v1/events/${this.#eventId}/reservations`, body, {
      group,
      code: RESERVED,
    });
    this.#reservations.set(group, id);
  }

  /** @param {number} group */
  async #cancel(group) {
    const id = this.#reservations.get(group);
    if (id === undefined) return; // its reservation is not answered yet
    await this.#post(
      `/v1/reservations/${id}/cancel`,
      { userId: `buyer-${group}` },
      {
        group,
        code: AVAILABLE,
      },
    );
  }

  /**
   * @param {string} path
   * @param {object} body
   * @param {{group: number, code: number}} change that it makes
   * @returns {Promise<any>}
   */
  #post(path, body, change) {
    const askedAtMicros = nowMicros();
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, this.#url),
        { method: 'POST', agent: this.#agent, headers: { 'Content-Type': 'application/json' } },
        (response) => {
          const madeAtMicros = nowMicros();
          let text = '';
          response.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
            text += chunk;
          });
          response.on('end', () => {
            const { statusCode = 0 } = response;
            if (statusCode >= 300) reject(new Error(`${path} gave ${statusCode}: ${text}`));
            else resolve(JSON.parse(text));
            this.changes.push({ ...change, askedAtMicros, madeAtMicros });
          });
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify(body));
    });
  }
}
