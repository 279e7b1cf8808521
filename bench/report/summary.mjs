/** The rounds of one figure, summed up. Medians: a bench on a shared machine has outliers, and they go one way. */

/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} min
 * @property {number} max
 * @property {readonly number[]} values in the order of the rounds
 */

/**
 * @param {readonly number[]} values one a round, at least one
 * @returns {Summary}
 */
export function summaryOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? Number.NaN;
  const high = sorted[Math.ceil(middle)] ?? Number.NaN;
  return {
    median: (low + high) / 2,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    values,
  };
}
