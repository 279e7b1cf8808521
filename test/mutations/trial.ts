/**
 * One mutation on trial: it is planted in a copy of the tree, the copy is built, and each of its catchers is run there.
 *
 * 1. What does not compile is not caught: the compiler is no test of ours.
 * 2. A catcher has caught it where one of its tests has judged and found it wrong. A file that cannot be loaded, a test that
 *    ran out of time and a process that broke off are no judgement.
 */
import { join } from 'node:path';
import type { Catcher } from './catcher.js';
import { ran } from './child.js';
import { type Mutation, plant } from './mutation.js';
import { Tree } from './tree.js';
import { judged, type Verdict } from './verdict.js';

const CATCHER_MS_MAX = 240_000;

export interface Tried {
  readonly name: string;
  readonly isCaught: boolean;
  /** What each catcher has found. */
  readonly found: readonly (readonly [Catcher, Verdict])[];
  readonly seconds: number;
}

export async function tryMutation(
  mutation: Pick<Mutation, 'name' | 'edits' | 'catchers'>,
): Promise<Tried> {
  const startedAt = performance.now();
  const tree = new Tree();
  try {
    plant(tree.root, mutation);
    const complaint = await tree.build();
    const found: (readonly [Catcher, Verdict])[] = [];
    for (const catcher of mutation.catchers)
      found.push([
        catcher,
        complaint === undefined
          ? await runCatcher(tree.root, catcher)
          : { kind: 'broken', why: `it does not compile: ${complaint}` },
      ]);
    const isCaught = found.every(([, { kind }]) => kind === 'caught');
    const seconds = (performance.now() - startedAt) / 1_000;
    return { name: mutation.name, isCaught, found, seconds };
  } finally {
    tree.remove();
  }
}

async function runCatcher(root: string, catcher: Catcher): Promise<Verdict> {
  const report = join(root, 'report.json');
  const named = catcher.test === undefined ? [] : ['--testNamePattern', escaped(catcher.test)];
  const { code, output } = await ran({
    args: [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...['--config', 'test/mutations/vitest.config.ts', '--bail', '1'],
      ...['--reporter', 'json', '--outputFile', report, ...named, catcher.file],
    ],
    cwd: root,
    msMax: CATCHER_MS_MAX,
    environment: { ...ONE_SEED, ...catcher.environment },
  });
  return judged(report, code, output);
}

/** Luck is the same each time; nothing of what whoever runs this has set reaches the tests. */
const ONE_SEED = { TEST_SEED: '1', SEED: undefined, SEEDS: undefined };

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
