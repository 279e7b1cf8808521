/**
 * What a sampled viewer sees: of every group of seats that change together, when the first of them was seen to change.
 * Groups are 1..n, n+1..2n and so on, as the changes are made (change-driver.mjs).
 */
import { nowMicros } from './clock.mjs';

/** @typedef {[group: number, code: number, atMicros: number]} Sighting */

export class SeatSample {
  /** @type {Sighting[]} */
  sightings = [];
  /** Every delta, where they are recorded. @type {Array<{atMicros: number, text: string}>} */
  recorded = [];
  #seatsPerGroup;
  #isRecording;
  /** @type {Map<number, number>} */
  #codes = new Map();
  #hasBegun = false;

  /** @param {{seatsPerGroup: number, isRecording: boolean}} options */
  constructor({ seatsPerGroup, isRecording }) {
    this.#seatsPerGroup = seatsPerGroup;
    this.#isRecording = isRecording;
  }

  /** @param {string} text a frame of the feed; with Socket.IO an event: a pair of name and value */
  framed(text) {
    const atMicros = nowMicros();
    const message = JSON.parse(text);
    const frame = Array.isArray(message) ? message[1] : message;
    if (frame.type === 'snapshot') this.#snapshot(frame, atMicros);
    else this.#delta(frame, atMicros);
    if (this.#isRecording && frame.type === 'delta') this.recorded.push({ atMicros, text });
  }

  /** @param {{changes: Array<[number, number]>}} frame @param {number} atMicros */
  #delta({ changes }, atMicros) {
    for (const [seat, code] of changes) {
      if ((seat - 1) % this.#seatsPerGroup === 0) this.#seen(seat, code, atMicros);
    }
  }

  /** @param {{statuses: string}} frame @param {number} atMicros */
  #snapshot({ statuses }, atMicros) {
    const map = Buffer.from(statuses, 'base64');
    const seats = map.length * 4;
    for (let seat = 1; seat <= seats; seat += this.#seatsPerGroup) {
      const code = ((map[(seat - 1) >> 2] ?? 0) >> (2 * ((seat - 1) & 3))) & 3;
      if (this.#hasBegun) this.#seen(seat, code, atMicros);
      else this.#codes.set(seat, code);
    }
    this.#hasBegun = true;
  }

  /** @param {number} seat @param {number} code @param {number} atMicros */
  #seen(seat, code, atMicros) {
    if (this.#codes.get(seat) === code) return;
    this.#codes.set(seat, code);
    this.sightings.push([(seat - 1) / this.#seatsPerGroup, code, atMicros]);
  }
}
