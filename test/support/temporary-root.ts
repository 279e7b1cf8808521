/** One directory for all that a run of the tests writes: its workers are ended before they could clean up after themselves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For vitest's `globalSetup`: before the workers start, and after they have ended. */
export default function temporaryRoot(): () => void {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-tests-'));
  process.env.TMPDIR = root;
  return () => rmSync(root, { recursive: true, force: true });
}
