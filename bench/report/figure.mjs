/** Something measured in every round, beside its limit and its peers in the same rounds. */
import { summaryOf } from './summary.mjs';

/** @typedef {import('./summary.mjs').Summary} Summary */

/**
 * @typedef {object} Aim
 * @property {'ratio' | 'value'} of which of the two is to be
 * @property {'atLeast' | 'atMost'} bound
 * @property {number} value
 */

/**
 * @typedef {object} Beside
 * @property {string} name
 * @property {Summary} summary
 * @property {Summary} ratio Holdfast's to it, round by round
 * @property {Aim | null} aim
 * @property {boolean | null} isMet by the median
 */

/**
 * @typedef {object} Figure
 * @property {string} scenario
 * @property {string} measure
 * @property {string} unit
 * @property {string} subject whose the figure is: Holdfast, or which Holdfast
 * @property {Summary} holdfast
 * @property {Summary | null} limit
 * @property {Summary | null} ratio Holdfast's to the limit's, round by round
 * @property {Aim | null} aim
 * @property {boolean | null} isMet by the median
 * @property {readonly Beside[] | null} peers null: it is of no contest
 */

/**
 * @param {object} parts
 * @param {string} parts.scenario
 * @param {string} parts.measure
 * @param {string} parts.unit
 * @param {string} [parts.subject]
 * @param {readonly number[]} parts.holdfast one a round
 * @param {readonly number[]} [parts.limit] one a round
 * @param {Aim} [parts.aim] of its own value, or of its ratio to the limit
 * @param {ReadonlyArray<{name: string, values: readonly number[], aim?: Aim}>} [parts.peers] of each, one value a round
 * @returns {Figure}
 */
export function figure({
  scenario,
  measure,
  unit,
  subject = 'Holdfast',
  holdfast,
  limit,
  aim,
  peers,
}) {
  const own = summaryOf(holdfast);
  const ratio = limit === undefined ? null : ratiosOf(holdfast, limit);
  return {
    scenario,
    measure,
    unit,
    subject,
    holdfast: own,
    limit: limit === undefined ? null : summaryOf(limit),
    ratio,
    aim: aim ?? null,
    isMet: aim === undefined ? null : isMet(aim, own, ratio),
    peers: peers?.map((peer) => beside(peer, holdfast)) ?? null,
  };
}

/**
 * @param {{name: string, values: readonly number[], aim?: Aim}} peer
 * @param {readonly number[]} holdfast
 * @returns {Beside}
 */
function beside({ name, values, aim }, holdfast) {
  const ratio = ratiosOf(holdfast, values);
  const met = aim === undefined ? null : isMet(aim, summaryOf(holdfast), ratio);
  return { name, summary: summaryOf(values), ratio, aim: aim ?? null, isMet: met };
}

/** @param {readonly number[]} own @param {readonly number[]} others */
function ratiosOf(own, others) {
  return summaryOf(own.map((value, round) => value / (others[round] ?? Number.NaN)));
}

/**
 * @param {Aim} aim
 * @param {Summary} own
 * @param {Summary | null} ratio
 */
function isMet(aim, own, ratio) {
  const median = (aim.of === 'ratio' ? ratio?.median : own.median) ?? Number.NaN;
  return aim.bound === 'atLeast' ? median >= aim.value : median <= aim.value;
}
