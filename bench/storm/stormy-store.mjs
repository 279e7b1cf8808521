/**
 * Makes a data directory whose holds all end at the same millisecond: no client could ask for that, since each hold runs from its own moment. A process of its own,
 * whose only argument is a StormyStorePlan, as JSON; it prints what it made, `{deadline}`.
 *
 * The store is written by the very build that is to be measured.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {object} StormyStorePlan
 * @property {string} dist the folder of the build
 * @property {string} dataDir
 * @property {string} eventId
 * @property {number} seats all of them held
 * @property {number} seatsPerHold
 * @property {number} holdMs from now to the deadline
 */

/** Entries of one transaction. */
const COMMIT_HOLDS = 2_000;
const ID_DIGITS = 12;

/** @type {StormyStorePlan} */
const plan = JSON.parse(process.argv[2] ?? '');
const { openStore } = await moduleOf('store/open-store.js');
const { planFromRequest } = await moduleOf('domain/plan-request.js');
const { VenuePlan } = await moduleOf('domain/venue-plan.js');
const { seatHomeKey } = await moduleOf('domain/ownership.js');
const { evolveReservation } = await moduleOf('domain/reservation.js');
const { formatReservationId } = await moduleOf('domain/reservation-id.js');

const at = Date.now();
const deadline = at + plan.holdMs;
const store = await openStore({
  dataDir: plan.dataDir,
  durability: 'async',
  clock: { now: () => at, elapsed: () => at },
});
const event = {
  id: plan.eventId,
  name: 'Storm',
  status: 'on_sale',
  currency: 'EUR',
  holdMs: plan.holdMs,
  maxSeatsPerUser: null,
  preventOrphans: false,
  plan: planFromRequest({ totalSeats: plan.seats }).plan,
  createdAt: at,
  updatedAt: at,
  version: 1,
};
const venue = new VenuePlan(event.plan);
const created = { type: 'event.created', eventId: plan.eventId, at, event };
let turn = 0;
commit([{ facts: [created], records: [] }]);
for (let first = 1; first <= plan.seats; first += COMMIT_HOLDS * plan.seatsPerHold) {
  commit(holdsFrom(first));
}
await store.close();
process.stdout.write(JSON.stringify({ deadline }));

/** @param {object[]} entries */
function commit(entries) {
  turn += 1;
  store.commit([{ turn, entries }]);
}

/** @param {number} first seat of the first hold */
function holdsFrom(first) {
  const entries = [];
  for (
    let seat = first;
    entries.length < COMMIT_HOLDS && seat <= plan.seats;
    seat += plan.seatsPerHold
  ) {
    entries.push(holdFrom(seat));
  }
  return entries;
}

/** @param {number} first */
function holdFrom(first) {
  const count = Math.min(plan.seatsPerHold, plan.seats - first + 1);
  const reserved = {
    type: 'reservation.reserved',
    eventId: plan.eventId,
    at,
    reservationId: formatReservationId({
      prefix: 'rsv',
      createdAt: at,
      homeKey: seatHomeKey(plan.eventId, venue, first),
      random: first.toString(36).padStart(ID_DIGITS, '0'),
    }),
    userId: `buyer-${first}`,
    seats: Array.from({ length: count }, (_, index) => first + index),
    expiresAt: deadline,
    holdMs: plan.holdMs,
  };
  return { facts: [reserved], records: [evolveReservation(undefined, reserved)] };
}

/** @param {string} path @returns {Promise<any>} */
function moduleOf(path) {
  return import(pathToFileURL(join(plan.dist, path)).href);
}
