/** The results of a run as people read them: Markdown, aligned, so that it reads in a terminal too. */

/** @typedef {import('./figure.mjs').Figure} Figure */
/** @typedef {import('./machine.mjs').Machine} Machine */
/** @typedef {import('./summary.mjs').Summary} Summary */

/**
 * @typedef {object} Results
 * @property {string} at when it began, RFC 3339
 * @property {boolean} tiny
 * @property {Machine} machine
 * @property {string} generator
 * @property {import('../options.mjs').Sizes} sizes
 * @property {ReadonlyArray<{name: string, measures: string}>} scenarios
 * @property {readonly Figure[]} figures
 * @property {Record<string, Record<string, number>>} statuses
 * @property {readonly string[]} notMeasured
 */

const HEADINGS = ['scenario', 'measure', 'unit', 'Holdfast', 'limit', 'ratio', 'aim', ''];

/** @param {Results} results */
export function reportOf(results) {
  const { machine, sizes, scenarios, figures, statuses, notMeasured } = results;
  return [
    '# Holdfast: benches',
    '',
    ...(results.tiny
      ? ['The tiny form: it shows that the benches work, and says nothing of speed.', '']
      : []),
    `- machine: ${machine.cores} cores (${machine.model}), ${machine.memoryGiB} GiB, Linux ${machine.kernel}, Node ${machine.node}`,
    `- disk: ${machine.fileSystem}, fdatasync ${short(machine.fdatasyncMs)} ms; load average before the start ${machine.loadAverage}`,
    `- ${results.at}; ${sizes.rounds} rounds, Holdfast and the limit in turn, each time a new process; median (least–most), ratios round by round`,
    `- load: ${results.generator}, ${sizes.connections} connections, ${sizes.seconds} s after ${sizes['warm-up-seconds']} s of warming up, on the same cores as the server`,
    '- limit: a bare uWebSockets.js JSON echo that is sent the same requests, where nothing else is said',
    '',
    ...scenarios.map(({ name, measures }) => `- **${name}**: ${measures}`),
    '',
    ...table([HEADINGS, ...figures.map(row)]),
    '',
    ...statusLines(statuses),
    '',
    'Not measured:',
    '',
    ...notMeasured.map((what) => `- ${what}`),
    '',
  ].join('\n');
}

/** @param {Figure} figure */
function row({ scenario, measure, unit, holdfast, limit, ratio, aim, isMet }) {
  const bound = aim?.bound === 'atLeast' ? '≥' : '≤';
  const aimed =
    aim === null ? '' : `${bound} ${aim.of === 'ratio' ? aim.value.toFixed(2) : short(aim.value)}`;
  const met = isMet === null ? '' : isMet ? 'met' : 'missed';
  return [
    scenario,
    measure,
    unit,
    spread(holdfast, short),
    spread(limit, short),
    spread(ratio, precise),
    aimed,
    met,
  ];
}

/**
 * @param {Summary | null} summary
 * @param {(value: number) => string} format
 */
function spread(summary, format) {
  if (summary === null) return '';
  const { median, min, max } = summary;
  return summary.values.length === 1
    ? format(median)
    : `${format(median)} (${format(min)}–${format(max)})`;
}

/** Three digits that count. @param {number} value */
function short(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** @param {number} value */
function precise(value) {
  return value.toFixed(2);
}

/** @param {readonly (readonly string[])[]} rows */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)];
}

/** @param {Record<string, Record<string, number>>} statuses */
function statusLines(statuses) {
  return Object.entries(statuses).map(([scenario, counts]) => {
    const list = Object.entries(counts).map(
      ([status, count]) => `${status} × ${count.toLocaleString('en-US')}`,
    );
    return `- answers of Holdfast, ${scenario}: ${list.join(', ')}; no other`;
  });
}
