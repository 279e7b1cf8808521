/** The crowd that comes too late: everybody wants one seat, and it is taken. */
import { runContests } from './http-scenario.mjs';

/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('../options.mjs').Sizes} Sizes */

/** Of the echo's throughput. */
const RATIO_MIN = 0.95;

/** @type {import('./scenario.mjs').Scenario} */
export const conflict = {
  name: 'conflict',
  measures: 'Refusals (409): every request is for the one seat that somebody holds.',
  notMeasured: ['Conflicts among requests that race for a seat that is still free.'],
  run: (context) =>
    runContests(context, [
      { workload: conflictsOf(context.sizes), hasPeers: true, aims: { limit: RATIO_MIN } },
    ]),
};

/** @param {Sizes} sizes @returns {Workload} */
export function conflictsOf({ users, seats }) {
  return {
    name: 'conflict',
    requests: {
      path: '/v1/events/{event}/reservations',
      body: '{"userId":"buyer-{user}","seatIds":["1"]}',
      eventPrefix: 'bench-',
      eventCount: 1,
      seatsPerEvent: Math.max(...seats),
      seatsPerRequest: 1,
      users,
    },
    statuses: [409],
    isTaken: true,
  };
}
