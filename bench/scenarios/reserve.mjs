/** Durable reservations: each request another seat of a large event, by one of many users. */
import { eventCountFor, runContests } from './http-scenario.mjs';

/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('../options.mjs').Sizes} Sizes */

/** Of the echo's throughput. */
const RATIO_MIN = 0.5;

/** @type {import('./scenario.mjs').Scenario} */
export const reserve = {
  name: 'reserve',
  measures: 'Reservations of one seat each, on disk before the answer; every request another seat.',
  notMeasured: [
    'Reservations under open-loop load, where requests come whether or not the last is answered.',
  ],
  run: (context) => runContests(context, workloads(context.sizes), RATIO_MIN),
};

/** @param {Sizes} sizes @returns {Workload[]} */
function workloads(sizes) {
  return sizes.seats.map((seatsPerEvent) => ({
    name: `reserve, ${seatsPerEvent.toLocaleString('en-US')} seats`,
    requests: {
      path: '/v1/events/{event}/reservations',
      body: '{"userId":"buyer-{user}","seatIds":[{seats}]}',
      eventPrefix: 'bench-',
      eventCount: eventCountFor(sizes, seatsPerEvent),
      seatsPerEvent,
      seatsPerRequest: 1,
      users: sizes.users,
    },
    statuses: [201],
  }));
}
