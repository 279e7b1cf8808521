/** The limit of serving what is ready, as a contender: see constant-server.mjs. */
import { fileURLToPath } from 'node:url';
import { ChildServer } from '../processes/child-server.mjs';

const SCRIPT = fileURLToPath(new URL('constant-server.mjs', import.meta.url));

/**
 * @param {{file: string, type: string, status: number}} answer
 * @returns {import('./contender.mjs').Contender}
 */
export function constant({ file, type, status }) {
  return {
    name: 'uWS, the same bytes',
    async start(workload) {
      const server = await ChildServer.start({ args: [SCRIPT, file, type, String(status)] });
      return {
        url: server.url,
        cpuMs: () => server.cpuMs(),
        requests: workload.requests,
        statuses: [status],
        answered: () => undefined,
        taken: () => undefined,
        stop: () => server.stop(),
        abandon: () => server.kill(),
      };
    },
  };
}
