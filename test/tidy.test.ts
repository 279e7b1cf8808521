/** The house holds itself to its rules; and each rule is seen to fail. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { environmentTable } from '../src/config.js';
import {
  consoleCalls,
  environmentOutsideConfig,
  type HouseRule,
  importsAgainstTheDirection,
  machinePaths,
  marksLeftBehind,
  overlongFiles,
  type SourceFile,
  testsSwitchedOff,
  timeOrLuckInTheCore,
  vendorsOutsideTheirFolder,
} from './support/house-rules.js';

const files = sourceFiles();

interface Held {
  readonly says: string;
  readonly rule: HouseRule;
  /** Each breaches it. */
  readonly breaches: readonly SourceFile[];
}

const held: readonly Held[] = [
  {
    says: 'imports point one way',
    rule: importsAgainstTheDirection,
    breaches: [
      { path: 'src/domain/a.ts', text: `import { Shard } from '../shard/shard.js';` },
      { path: 'src/desk/a.ts', text: `import {\n  Shard,\n} from '../shard/shard.js';` },
      { path: 'src/lib/a.ts', text: `const { Shard } = await import('../shard/shard.js');` },
      { path: 'src/attic/a.ts', text: '' },
    ],
  },
  {
    says: 'one vendor, one folder',
    rule: vendorsOutsideTheirFolder,
    breaches: [
      { path: 'src/desk/a.ts', text: `import { open } from 'lmdb';` },
      { path: 'src/lib/a.ts', text: `import leftPad from 'left-pad';` },
    ],
  },
  {
    says: 'the core has no clock and no luck of its own',
    rule: timeOrLuckInTheCore,
    breaches: [
      { path: 'src/shard/a.ts', text: 'const now = Date.now();' },
      { path: 'src/domain/a.ts', text: 'setTimeout(later, 5);' },
    ],
  },
  {
    says: 'only config.ts reads the environment',
    rule: environmentOutsideConfig,
    breaches: [{ path: 'src/lib/a.ts', text: 'const path = process.env.PATH;' }],
  },
  {
    says: 'nothing is printed but by the log',
    rule: consoleCalls,
    breaches: [{ path: 'src/lib/a.ts', text: `console.log('here');` }],
  },
  {
    says: 'no marks are left behind',
    rule: marksLeftBehind,
    breaches: [{ path: 'src/lib/a.ts', text: `// FIX${'ME'}: later` }],
  },
  {
    says: 'no test is switched off',
    rule: testsSwitchedOff,
    breaches: [{ path: 'test/a.test.ts', text: `it${'.skip'}('works', () => {});` }],
  },
  {
    says: 'no file is longer than 300 lines',
    rule: overlongFiles,
    breaches: [{ path: 'src/lib/a.ts', text: 'x\n'.repeat(301) }],
  },
  {
    says: 'no path of the machine it was written on',
    rule: machinePaths,
    breaches: [{ path: 'README.md', text: `see /wo${'rk'}/main` }],
  },
];

describe('the house', () => {
  it.each(held)('$says', ({ rule }) => {
    const breaches = files.flatMap((file) => rule(file).map((what) => `${file.path}: ${what}`));
    expect(breaches).toEqual([]);
  });

  it.each(held)('would be seen to fail: $says', ({ rule, breaches }) => {
    expect(breaches.filter((file) => rule(file).length === 0)).toEqual([]);
  });

  it('has every variable in the README, and no other', () => {
    const readme = readFileSync('README.md', 'utf8');
    const rows = readme.split('\n').filter((line) => line.startsWith('| `HOLDFAST_'));
    expect(rows).toEqual(
      environmentTable().map(
        ({ name, byDefault, about }) => `| \`${name}\` | ${byDefault} | ${about} |`,
      ),
    );
  });
});

/** What is, or is about to be, in the repository: text files only. */
function sourceFiles(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => /^(src|test|bench|\.ci)\/|^README\.md$/.test(path))
    .filter((path) => /\.(ts|tsx|mjs|md)$|^\.ci\/run$/.test(path))
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(path, 'utf8') }];
      } catch {
        return []; // deleted, and still listed
      }
    });
}
