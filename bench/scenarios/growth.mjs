/**
 * What size costs: the same load, seats reserved and given back, on an event of a thousand seats, of a million, and on a thousand events. All are Holdfast's,
 * in turn within each round.
 */
import { holdfast } from '../contenders/holdfast.mjs';
import { contest } from '../contest.mjs';
import { figure } from '../report/figure.mjs';
import { contestOptions } from './http-scenario.mjs';

/** @typedef {import('../contenders/contender.mjs').Workload} Workload */
/** @typedef {import('../contest.mjs').Heat} Heat */
/** @typedef {import('../options.mjs').Sizes} Sizes */

/** Of the throughput with the fewest seats. */
const RATIO_MIN = 0.9;
const MEGABYTE = 2 ** 20;

/** @type {ReadonlyArray<{measure: string, unit: string, of: (heat: Heat) => number}>} */
const MEASURES = [
  { measure: 'throughput', unit: 'requests/s', of: (heat) => heat.requestsPerSecond },
  { measure: 'CPU of the server', unit: 'µs/request', of: (heat) => heat.cpuMicros },
  {
    measure: 'memory, resident',
    unit: 'MiB',
    of: (heat) => (heat.residentBytes ?? Number.NaN) / MEGABYTE,
  },
  { measure: 'latency p99', unit: 'ms', of: (heat) => heat.latencyMs.p99 },
];

/** @type {import('./scenario.mjs').Scenario} */
export const growth = {
  name: 'growth',
  measures: 'Pairs of reserve and cancel on one event from few seats to many, and on many events.',
  notMeasured: [],
  async run(context) {
    process.stderr.write('growth\n');
    const { sizes, server, dataRoot } = context;
    const houses = housesOf(sizes);
    const subject = holdfast({ script: server, dataRoot });
    const contenders = houses.map(({ name, events, seats }) => ({
      name,
      start: () => subject.start(workload(sizes, events, seats)),
    }));
    const heats = await contest(contenders, workload(sizes, 1, 1), contestOptions(context));
    const values = (/** @type {number} */ house, /** @type {(heat: Heat) => number} */ of) =>
      (heats[house] ?? []).map(of);
    // The largest event is what the others are compared with.
    const [largest = 0, ...others] = houses.map((_, index) => index).toReversed();
    return {
      figures: MEASURES.map(({ measure, unit, of }) =>
        figure({
          scenario: 'growth',
          measure,
          unit,
          subject: houses[largest]?.name ?? '',
          holdfast: values(largest, of),
          peers: others.toReversed().map((house) => ({
            name: houses[house]?.name ?? '',
            values: values(house, of),
            ...(house === 0 && measure === 'throughput'
              ? { aim: { of: 'ratio', bound: 'atLeast', value: RATIO_MIN } }
              : {}),
          })),
        }),
      ),
      statuses: {},
    };
  },
};

/** The fewest seats first, the most last. @param {Sizes} sizes */
function housesOf({ 'growth-seats': seatCounts, 'growth-events': events }) {
  const sorted = [...seatCounts].sort((a, b) => a - b);
  const [fewest = 1, ...more] = sorted;
  const number = (/** @type {number} */ value) => value.toLocaleString('en-US');
  const house = (/** @type {number} */ seats) => ({
    name: `one event of ${number(seats)} seats`,
    events: 1,
    seats,
  });
  return [
    house(fewest),
    { name: `${number(events)} events of ${number(fewest)} seats`, events, seats: fewest },
    ...more.map(house),
  ];
}

/** @param {Sizes} sizes @param {number} events @param {number} seats @returns {Workload} */
function workload({ users }, events, seats) {
  return {
    name: 'growth',
    requests: {
      path: '/v1/events/{event}/reservations',
      body: '{"userId":"buyer-{user}","seatIds":[{seats}]}',
      eventPrefix: 'bench-',
      eventCount: events,
      seatsPerEvent: seats,
      seatsPerRequest: 1,
      users,
      followUp: {
        path: '/v1/reservations/{id}/cancel',
        body: '{"userId":"buyer-{user}"}',
        when: '"status":"reserved"',
        id: '',
      },
    },
    statuses: [200, 201],
    followUpFrees: true,
    warmsUpElsewhere: events === 1,
  };
}
