/** The mutations fit the code as it is, and the runner believes no failure that is none; `npm run mutations` tries them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL } from './all.js';
import { edited } from './mutation.js';
import { TOP } from './tree.js';
import { type Report, verdictOf } from './verdict.js';

describe('the mutations', () => {
  it('are twenty-eight at least, each with a name of its own', () => {
    const names = ALL.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(28);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(ALL)('$name fits the code, and its catchers are there', ({ name, edits, catchers }) => {
    const files = new Map<string, string>();
    for (const edit of edits) {
      const before = files.get(edit.file) ?? readFileSync(join(TOP, edit.file), 'utf8');
      files.set(edit.file, edited(name, before, edit));
    }
    expect(files.size).toBeGreaterThan(0);
    expect(catchers.length).toBeGreaterThan(0);
    for (const { file, test } of catchers) {
      expect(existsSync(join(TOP, file))).toBe(true);
      if (test !== undefined) expect(readFileSync(join(TOP, file), 'utf8')).toContain(test);
    }
  });

  it.each([
    ['is not there', 'no such text'],
    ['is there twice', 'a'],
  ])('would be seen to fit no longer: what it looks for %s', (_, find) => {
    const edit = { file: 'src/a.ts', find, replace: '' };
    expect(() => edited('mutation', 'a b a', edit)).toThrow(/^mutation: \d times in src\/a.ts/);
  });
});

describe('a run of tests', () => {
  it('has caught the mutation where a test has judged', () => {
    const report = reportOf(['passed'], ['failed', 'AssertionError: expected 1 to be 2\n at …']);
    const because = 'AssertionError: expected 1 to be 2';
    expect(verdictOf(report, 1)).toEqual({ kind: 'caught', by: 'a test', because });
  });

  it('has missed it where every test has passed', () => {
    expect(verdictOf(reportOf(['passed'], ['pending']), 0)).toEqual({ kind: 'missed' });
  });

  it.each([
    ['a test has run out of time', reportOf(['failed', 'Error: Test timed out in 20000ms.']), 1],
    ['a hook has run out of time', reportOf(['failed', 'Error: Hook timed out in 9ms.']), 1],
    ['the file could not be loaded', { ...reportOf(), testResults: [unloadable] }, 1],
    ['no test has the name', reportOf(['pending']), 0],
    ['something else went wrong', reportOf(['passed']), 1],
  ])('has said nothing of it where %s', (_, report, code) => {
    expect(verdictOf(report, code).kind).toBe('broken');
  });
});

const unloadable = { message: 'Error: Transform failed', assertionResults: [] };

/** @param tests each a status and, where it has failed, what it said */
function reportOf(...tests: readonly (readonly [status: string, message?: string])[]): Report {
  const assertionResults = tests.map(([status, message]) => ({
    fullName: 'a test',
    status,
    failureMessages: message === undefined ? [] : [message],
  }));
  const numPassedTests = tests.filter(([status]) => status === 'passed').length;
  return { numPassedTests, testResults: [{ message: '', assertionResults }] };
}
