/** One line of the results: something measured in every round, beside its limit in the same rounds. */
import { summaryOf } from './summary.mjs';

/** @typedef {import('./summary.mjs').Summary} Summary */

/**
 * @typedef {object} Aim
 * @property {'ratio' | 'value'} of which of the two is to be
 * @property {'atLeast' | 'atMost'} bound
 * @property {number} value
 */

/**
 * @typedef {object} Figure
 * @property {string} scenario
 * @property {string} measure
 * @property {string} unit
 * @property {Summary} holdfast
 * @property {Summary | null} limit
 * @property {Summary | null} ratio Holdfast's to the limit's, round by round
 * @property {Aim | null} aim
 * @property {boolean | null} isMet by the median
 */

/**
 * @param {object} parts
 * @param {string} parts.scenario
 * @param {string} parts.measure
 * @param {string} parts.unit
 * @param {readonly number[]} parts.holdfast one a round
 * @param {readonly number[]} [parts.limit] one a round
 * @param {Aim} [parts.aim]
 * @returns {Figure}
 */
export function figure({ scenario, measure, unit, holdfast, limit, aim }) {
  const own = summaryOf(holdfast);
  const ratio =
    limit === undefined
      ? null
      : summaryOf(holdfast.map((value, round) => value / (limit[round] ?? Number.NaN)));
  return {
    scenario,
    measure,
    unit,
    holdfast: own,
    limit: limit === undefined ? null : summaryOf(limit),
    ratio,
    aim: aim ?? null,
    isMet: aim === undefined ? null : isMet(aim, own, ratio),
  };
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
