/** Durable reservations: each request other seats of a large event, by one of many users; one seat each, and groups of four. */
import { eventCountFor, runContests } from './http-scenario.mjs';
import { PEER_AIMS } from './peer-aims.mjs';

/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('../options.mjs').Sizes} Sizes */

/** Of the echo's throughput. */
const RATIO_MIN = 0.6;
const GROUP_SEATS = 4;

/** @type {import('./scenario.mjs').Scenario} */
export const reserve = {
  name: 'reserve',
  measures: 'Reservations of one seat each, on disk before the answer; every request another seat.',
  notMeasured: [],
  run: (context) =>
    runContests(
      context,
      context.sizes.seats.map((seats) => ({
        workload: reservationsOf({
          name: 'reserve',
          sizes: context.sizes,
          seats,
          seatsPerRequest: 1,
        }),
        hasPeers: true,
        aims: { limit: RATIO_MIN, peers: PEER_AIMS },
      })),
    ),
};

/** @type {import('./scenario.mjs').Scenario} */
export const groups = {
  name: 'groups',
  measures: `Reservations of ${GROUP_SEATS} seats each, all or none, on disk before the answer.`,
  notMeasured: ['Groups that overlap, of which one must be refused.'],
  run: (context) => {
    const seats = Math.max(...context.sizes.seats);
    const wish = { name: 'groups', sizes: context.sizes, seats, seatsPerRequest: GROUP_SEATS };
    return runContests(context, [{ workload: reservationsOf(wish), hasPeers: true }]);
  },
};

/**
 * @param {{name: string, sizes: Sizes, seats: number, seatsPerRequest: number}} wish
 * @returns {Workload}
 */
export function reservationsOf({ name, sizes, seats, seatsPerRequest }) {
  return {
    name: `${name}, ${seats.toLocaleString('en-US')} seats`,
    requests: {
      path: '/v1/events/{event}/reservations',
      body: '{"userId":"buyer-{user}","seatIds":[{seats}]}',
      eventPrefix: 'bench-',
      eventCount: eventCountFor(sizes, seats, seatsPerRequest),
      seatsPerEvent: seats,
      seatsPerRequest,
      users: sizes.users,
    },
    statuses: [201],
  };
}
