/** Holdfast as a contender: durable, on a fresh data directory. */
import { HOLD_SECONDS, HoldfastServer } from '../processes/holdfast-server.mjs';

/** @typedef {import('./contender.mjs').Contender} Contender */
/** @typedef {import('./contender.mjs').Workload} Workload */

/**
 * @param {import('../processes/holdfast-server.mjs').HoldfastOptions} options
 * @returns {Contender}
 */
export function holdfast(options) {
  return {
    name: 'Holdfast',
    async start(workload) {
      const server = await HoldfastServer.start(options);
      try {
        await furnish(server, workload);
      } catch (cause) {
        server.abandon();
        throw cause;
      }
      return {
        url: server.process.url,
        cpuMs: () => server.process.cpuMs(),
        residentBytes: () => server.process.memoryBytes().resident,
        requests: workload.requests,
        ...(workload.warmsUpElsewhere === true ? { warmUpRequests: elsewhere(workload) } : {}),
        statuses: workload.statuses,
        answered: () => server.answered(),
        async taken() {
          const { reserved, booked } = await server.seatsTaken(workload.requests.eventPrefix);
          return reserved + booked;
        },
        stop: () => server.stop(),
        abandon: () => server.abandon(),
      };
    },
  };
}

/**
 * @param {HoldfastServer} server
 * @param {Workload} workload
 */
async function furnish(server, workload) {
  const { requests, isTaken = false, warmsUpElsewhere = false } = workload;
  await createEvents(server, workload, requests);
  if (warmsUpElsewhere) await createEvents(server, workload, elsewhere(workload));
  if (isTaken) {
    const wish = { userId: 'holder', seatIds: ['1'] };
    await server.reserve(`${requests.eventPrefix}0`, wish);
  }
}

/**
 * @param {HoldfastServer} server
 * @param {Workload} workload
 * @param {Workload['requests']} requests
 */
async function createEvents(server, { holdSeconds = HOLD_SECONDS }, requests) {
  const { eventCount, eventPrefix, seatsPerEvent } = requests;
  for (let event = 0; event < eventCount; event += 1) {
    await server.createEvent({
      id: `${eventPrefix}${event}`,
      totalSeats: seatsPerEvent,
      holdSeconds,
    });
  }
}

/** The same of other events, which count as the bench's all the same. @param {Workload} workload */
function elsewhere({ requests }) {
  return { ...requests, eventPrefix: `${requests.eventPrefix}warm-` };
}
