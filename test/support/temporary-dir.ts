import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];
process.on('exit', () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

/** An empty directory of the test's own, removed when its process ends. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  made.push(dir);
  return dir;
}
