/**
 * Compiles the simulation with the source tree that it stands in, into a directory of its own, and runs it there: nothing
 * is taken from `dist`, so that a copy of the tree, changed on purpose, is what is simulated.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const compiled = mkdtempSync(join(tmpdir(), 'holdfast-simulation-'));
try {
  process.exitCode = compile() || simulate();
} finally {
  rmSync(compiled, { recursive: true, force: true });
}

/** A type error stops nothing: whatever compiles is run. */
function compile() {
  const project = join(top, 'test/simulation/tsconfig.json');
  const tsc = join(top, 'node_modules/typescript/bin/tsc');
  spawnSync(process.execPath, [tsc, '-p', project, '--outDir', compiled], { stdio: 'inherit' });
  writeFileSync(join(compiled, 'package.json'), '{"type":"module"}');
  symlinkSync(realpathSync(join(top, 'node_modules')), join(compiled, 'node_modules'));
  return 0;
}

function simulate() {
  const main = join(compiled, 'test/simulation/main.js');
  const args = ['--enable-source-maps', main, ...process.argv.slice(2)];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}
