/** Tables of Markdown, aligned, so that they read in a terminal too, and how figures are written in them. */

/** @typedef {import('./figure.mjs').Aim} Aim */
/** @typedef {import('./summary.mjs').Summary} Summary */

/** @param {readonly (readonly string[])[]} rows the first is the head */
export function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)];
}

/**
 * `median (least–most)`; what was measured once stands alone.
 *
 * @param {Summary | null} summary
 * @param {(value: number) => string} format
 */
export function spread(summary, format) {
  if (summary === null) return '';
  const { median, min, max } = summary;
  return summary.values.length === 1
    ? format(median)
    : `${format(median)} (${format(min)}–${format(max)})`;
}

/** Three digits that count. @param {number} value */
export function short(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** @param {number} value */
export function precise(value) {
  return value.toFixed(2);
}

/** The aim, and whether it was met. @param {Aim | null} aim @param {boolean | null} isMet */
export function verdict(aim, isMet) {
  if (aim === null) return ['', ''];
  const sign = aim.bound === 'atLeast' ? '≥' : '≤';
  const value = aim.of === 'ratio' ? precise(aim.value) : short(aim.value);
  return [`${sign} ${value}`, isMet === true ? 'met' : 'missed'];
}
