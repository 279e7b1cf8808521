/** What a run of tests says of a mutation, read from vitest's report. */
import { readFileSync, rmSync } from 'node:fs';

export type Verdict =
  /** A test has failed by its judgement. */
  | { readonly kind: 'caught'; readonly by: string; readonly because: string }
  /** All tests have passed. */
  | { readonly kind: 'missed' }
  /** The tests have not judged. */
  | { readonly kind: 'broken'; readonly why: string };

/** Of vitest's JSON report, what is looked at. */
export interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** How vitest says that a test or a hook has run out of time: on a slow machine that says nothing of the server. */
const OUT_OF_TIME = /(?:Test|Hook) timed out in \d+ms/;

/** Reads the report, and removes it. */
export function judged(path: string, code: number | null, output: string): Verdict {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8')) as Report; // written by vitest
  } catch {
    return { kind: 'broken', why: `no report, exit code ${code}: ${output.slice(-600)}` };
  } finally {
    rmSync(path, { force: true });
  }
  return verdictOf(report, code);
}

export function verdictOf({ numPassedTests, testResults }: Report, code: number | null): Verdict {
  const failures = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({ fullName, message: failureMessages?.[0] ?? '' }));
  const judgement = failures.find(({ message }) => message !== '' && !OUT_OF_TIME.test(message));
  if (judgement !== undefined)
    return { kind: 'caught', by: judgement.fullName.trim(), because: firstLine(judgement.message) };
  if (code === 0 && failures.length === 0 && numPassedTests > 0) return { kind: 'missed' };
  const said = [...failures, ...testResults].map(({ message }) => firstLine(message)).join('; ');
  return { kind: 'broken', why: said || `${numPassedTests} tests passed, exit code ${code}` };
}

function firstLine(message: string): string {
  return message.split('\n').find((line) => line.trim() !== '') ?? '';
}
