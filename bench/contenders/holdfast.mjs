/** Holdfast as a contender: durable, on a fresh data directory. */
import { HoldfastServer } from '../processes/holdfast-server.mjs';

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
        process: server.process,
        requests: workload.requests,
        statuses: workload.statuses,
        answered: () => server.answered(),
        check: (slack) => checkSeats(server, workload.requests, slack),
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
async function furnish(server, { requests, isTaken = false }) {
  const { eventCount, eventPrefix, seatsPerEvent } = requests;
  for (let event = 0; event < eventCount; event += 1) {
    const id = `${eventPrefix}${event}`;
    await server.createEvent({ id, totalSeats: seatsPerEvent });
    if (isTaken) await server.reserve(id, { userId: 'holder', seatIds: ['1'] });
  }
}

/**
 * As many seats are gone as were given away by a 201.
 *
 * @param {HoldfastServer} server
 * @param {import('../load/request-sequence.mjs').Requests} requests
 * @param {number} slack
 */
async function checkSeats(server, { eventPrefix, seatsPerRequest }, slack) {
  const { 201: created = 0 } = await server.answered();
  const { reserved, booked } = await server.seatsTaken(eventPrefix);
  const taken = reserved + booked;
  const answered = created * seatsPerRequest;
  if (taken < answered || taken > answered + slack * seatsPerRequest) {
    throw new Error(`${taken} seats are taken, but reservations of ${answered} were answered`);
  }
}
