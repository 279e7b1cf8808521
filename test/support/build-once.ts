/**
 * Compiles `src` before the tests, once a run. A type error does not stop a single test file from running (whatever compiles
 * is written); it stops `npm test` and CI, which build first.
 */
import { spawnSync } from 'node:child_process';

export default function buildOnce(): void {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], { encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`the build has errors:\n${stdout}\n`);
}
