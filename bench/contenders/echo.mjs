/** The limit as a contender: see echo-server.mjs. It is sent the very same requests. */
import { fileURLToPath } from 'node:url';
import { ChildServer } from '../processes/child-server.mjs';

/** @typedef {import('./contender.mjs').Contender} Contender */
/** @typedef {import('./contender.mjs').Workload} Workload */

const SCRIPT = fileURLToPath(new URL('echo-server.mjs', import.meta.url));

/** The bare process, also for its start-up time. */
export function startEcho() {
  return ChildServer.start({ args: [SCRIPT] });
}

/** @type {Contender} */
export const echo = {
  name: 'uWS echo',
  async start(workload) {
    const server = await startEcho();
    return {
      url: server.url,
      cpuMs: () => server.cpuMs(),
      requests: echoedRequests(workload),
      statuses: [200],
      answered: () => undefined,
      taken: () => undefined,
      stop: () => server.stop(),
      abandon: () => server.kill(),
    };
  },
};

/** An echo's answers are the requests' bodies. @param {Workload} workload */
function echoedRequests({ requests, echoFollowed }) {
  const { followUp } = requests;
  if (followUp === undefined || echoFollowed === undefined) return requests;
  return { ...requests, followUp: { ...followUp, when: echoFollowed } };
}
