/** Damages to a store's file, one for each stretch of it, and what comes of them (`damage-batch.mjs`). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../simulation/random.js';
import { temporaryDir } from '../../support/temporary-dir.js';

/** Offsets and lengths are bytes. */
export interface Damage {
  readonly kind: 'bit' | 'zeroes' | 'ones' | 'elsewhere' | 'cut';
  readonly at: number;
  readonly bytes: number;
  readonly bit: number;
  /** Of `elsewhere`: where the bytes are from. */
  readonly from: number;
}

interface Outcome {
  /** The words of the first fault. */
  readonly told?: string;
  /** An error that is no fault of ours. */
  readonly surprise?: string;
}

export interface CaseResult {
  readonly damage: Damage;
  readonly verified?: 'sound' | Outcome;
  /** Rows that were looked up in vain, and that were not what was stored. */
  readonly served?: Outcome & { readonly hidden?: number; readonly wrong?: number };
  /** The process died of it. */
  readonly signal?: string;
}

const BATCH = fileURLToPath(new URL('damage-batch.mjs', import.meta.url));
/** Cases in flight are those of one process a batch. */
const BATCH_CASES = 100;
/** Lengths of what is overwritten: within a row, over many, a page. */
const LENGTHS = [1, 8, 64, 512, 4096] as const;
/** Most damage is small. */
const KINDS = ['bit', 'bit', 'bit', 'zeroes', 'ones', 'elsewhere', 'cut'] as const;

/** One in each of `count` stretches of equal length. */
export function damagesOf(fileBytes: number, count: number, random: Random): Damage[] {
  const stretch = fileBytes / count;
  return Array.from({ length: count }, (_, index) => ({
    kind: random.pick(KINDS),
    at: Math.floor(index * stretch + random.below(Math.max(1, Math.floor(stretch)))),
    bytes: random.pick(LENGTHS),
    bit: random.below(8),
    from: random.below(fileBytes),
  }));
}

/** Each on a copy of the sound store in `dataDir`. */
export async function runDamages(options: {
  readonly build: string;
  readonly dataDir: string;
  readonly damages: readonly Damage[];
}): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const { damages } = options;
  while (results.length < damages.length) {
    const from = results.length;
    const batch = damages.slice(from, from + BATCH_CASES);
    results.push(...(await runBatch(options, batch)));
  }
  return results;
}

/** Of those that it came to: the last of them may have ended the process. */
async function runBatch(
  { build, dataDir }: { readonly build: string; readonly dataDir: string },
  batch: readonly Damage[],
): Promise<CaseResult[]> {
  const listed = JSON.stringify([...batch.entries()]);
  const args = [BATCH, resolve(build), dataDir, join(temporaryDir()), listed];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  const lines = output.stdout.split('\n');
  const results = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const done = results.map(
    ({ index, ...result }): CaseResult => ({ ...result, damage: batch[index] }),
  );
  if (code === 0) return done;
  const dying = batch[done.length];
  const begun = lines.filter((line) => line.startsWith('begin ')).length;
  if (dying === undefined || begun <= done.length) throw new Error(output.stderr);
  return [...done, { damage: dying, signal: String(signal ?? code) }];
}
