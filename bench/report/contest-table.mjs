/** One contest, or whatever else was measured of several, as a table: a line for each who took part, a column for each measure. */
import { precise, short, spread, table, verdict } from './table.mjs';

/** @typedef {import('./figure.mjs').Figure} Figure */

/**
 * @param {readonly Figure[]} figures of one contest; the first is the one that ratios and aims are of
 * @returns {string[]} lines
 */
export function contestTable(figures) {
  const [first] = figures;
  if (first === undefined) return [];
  const measures = figures.map(({ measure, unit }) => `${measure}, ${unit}`);
  const own = figures.map(({ holdfast }) => spread(holdfast, short));
  const limit = figures.map((figure) => spread(figure.limit, short));
  const ownAim = first.aim?.of === 'value' ? verdict(first.aim, first.isMet) : ['', ''];
  const limitAim = first.aim?.of === 'value' ? ['', ''] : verdict(first.aim, first.isMet);
  const peers = (first.peers ?? []).map(({ name, ratio, aim, isMet }, index) => {
    const values = figures.map((figure) => spread(figure.peers?.[index]?.summary ?? null, short));
    return row(name, values, spread(ratio, precise), verdict(aim, isMet));
  });
  return table([
    row('', measures, 'Holdfast to it', ['aim', '']),
    row(first.subject, own, '', ownAim),
    ...(first.limit === null ? [] : [row('limit', limit, spread(first.ratio, precise), limitAim)]),
    ...peers,
  ]);
}

/**
 * @param {string} name
 * @param {readonly string[]} values
 * @param {string} ratio of the first of them
 * @param {readonly string[]} aim
 */
function row(name, [first = '', ...others], ratio, aim) {
  return [name, first, ratio, ...aim, ...others];
}
