/** How long changes took to be seen: what was done (change-driver.mjs) and what was seen (seat-sample.mjs), joined. */
import { percentile } from '../report/percentile.mjs';

/** @typedef {import('./change-driver.mjs').Change} Change */
/** @typedef {import('./seat-sample.mjs').Sighting} Sighting */

/**
 * @typedef {object} Visibility milliseconds
 * @property {number} p50 from the answer to whoever made the change, to the frame at a viewer; a frame that is there before
 *   the answer counts as 0
 * @property {number} p99
 * @property {number} askedP99 from the sending of the request
 * @property {number} seen how many changes were seen, by all sampled viewers together, of each that they should have
 */

/**
 * @param {readonly Change[]} changes
 * @param {readonly (readonly Sighting[])[]} sightings by sampled viewer
 * @param {{from: number, to: number}} span microseconds: changes that were made in it count
 * @returns {Visibility}
 */
export function visibilityOf(changes, sightings, { from, to }) {
  /** @type {Map<string, Change[]>} */
  const made = new Map();
  for (const change of changes) {
    const key = `${change.group}/${change.code}`;
    made.set(key, [...(made.get(key) ?? []), change]);
  }
  const isCounted = (/** @type {Change} */ { madeAtMicros }) =>
    madeAtMicros >= from && madeAtMicros < to;
  /** @type {number[]} */
  const answered = [];
  /** @type {number[]} */
  const asked = [];
  for (const [group, code, atMicros] of sightings.flat()) {
    // The same seats change so again only after all the others: seconds later.
    const change = made.get(`${group}/${code}`)?.findLast((each) => each.askedAtMicros <= atMicros);
    if (change === undefined || !isCounted(change)) continue;
    answered.push(Math.max(0, atMicros - change.madeAtMicros) / 1000);
    asked.push((atMicros - change.askedAtMicros) / 1000);
  }
  const expected = changes.filter(isCounted).length * sightings.length;
  return {
    p50: percentile(answered, 0.5),
    p99: percentile(answered, 0.99),
    askedP99: percentile(asked, 0.99),
    seen: answered.length / expected,
  };
}
