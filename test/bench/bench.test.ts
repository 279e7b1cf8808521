/** The benches in their tiny form: that they work, not what they find. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../support/temporary-dir.js';

const BENCH_MS_MAX = 360_000;

/** One of each kind; `.ci/run` runs them all, with their peers. */
const SCENARIOS = ['reserve', 'confirm', 'transitions', 'seat-lists', 'feed'];

/** What of the saved results is looked at here. */
interface SavedResults {
  readonly figures: readonly {
    readonly scenario: string;
    readonly measure: string;
    readonly holdfast: { readonly values: readonly number[] };
    readonly ratio: { readonly median: number } | null;
  }[];
  readonly statuses: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

describe('the benches', { timeout: BENCH_MS_MAX }, () => {
  it('run in their tiny form, with each scenario in the table and no status that was not expected', async () => {
    const results = temporaryDir();
    const { code, stdout, stderr } = await bench([
      ...SCENARIOS,
      '--tiny',
      '--peers',
      'none',
      '--results',
      results,
    ]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(pageWithoutCharts(results)).toBe(stdout);
    const saved = SCENARIOS.map((name) => savedResults(results, name));
    const figures = saved.flatMap((each) => each.figures);
    expect([...new Set(figures.map(firstWord))]).toEqual(SCENARIOS);
    for (const { scenario } of figures) expect(stdout).toContain(scenario);
    expect(saved.flatMap(statusesOf)).toEqual([['201'], ['200', '201']]);
    for (const { measure, holdfast, ratio } of figures) {
      expect(holdfast.values.filter(Number.isFinite)).toHaveLength(1);
      // Of the others some are differences, or ticks of the kernel's clock, of which a tiny heat may see none.
      if (measure !== 'throughput' || ratio === null) continue;
      expect(ratio.median).toBeGreaterThan(0);
    }
  });

  it('fail where an answer was not expected: here, seats run out', async () => {
    const sizes = ['--tiny', '--seats', '2', '--generator', 'node'];
    const { code, stderr } = await bench(['reserve', '--peers', 'none', ...sizes]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/unexpected statuses \(expected 201\).*"409":/);
  });

  it('fail where a peer is wanted and its database is not installed', async () => {
    const { code, stderr } = await bench(['reserve', '--tiny', '--peers', 'all'], {
      env: { PATH: '' },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Redis; Erlang: not installed \(apt-get install .*redis-server erlang-base\)/,
    );
  });

  it('are a command of holdfast, in a form of their own', async () => {
    const words = ['conflict', '--rounds', '1', '--seconds', '1', '--connections', '4'];
    const { code, stdout, stderr } = await bench(words, { command: ['dist/main.js', 'bench'] });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\| Holdfast .*[\d,]+/m);
    expect(stdout).toContain('Peers: left out by --peers none.');
  });

  it('say which scenarios there are when asked for another', async () => {
    const { code, stderr } = await bench(['reserves']);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no scenario reserves; there are reserve, conflict');
  });
});

interface BenchOptions {
  readonly command?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the benches to their end. */
async function bench(
  words: readonly string[],
  { command = ['bench/main.mjs'], env = process.env }: BenchOptions = {},
) {
  const child = spawn(process.execPath, [...command, ...words], { env });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

function savedResults(dir: string, scenario: string): SavedResults {
  return JSON.parse(readFileSync(join(dir, `${scenario}.json`), 'utf8')) as SavedResults; // just written
}

/** Every chart that the page shows is there, and is one. */
function pageWithoutCharts(dir: string): string {
  return readFileSync(join(dir, 'README.md'), 'utf8').replaceAll(
    /^!\[.*\]\((.*)\)\n\n/gm,
    (_, file: string) => {
      expect(readFileSync(join(dir, file), 'utf8')).toMatch(/^<svg .*<rect .*<\/svg>\n$/s);
      return '';
    },
  );
}

function firstWord({ scenario }: SavedResults['figures'][number]): string {
  return /^[\w-]+/.exec(scenario)?.[0] ?? '';
}

function statusesOf({ statuses }: SavedResults): string[][] {
  return Object.values(statuses).map((counts) => Object.keys(counts));
}
