/** `npm run fuzz -- --inputs 1000000`; `SEED=1 INPUT=2 npm run fuzz` does one visit of a run again, and shows it. */
import { parseArgs } from 'node:util';
import { type FuzzOptions, fuzz } from './fuzz/fuzz.js';
import { reportText, visitText } from './fuzz/report.js';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    visitors: { type: 'string', default: '64' },
    seed: { type: 'string', default: process.env.SEED ?? String(Date.now() % 1_000_000_007) },
    input: { type: 'string', default: process.env.INPUT ?? '' },
  },
});
const { input, ...counts } = values;
const options: FuzzOptions = {
  inputs: whole('inputs', counts.inputs),
  visitors: whole('visitors', counts.visitors),
  seed: whole('seed', counts.seed),
  ...(input === '' ? {} : { only: whole('input', input) }),
};
if (options.only !== undefined) process.stdout.write(visitText(options.seed, options.only));
const report = await fuzz(options);
process.stdout.write(reportText(options, report));
process.exitCode = report.wrong.length === 0 ? 0 : 1;

function whole(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  process.stderr.write(`--${name} must be a whole number, not ${text}\n`);
  process.exit(2);
}
