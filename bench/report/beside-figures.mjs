/** Measures of subjects that take turns without a limit: the first is Holdfast, the others stand beside it. */
import { figure } from './figure.mjs';

/** @typedef {import('./figure.mjs').Figure} Figure */

/**
 * @template Heat
 * @typedef {object} Measure
 * @property {string} measure
 * @property {string} unit
 * @property {(heat: Heat) => number} of
 */

/**
 * @template Heat
 * @param {string} scenario
 * @param {ReadonlyArray<Measure<Heat>>} measures
 * @param {ReadonlyArray<{readonly name: string}>} subjects
 * @param {ReadonlyArray<readonly Heat[]>} heats of each subject, one a round
 * @returns {Figure[]}
 */
export function besideFigures(scenario, measures, subjects, heats) {
  return measures.map(({ measure, unit, of }) =>
    figure({
      scenario,
      measure,
      unit,
      holdfast: (heats[0] ?? []).map(of),
      peers: subjects
        .slice(1)
        .map(({ name }, index) => ({ name, values: (heats[index + 1] ?? []).map(of) })),
    }),
  );
}
