/** A whole server inside the test's process, its threads from the compiled code, as they must be. */

import { readConfig } from '../../src/config.js';
import type * as SupervisorModule from '../../src/threads/supervisor.js';
import { temporaryDir } from './temporary-dir.js';

/** Ready to serve on a free port. The caller closes it. */
export async function startInProcess(
  env: Readonly<Record<string, string>> = {},
): Promise<SupervisorModule.RunningHoldfast> {
  const config = readConfig({
    HOLDFAST_PORT: '0',
    HOLDFAST_LOG_LEVEL: 'silent',
    HOLDFAST_DATA_DIR: temporaryDir(),
    ...env,
  });
  const compiled = new URL('../../dist/threads/supervisor.js', import.meta.url).href;
  const { startHoldfast } = (await import(compiled)) as typeof SupervisorModule; // compiled from that very file
  return startHoldfast(config);
}
