/** The results as people read them: of one run, or of all that a directory has. */
import { barChart } from './bar-chart.mjs';
import { contestTable } from './contest-table.mjs';
import { precise, short, spread, table, verdict } from './table.mjs';

/** @typedef {import('./figure.mjs').Figure} Figure */
/** @typedef {import('./machine.mjs').Machine} Machine */

/**
 * @typedef {object} Results of one scenario
 * @property {string} at when it began, RFC 3339
 * @property {boolean} tiny
 * @property {Machine} machine
 * @property {string} generator
 * @property {import('../options.mjs').Sizes} sizes
 * @property {string} scenario
 * @property {string} measures
 * @property {readonly Figure[]} figures
 * @property {Record<string, Record<string, number>>} statuses
 * @property {readonly string[]} notMeasured
 */

/** @typedef {{name: string, figures: readonly Figure[]}} Contest */
/** @typedef {{file: string, svg: string}} Plot */

const HEADINGS = ['scenario', 'measure', 'unit', 'Holdfast', 'limit', 'ratio', 'aim', ''];

/**
 * @param {readonly Results[]} results
 * @param {{hasPlots?: boolean}} [options]
 * @returns {string} Markdown
 */
export function reportOf(results, { hasPlots = false } = {}) {
  const notMeasured = new Set(results.flatMap((each) => each.notMeasured));
  return [
    '# Holdfast: benches',
    '',
    'Median (least–most) of the rounds. In a round Holdfast, its limit and its peers take turns, each as a new process on new files; ratios are taken round by round.',
    'The limit is a bare uWebSockets.js JSON echo that is sent the same requests, where nothing else is said. Load and server share the cores: CPU a request is the steadier figure.',
    '',
    ...results.flatMap((each) => sectionOf(each, hasPlots)),
    '## Not measured',
    '',
    ...[...notMeasured].map((what) => `- ${what}`),
    '',
  ].join('\n');
}

/** The charts of a scenario: of each contest, what it is first of all about. @param {Results} results @returns {Plot[]} */
export function plotsOf({ figures }) {
  return contestsOf(figures).flatMap(({ name, figures: [first] }) => {
    if (first === undefined) return [];
    const { subject, holdfast, limit, peers, measure, unit } = first;
    const bars = [
      { name: subject, summary: holdfast, isOwn: true },
      ...(limit === null ? [] : [{ name: 'limit', summary: limit, isOwn: false }]),
      ...(peers ?? []).map((peer) => ({ name: peer.name, summary: peer.summary, isOwn: false })),
    ];
    return bars.length < 2
      ? []
      : [{ file: plotFile(name), svg: barChart(`${name}: ${measure}, ${unit}`, bars) }];
  });
}

/** @param {Results} results @param {boolean} hasPlots */
function sectionOf(results, hasPlots) {
  const { at, tiny, machine, sizes, generator, scenario, measures, figures, statuses } = results;
  const others = figures.filter(({ peers }) => peers === null);
  const plotted = new Set(hasPlots ? plotsOf(results).map(({ file }) => file) : []);
  const plot = (/** @type {string} */ file) =>
    plotted.has(file) ? [`![${scenario}](${file})`, ''] : [];
  return [
    `## ${scenario}`,
    '',
    measures,
    '',
    ...(tiny
      ? ['The tiny form: it shows that the bench works, and says nothing of speed.', '']
      : []),
    `- ${at}; ${sizes.rounds} rounds of ${sizes.seconds} s after ${sizes['warm-up-seconds']} s; load: ${generator}, ${sizes.connections} connections`,
    `- ${machine.cores} cores (${machine.model}), ${machine.memoryGiB} GiB, Linux ${machine.kernel}, Node ${machine.node}; ${machine.fileSystem}, fdatasync ${short(machine.fdatasyncMs)} ms; load average before the start ${machine.loadAverage}`,
    ...statusLines(statuses),
    '',
    ...contestsOf(figures).flatMap(({ name, figures: its }) => [
      `### ${name}`,
      '',
      ...plot(plotFile(name)),
      ...contestTable(its),
      '',
    ]),
    ...(others.length === 0 ? [] : [...table([HEADINGS, ...others.map(row)]), '']),
  ];
}

/** @param {readonly Figure[]} figures @returns {Contest[]} */
function contestsOf(figures) {
  const ofContests = figures.filter(({ peers }) => peers !== null);
  const names = [...new Set(ofContests.map(({ scenario }) => scenario))];
  return names.map((name) => ({
    name,
    figures: ofContests.filter(({ scenario }) => scenario === name),
  }));
}

/** @param {string} name */
function plotFile(name) {
  return `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.svg`;
}

/** @param {Figure} figure */
function row({ scenario, measure, unit, holdfast, limit, ratio, aim, isMet }) {
  return [
    scenario,
    measure,
    unit,
    spread(holdfast, short),
    spread(limit, short),
    spread(ratio, precise),
    ...verdict(aim, isMet),
  ];
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
