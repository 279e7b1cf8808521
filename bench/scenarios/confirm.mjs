/** The whole sale: a seat is reserved, and the reservation confirmed; two durable requests, the second for the first's id. */
import { eventCountFor, runContests } from './http-scenario.mjs';

/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('../options.mjs').Sizes} Sizes */

/** Of the echo's throughput. */
const RATIO_MIN = 0.6;

/** @type {import('./scenario.mjs').Scenario} */
export const confirm = {
  name: 'confirm',
  measures: 'Pairs of reserve and confirm, both on disk before their answers; two requests a pair.',
  notMeasured: ['Confirmations alone: half of the requests are reservations.'],
  run: (context) =>
    runContests(context, [
      { workload: workload(context.sizes), hasPeers: true, aims: { limit: RATIO_MIN } },
    ]),
};

/** @param {Sizes} sizes @returns {Workload} */
function workload(sizes) {
  const seatsPerEvent = Math.max(...sizes.seats);
  return {
    name: 'confirm',
    requests: {
      path: '/v1/events/{event}/reservations',
      body: '{"userId":"buyer-{user}","seatIds":[{seats}]}',
      eventPrefix: 'bench-',
      eventCount: eventCountFor(sizes, seatsPerEvent),
      seatsPerEvent,
      seatsPerRequest: 1,
      users: sizes.users,
      followUp: {
        path: '/v1/reservations/{id}/confirm',
        body: '{"userId":"buyer-{user}"}',
        when: '"status":"reserved"',
        id: 'rsv_0123456789abcdefghijklmnopqrstuv',
      },
    },
    echoFollowed: '"seatIds"',
    statuses: [200, 201],
  };
}
