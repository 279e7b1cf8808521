/**
 * A mutation: one fault planted in the server on purpose, and who has to catch it. It is written down as the text that is
 * there and the text that takes its place, so that it says loudly when the code has moved on and it no longer fits.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catcher } from './catcher.js';

export interface Edit {
  /** From the top of the repository. */
  readonly file: string;
  /** Is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutation {
  /** Unique; what `npm run mutations -- NAME` is given. */
  readonly name: string;
  /** What is no longer true, for a reader. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
  /** Every one has to fail. */
  readonly catchers: readonly Catcher[];
  /** Among the few that CI runs: it is caught in seconds. */
  readonly isInCi?: boolean;
}

/** Plants the fault in the tree at `root`. @throws Error where it does not fit */
export function plant(root: string, { name, edits }: Pick<Mutation, 'name' | 'edits'>): void {
  for (const edit of edits) {
    const path = join(root, edit.file);
    writeFileSync(path, edited(name, readFileSync(path, 'utf8'), edit));
  }
}

/** The file's text after the edit. @throws Error unless what it looks for is there exactly once */
export function edited(name: string, text: string, { file, find, replace }: Edit): string {
  const count = text.split(find).length - 1;
  if (count !== 1) throw new Error(`${name}: ${count} times in ${file}, not once: ${find}`);
  // By a function: what takes its place may have a `$` in it.
  return text.replace(find, () => replace);
}
