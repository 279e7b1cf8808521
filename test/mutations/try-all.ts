/** Tries all mutations, or those that are asked for, and prints what has caught them. */
import { spawnSync } from 'node:child_process';
import { ALL } from './all.js';
import type { Catcher } from './catcher.js';
import type { Mutation } from './mutation.js';
import { TOP } from './tree.js';
import { type Tried, tryMutation } from './trial.js';
import type { Verdict } from './verdict.js';

const AT_ONCE = 2;
const CONTROL = 'no change';
/** Of what a test has said, characters. */
const SHOWN_MAX = 110;

/** @returns whether every one was caught, and the control was not */
export async function tryAll(args: readonly string[]): Promise<boolean> {
  const mutations = chosen(args);
  if (mutations.length === 0) throw new Error(`no mutation has ${args.join(' or ')} in its name`);
  build();
  const width = Math.max(...mutations.map(({ name }) => name.length), CONTROL.length);
  print(`${'mutation'.padEnd(width)} | caught by | seconds`);
  // From the end: the control first, as it takes longest.
  const waiting = [...mutations, controlOf(mutations)];
  const tried: Tried[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const one = await tryMutation(next);
        tried.push(one);
        print(
          `${describe(one, width)}${one.isCaught === (one.name === CONTROL) ? ' | WRONG' : ''}`,
        );
      }
    }),
  );
  const isSound = tried.some((one) => one.name === CONTROL && isMissed(one));
  const caught = tried.filter((one) => one.isCaught && one.name !== CONTROL).length;
  print(isSound ? 'nothing was caught where nothing was changed' : 'the control has failed');
  print(`${caught} of ${mutations.length} caught`);
  return isSound && caught === mutations.length;
}

/** Nothing is changed, and nobody may complain: every catcher is run. */
function controlOf(mutations: readonly Mutation[]): Pick<Mutation, 'name' | 'edits' | 'catchers'> {
  const catchers = new Map<string, Catcher>();
  for (const catcher of mutations.flatMap((each) => each.catchers))
    catchers.set(JSON.stringify(catcher), catcher);
  return { name: CONTROL, edits: [], catchers: [...catchers.values()] };
}

function isMissed({ found }: Tried): boolean {
  return found.every(([, { kind }]) => kind === 'missed');
}

function chosen(args: readonly string[]): readonly Mutation[] {
  if (args.length === 0) return ALL;
  if (args.includes('--ci')) return ALL.filter(({ isInCi }) => isInCi);
  return ALL.filter(({ name }) => args.some((part) => name.includes(part)));
}

function build(): void {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: TOP,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the tree itself does not compile:\n${stdout}`);
}

function describe({ name, found, seconds }: Tried, width: number): string {
  const findings = found.map(([{ label }, verdict]) => `${label}: ${describeVerdict(verdict)}`);
  return `${name.padEnd(width)} | ${findings.join('; ')} | ${seconds.toFixed(1)}`;
}

function describeVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'caught':
      return short(verdict.because);
    case 'missed':
      return 'finds nothing';
    case 'broken':
      return `has not judged: ${verdict.why}`;
  }
}

function short(text: string): string {
  const line = text.replace(/^(?:Assertion)?Error: /, '');
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
