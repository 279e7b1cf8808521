/**
 * A chart of bars as SVG text: one bar for each value, its length the median, a line across its end from the least to the most. Written out by hand, since it is
 * rectangles and text; a charting library would bring a DOM.
 */
import { short } from './table.mjs';

/** @typedef {{name: string, summary: import('./summary.mjs').Summary, isOwn: boolean}} Bar */

const WIDTH = 800;
const NAME_WIDTH = 270;
const VALUE_WIDTH = 100;
const ROW_HEIGHT = 26;
const BAR_HEIGHT = 16;
const TITLE_HEIGHT = 34;
const PLOT_WIDTH = WIDTH - NAME_WIDTH - VALUE_WIDTH;
/** Readable on white and on black: GitHub shows either. */
const COLOURS = { own: '#2f81f7', other: '#8b949e', text: '#6e7781', spread: '#d29922' };

/**
 * @param {string} title with the unit
 * @param {readonly Bar[]} bars
 * @returns {string}
 */
export function barChart(title, bars) {
  const most = Math.max(...bars.map(({ summary }) => summary.max));
  const scale = (/** @type {number} */ value) => (Math.max(0, value) / most) * PLOT_WIDTH;
  const height = TITLE_HEIGHT + bars.length * ROW_HEIGHT + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" role="img">`,
    `<title>${escaped(title)}</title>`,
    text({ x: 8, y: 20, of: title, weight: 'bold' }),
    ...bars.flatMap((bar, index) => barOf(bar, TITLE_HEIGHT + index * ROW_HEIGHT, scale)),
    '</svg>',
    '',
  ].join('\n');
}

/**
 * @param {Bar} bar
 * @param {number} top
 * @param {(value: number) => number} scale
 */
function barOf({ name, summary, isOwn }, top, scale) {
  const { median, min, max } = summary;
  const middle = top + BAR_HEIGHT / 2;
  const baseline = middle + 4.5;
  const colour = isOwn ? COLOURS.own : COLOURS.other;
  const spread = `M${at(min)} ${middle}H${at(max)}M${at(min)} ${middle - 4}v8M${at(max)} ${middle - 4}v8`;
  return [
    text({ x: NAME_WIDTH - 8, y: baseline, of: name, anchor: 'end' }),
    `<rect x="${NAME_WIDTH}" y="${top}" width="${round(scale(median))}" height="${BAR_HEIGHT}" fill="${colour}"/>`,
    `<path d="${spread}" stroke="${COLOURS.spread}" stroke-width="1.5" fill="none"/>`,
    text({ x: round(NAME_WIDTH + scale(max) + 8), y: baseline, of: short(median) }),
  ];

  function at(/** @type {number} */ value) {
    return round(NAME_WIDTH + scale(value));
  }
}

/** @param {{x: number, y: number, of: string, anchor?: 'start' | 'end', weight?: string}} parts */
function text({ x, y, of, anchor = 'start', weight = 'normal' }) {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-weight="${weight}" fill="${COLOURS.text}">${escaped(of)}</text>`;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}

/** @param {string} value */
function escaped(value) {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
