/**
 * The requests of a load, numbered 0, 1, 2…: request `n` asks for another block of seats than every other, scattered over
 * its event as buyers scatter (a store that is filled from end to end has it easier), for another of many users. When an
 * event's seats are used up, the next event's follow.
 *
 * A path and a body may name `{event}`, `{seats}` (quoted labels) and `{user}`. A follow-up is sent for every answer that
 * has `when` in it, on whatever connection is free first, with the answer's `{id}` and `{user}`.
 *
 * `wrk.lua` makes the same requests.
 */

/**
 * @typedef {object} FollowUp
 * @property {string} path
 * @property {string} body
 * @property {string} when text in the answers that are followed up
 * @property {string} id where an answer has none: a stand-in of its length
 */

/**
 * @typedef {object} Requests
 * @property {string} path
 * @property {string} body
 * @property {string} eventPrefix events are called by it and 0, 1, 2…
 * @property {number} eventCount
 * @property {number} seatsPerEvent
 * @property {number} seatsPerRequest
 * @property {number} users
 * @property {FollowUp} [followUp]
 * @property {string} [getHeaders] GET in place of POST, without a body, with these lines of the head, each ended by `\\r\\n`
 */

export class RequestSequence {
  /** @type {Requests} */
  #requests;
  #blocksPerEvent;
  #stride;
  #host;
  #next;
  /** @type {Array<{id: string, user: string}>} */
  #waiting = [];

  /** @param {{requests: Requests, first: number, host: string}} options */
  constructor({ requests, first, host }) {
    this.#requests = requests;
    this.#blocksPerEvent = blocksPerEvent(requests);
    this.#stride = scatterStride(this.#blocksPerEvent);
    this.#host = host;
    this.#next = first;
  }

  /** The bytes of the next request: a follow-up if one waits. */
  next() {
    const { followUp } = this.#requests;
    const values = followUp === undefined ? undefined : this.#waiting.shift();
    if (values !== undefined && followUp !== undefined) return this.#text(followUp, values);
    const number = this.#next;
    this.#next += 1;
    return this.#text(this.#requests, this.#valuesOf(number));
  }

  /** Whether answers must be shown to `answered`. */
  get looksAtAnswers() {
    return this.#requests.followUp !== undefined;
  }

  /** How many follow-ups wait to be sent. */
  get waiting() {
    return this.#waiting.length;
  }

  /** @param {string} answer the body */
  answered(answer) {
    const { followUp } = this.#requests;
    if (followUp === undefined || !answer.includes(followUp.when)) return;
    const id = /"id":"([^"]+)"/.exec(answer)?.[1] ?? followUp.id;
    const user = /"userId":"buyer-(\d+)"/.exec(answer)?.[1] ?? '';
    this.#waiting.push({ id, user });
  }

  /** @param {number} number */
  #valuesOf(number) {
    const { eventPrefix, eventCount, seatsPerRequest, users } = this.#requests;
    const event = Math.floor(number / this.#blocksPerEvent) % eventCount;
    const block = ((number % this.#blocksPerEvent) * this.#stride) % this.#blocksPerEvent;
    const first = block * seatsPerRequest + 1;
    const seats = Array.from({ length: seatsPerRequest }, (_, index) => `"${first + index}"`);
    return {
      event: `${eventPrefix}${event}`,
      seats: seats.join(','),
      user: String(number % users),
    };
  }

  /**
   * @param {{path: string, body: string}} template
   * @param {Record<string, string>} values
   */
  #text(template, values) {
    const { getHeaders } = this.#requests;
    if (getHeaders !== undefined) {
      const path = filled(template.path, values);
      return `GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${getHeaders}\r\n`;
    }
    const body = filled(template.body, values);
    return (
      `POST ${filled(template.path, values)} HTTP/1.1\r\nHost: ${this.#host}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    );
  }
}

/** @param {Pick<Requests, 'seatsPerEvent' | 'seatsPerRequest'>} requests */
export function blocksPerEvent({ seatsPerEvent, seatsPerRequest }) {
  return Math.floor(seatsPerEvent / seatsPerRequest);
}

/**
 * A step that visits each of `count` places once, far from the last: near the golden section of it, and coprime to it.
 *
 * @param {number} count
 */
export function scatterStride(count) {
  let stride = Math.max(1, Math.floor(count * 0.618));
  while (greatestCommonDivisor(stride, count) !== 1) stride += 1;
  return stride;
}

/**
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * @param {string} text
 * @param {Record<string, string>} values
 */
function filled(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
