/** Seats of a server taken before anything is measured, through its HTTP API. */
import { runNodeLoad } from '../load/node-load.mjs';

/** @typedef {import('../processes/holdfast-server.mjs').HoldfastServer} HoldfastServer */

/** A fill that takes longer than this is stuck. */
const FILL_MS_MAX = 600_000;
const CONNECTIONS = 64;

/**
 * @param {HoldfastServer} server
 * @param {object} wish
 * @param {string} wish.eventPrefix the event is called by it and 0
 * @param {number} wish.eventSeats
 * @param {number} wish.seatsPerReservation
 * @param {number} wish.reservations
 * @param {number} [wish.first] number of the first reservation: those of one event must not overlap
 * @param {boolean} [wish.confirms]
 */
export async function fill(server, wish) {
  const {
    eventPrefix,
    eventSeats,
    seatsPerReservation,
    reservations,
    first = 0,
    confirms = false,
  } = wish;
  const followUp = {
    path: '/v1/reservations/{id}/confirm',
    body: '{"userId":"buyer-{user}"}',
    when: '"status":"reserved"',
    id: '',
  };
  const report = await runNodeLoad({
    url: server.process.url,
    requests: {
      path: '/v1/events/{event}/reservations',
      body: '{"userId":"buyer-{user}","seatIds":[{seats}]}',
      eventPrefix,
      eventCount: 1,
      seatsPerEvent: eventSeats,
      seatsPerRequest: seatsPerReservation,
      users: 100_000,
      ...(confirms ? { followUp } : {}),
    },
    first,
    connections: CONNECTIONS,
    ms: FILL_MS_MAX,
    requestsMax: reservations,
  });
  const expected = { 201: reservations, ...(confirms ? { 200: reservations } : {}) };
  const isAll = Object.entries(expected).every(
    ([status, count]) => report.statuses?.[status] === count,
  );
  if (!isAll || report.refused > 0) {
    throw new Error(`seats could not be taken: ${JSON.stringify(report.statuses)}`);
  }
}
