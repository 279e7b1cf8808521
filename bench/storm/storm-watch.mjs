/**
 * Watches from outside how very many holds end at one deadline: looks at the seat map and at the event's figures again and again, and meanwhile asks for other seats,
 * in an open loop. One clock: server and watch are on one machine.
 *
 * 1. Whatever is seen free, or written down as expired, before the deadline was early. An answer is as old as its arrival at most, so nothing on time is taken for early.
 */
import { setTimeout as pause } from 'node:timers/promises';

/**
 * @typedef {object} StormPlan
 * @property {string} url of the server
 * @property {string} eventId whose seats are all held
 * @property {number} seats
 * @property {number} holds
 * @property {number} deadline
 * @property {string} calmId an event whose seats the others ask for, each once
 * @property {number} othersPerSecond
 */

/**
 * @typedef {object} StormReport milliseconds after the deadline, or of waiting
 * @property {Sighting[]} free seats that were seen free, by when
 * @property {Sighting[]} written holds that were seen to be written down as expired, by when
 * @property {number[]} others what they waited, of those that were due from the deadline until everything was written
 */

/** @typedef {{ms: number, count: number}} Sighting */

const MAP_TYPE = 'application/vnd.holdfast.seatmap';
/** Looks begin a little before the deadline: to see what is early, and with connections that are open. */
const BEFORE_MS = 500;
/** Between one look's answer and the next. */
const LOOK_MS = 4;
const STORM_MS_MAX = 180_000;
const LOG_PAGE = 1_000;

export class StormWatch {
  #plan;
  #isOver = false;
  /** @type {Array<{dueAt: number, ms: number}>} */
  #others = [];
  /** @type {unknown} */
  #failure;

  /** @param {StormPlan} plan */
  constructor(plan) {
    this.#plan = plan;
  }

  /** Until every hold is written down as expired. @returns {Promise<StormReport>} @throws what was early, or never came */
  async watch() {
    const { deadline, seats, holds } = this.#plan;
    await until(deadline - BEFORE_MS);
    const others = this.#askForOthers();
    try {
      const [free, written] = await Promise.all([
        this.#look('free', seats, () => this.#freeSeats()),
        this.#look('written down', holds, () => this.#expiredHolds()),
      ]);
      const overMs = written.at(-1)?.ms ?? 0;
      this.#isOver = true;
      await others;
      if (this.#failure !== undefined) throw this.#failure;
      const during = this.#others.filter(({ dueAt }) => dueAt >= 0 && dueAt <= overMs);
      return { free, written, others: during.map(({ ms }) => ms) };
    } finally {
      this.#isOver = true;
    }
  }

  /** Reads the event's log: every hold has one end, and none is before the deadline (1). */
  async checkLog() {
    const { eventId, holds, deadline } = this.#plan;
    const ended = new Set();
    let cursor = '0';
    while (cursor !== null) {
      const page = await (
        await this.#get(`/v1/events/${eventId}/log?limit=${LOG_PAGE}&cursor=${cursor}`)
      ).json();
      for (const { type, at, reservationId } of page.data) {
        if (type !== 'reservation.expired') continue;
        if (Date.parse(at) < deadline) throw new Error(`${reservationId} was ended early, ${at}`);
        if (ended.has(reservationId)) throw new Error(`${reservationId} was ended twice`);
        ended.add(reservationId);
      }
      cursor = page.nextCursor;
    }
    if (ended.size !== holds) throw new Error(`${ended.size} of ${holds} holds were ended`);
  }

  /**
   * @param {string} what
   * @param {number} total
   * @param {() => Promise<number>} count
   * @returns {Promise<Sighting[]>}
   */
  async #look(what, total, count) {
    const { deadline } = this.#plan;
    /** @type {Sighting[]} */
    const sightings = [];
    while ((sightings.at(-1)?.count ?? 0) < total) {
      const seen = await count();
      const ms = Date.now() - deadline;
      if (ms < 0 && seen > 0) throw new Error(`${seen} were ${what} ${-ms} ms early`);
      if (ms > STORM_MS_MAX) throw new Error(`${seen} of ${total} were ${what} after ${ms} ms`);
      sightings.push({ ms, count: seen });
      await pause(LOOK_MS);
    }
    return sightings;
  }

  async #freeSeats() {
    const { eventId, seats } = this.#plan;
    const response = await this.#get(`/v1/events/${eventId}/seats`, { Accept: MAP_TYPE });
    const map = new Uint8Array(await response.arrayBuffer());
    return seats - seatsThatAreNotFree(map);
  }

  async #expiredHolds() {
    const { reservations } = await (
      await this.#get(`/v1/events/${this.#plan.eventId}/stats`)
    ).json();
    return reservations.expired;
  }

  /** Every one that was due is sent, however late the others are answered. */
  async #askForOthers() {
    const { deadline, othersPerSecond } = this.#plan;
    const startedAt = Date.now() - deadline;
    const asked = [];
    for (let number = 0; !this.#isOver; number += 1) {
      const dueAt = startedAt + (number / othersPerSecond) * 1000;
      await until(deadline + dueAt);
      const answered = this.#askForOther(number + 1, dueAt).catch((cause) => {
        this.#failure ??= cause;
      });
      asked.push(answered);
    }
    await Promise.all(asked);
  }

  /** @param {number} seat @param {number} dueAt */
  async #askForOther(seat, dueAt) {
    const { url, calmId, deadline } = this.#plan;
    const response = await fetch(`${url}/v1/events/${calmId}/reservations`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ userId: `other-${seat}`, seatIds: [String(seat)] }),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`another was told ${response.status}: ${text}`);
    this.#others.push({ dueAt, ms: Date.now() - deadline - dueAt });
  }

  /** @param {string} path @param {Record<string, string>} [headers] */
  async #get(path, headers = {}) {
    const response = await fetch(`${this.#plan.url}${path}`, { headers });
    if (response.status !== 200) throw new Error(`${path} gave ${response.status}`);
    return response;
  }
}

/** When this share of `total` had been seen. @param {readonly Sighting[]} sightings @param {number} total @param {number} share */
export function seenBy(sightings, total, share) {
  return sightings.find(({ count }) => count >= share * total)?.ms ?? Number.NaN;
}

/** Of a map of 2 bits a seat. @param {Uint8Array} map */
function seatsThatAreNotFree(map) {
  let count = 0;
  for (const byte of map) {
    for (let rest = byte; rest > 0; rest >>= 2) if ((rest & 3) !== 0) count += 1;
  }
  return count;
}

/** @param {number} time @returns {Promise<void>} at once where it has passed */
async function until(time) {
  const ms = time - Date.now();
  if (ms > 0) await pause(ms);
}
