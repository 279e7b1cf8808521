/** The benches in their tiny form: that they work, not what they find. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../support/temporary-dir.js';

const BENCH_MS_MAX = 180_000;

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
  it('run in their tiny form, with every scenario in the table and no status that was not expected', async () => {
    const results = temporaryDir();
    const { code, stdout, stderr } = await bench('--tiny', '--results', results);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(join(results, 'all.md'), 'utf8')).toBe(stdout);
    expect(scenariosIn(stdout)).toEqual([
      'reserve',
      'conflict',
      'confirm',
      'memory',
      'start-up',
      'feed',
      'feed-stalled',
      'feed-reconnect',
    ]);
    const saved = JSON.parse(readFileSync(join(results, 'all.json'), 'utf8')) as SavedResults; // just written
    expect(statusesOf(saved)).toEqual([['201'], ['201'], ['409'], ['200', '201']]);
    for (const { measure, holdfast, ratio } of saved.figures) {
      expect(holdfast.values.filter(Number.isFinite)).toHaveLength(1);
      if (ratio === null) continue;
      // What is the difference of two readings may be nothing, or less, where there is so little of it.
      if (/feed alone|memory of a viewer/.test(measure)) expect(ratio.median).not.toBeNaN();
      else expect(ratio.median).toBeGreaterThan(0);
    }
  });

  it('fail where an answer was not expected: here, seats run out', async () => {
    const sizes = ['--tiny', '--seats', '2', '--generator', 'node'];
    const { code, stderr } = await bench('reserve', ...sizes);
    expect(code).toBe(1);
    expect(stderr).toMatch(/unexpected statuses \(expected 201\).*"409":/);
  });

  it('say which scenarios there are when asked for another', async () => {
    const { code, stderr } = await bench('reserves');
    expect(code).toBe(2);
    expect(stderr).toContain('there is no scenario reserves; there are reserve, conflict');
  });
});

/** Runs the benches to their end. */
async function bench(...args: readonly string[]) {
  const child = spawn(process.execPath, ['bench/main.mjs', ...args]);
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

/** The first words of the table's rows, each once, in order. */
function scenariosIn(report: string): string[] {
  const rows = report.split('\n').filter((line) => line.startsWith('| '));
  const words = rows.slice(1).map((row) => /^\| ([\w-]+)/.exec(row)?.[1] ?? '');
  return [...new Set(words)];
}

function statusesOf({ statuses }: SavedResults): string[][] {
  return Object.values(statuses).map((counts) => Object.keys(counts));
}
