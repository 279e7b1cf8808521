/**
 * Where results are kept: a JSON file for each scenario, as it was measured last, and the page with its charts, made anew from all of them whenever one is measured. So
 * scenarios can be measured one by one and still be read together.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plotsOf, reportOf } from './report.mjs';

/** @typedef {import('./report.mjs').Results} Results */

const PAGE = 'README.md';

/**
 * @param {string} dir
 * @param {Results} results
 * @param {readonly string[]} order names of all scenarios
 */
export function saveResults(dir, results, order) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${results.scenario}.json`), `${JSON.stringify(results, null, 1)}\n`);
  for (const file of readdirSync(dir)) if (file.endsWith('.svg')) rmSync(join(dir, file));
  const all = order.flatMap((scenario) => {
    const file = join(dir, `${scenario}.json`);
    return existsSync(file)
      ? [/** @type {Results} */ (JSON.parse(readFileSync(file, 'utf8')))]
      : [];
  });
  for (const { file, svg } of all.flatMap(plotsOf)) writeFileSync(join(dir, file), svg);
  writeFileSync(join(dir, PAGE), reportOf(all, { hasPlots: true }));
}
