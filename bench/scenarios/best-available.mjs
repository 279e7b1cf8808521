/** The best available seat: nobody names one, everybody wants the best there is. */
import { eventCountFor, runContests } from './http-scenario.mjs';

/** @type {import('./scenario.mjs').Scenario} */
export const bestAvailable = {
  name: 'best-available',
  measures:
    'Reservations of the best available seat, on disk before the answer: all want the same one.',
  notMeasured: ['The best available seats side by side: the peers have no form of it.'],
  run: (context) => {
    const seatsPerEvent = Math.max(...context.sizes.seats);
    return runContests(context, [
      {
        workload: {
          name: 'best-available',
          requests: {
            path: '/v1/events/{event}/reservations',
            body: '{"userId":"buyer-{user}","quantity":1}',
            eventPrefix: 'bench-',
            eventCount: eventCountFor(context.sizes, seatsPerEvent),
            seatsPerEvent,
            seatsPerRequest: 1,
            users: context.sizes.users,
          },
          statuses: [201],
          picksBest: true,
        },
        hasPeers: true,
      },
    ]);
  },
};
