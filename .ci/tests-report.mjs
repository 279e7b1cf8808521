/**
 * `node .ci/tests-report.mjs REPORT FAILURES`: reads vitest's JSON report, prints `PASSED FAILED` (numbers of tests) and appends to the file FAILURES
 * each failed test, and each file that could not be run at all, with the first lines of what was wrong. `0 0` if there is no report, or none
 * that can be read.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const MESSAGE_LINES = 15;

const [report, failures] = process.argv.slice(2);
const indented = (message) =>
  message
    .split('\n')
    .slice(0, MESSAGE_LINES)
    .map((line) => `   ${line}\n`)
    .join('');

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}

const { numPassedTests, numFailedTests, testResults } = readReport();
for (const { name, message, status, assertionResults } of testResults) {
  const file = relative('.', name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  for (const test of failed) appendFileSync(failures, `-- ${file}: ${test.fullName}\n${indented(test.failureMessages.join('\n'))}`);
  if (status === 'failed' && failed.length === 0) appendFileSync(failures, `-- ${file}\n${indented(message)}`);
}
console.log(numPassedTests, numFailedTests);
