/** A copy of the repository in a directory of its own, in which a fault may be planted. */
import { cpSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDir } from '../support/temporary-dir.js';
import { ran } from './child.js';

export const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** `dist` too: only what the fault changes is compiled again. */
const COPIED = ['src', 'test', 'dist', 'tsconfig.json', 'package.json'];
const BUILD_MS_MAX = 120_000;

export class Tree {
  readonly root = temporaryDir();

  constructor() {
    for (const name of COPIED)
      cpSync(join(TOP, name), join(this.root, name), { recursive: true, preserveTimestamps: true });
    symlinkSync(realpathSync(join(TOP, 'node_modules')), join(this.root, 'node_modules'));
  }

  /** @returns the compiler's complaints, where there are any: then it is no mutation of the server, it is no server */
  async build(): Promise<string | undefined> {
    const compiler = 'node_modules/typescript/bin/tsc';
    const { code, output } = await ran({
      args: [compiler, '--preserveSymlinks'],
      cwd: this.root,
      msMax: BUILD_MS_MAX,
    });
    return code === 0 ? undefined : output;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
