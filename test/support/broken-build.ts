/**
 * Controls: the compiled server with one thing broken on purpose, in a directory of its own. A test that does not notice it
 * proves nothing.
 */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryDir } from './temporary-dir.js';

/** One stretch of compiled code in place of another. */
export interface Breakage {
  /** From `dist`: `shard/outbox.js`. */
  readonly file: string;
  /** There, and only once: a breakage that no longer fits the code is an error. */
  readonly code: string;
  readonly broken: string;
}

/** The directory that takes the place of `dist`. */
export function brokenBuild(...breakages: readonly Breakage[]): string {
  const dir = temporaryDir();
  cpSync('dist', join(dir, 'dist'), { recursive: true });
  cpSync('package.json', join(dir, 'package.json'));
  symlinkSync(resolve('node_modules'), join(dir, 'node_modules'));
  for (const { file, code, broken } of breakages) {
    const path = join(dir, 'dist', file);
    const text = readFileSync(path, 'utf8');
    if (text.split(code).length !== 2) throw new Error(`${file} does not have ${code} once`);
    writeFileSync(
      path,
      text.replace(code, () => broken),
    );
  }
  return join(dir, 'dist');
}
