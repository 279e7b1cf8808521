/** A run of the fuzzer as people read it. */
import type { FuzzOptions, FuzzReport } from './fuzz.js';
import { RequestMaker } from './request-maker.js';
import { visitOf } from './visit.js';

const MEGABYTE = 1_048_576;

export function reportText(options: FuzzOptions, report: FuzzReport): string {
  const { tally, seconds, before, after, wrong, honestRounds } = report;
  const rate = Math.round(tally.inputs / seconds);
  const measured =
    before === undefined || after === undefined
      ? []
      : [
          `heap          ${megabytes(before.heapBytes)} warm, ${megabytes(after.heapBytes)} in the end`,
          `memory        ${megabytes(before.anonymousBytes)} warm, ${megabytes(after.anonymousBytes)} in the end`,
          `descriptors   ${before.descriptors} warm, ${after.descriptors} in the end`,
        ];
  return [
    `inputs        ${tally.inputs} in ${seconds.toFixed(1)} s, ${rate} a second, ${options.visitors} clients, SEED=${options.seed}`,
    ...measured,
    `honest        ${honestRounds} rounds of reserve, conflict, confirm or cancel, all answered rightly`,
    ...tally.counts().map(([answer, count]) => `${String(count).padStart(9)}  ${answer}`),
    wrong.length === 0
      ? 'nothing is wrong: no 5xx but 505, no crash, no leak, verify is sound'
      : ['WRONG', ...wrong, `replay: SEED=${options.seed} INPUT=<number> npm run fuzz`].join('\n'),
    '',
  ].join('\n');
}

/** The bytes of one visit, as far as they can be read. */
export function visitText(seed: number, number: number): string {
  const { kind, inputs } = visitOf(new RequestMaker(), seed, number);
  const shown = inputs.map(
    ({ bytes }, index) => `${index + 1}  ${JSON.stringify(bytes.toString('latin1'))}`,
  );
  return [`SEED=${seed} INPUT=${number}: ${kind}`, ...shown, ''].join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
