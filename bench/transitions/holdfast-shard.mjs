/**
 * Holdfast's whole shard: commands are decided, reservations and their timers made, facts and records staged, and answered as soon as a store that does nothing
 * says that they are on disk.
 */
import { KINDS, kindOf, seatOf } from './seat-operations.mjs';

const { Shard } = await import('../../dist/shard/shard.js');
const { planFromRequest } = await import('../../dist/domain/plan-request.js');
const { systemClock } = await import('../../dist/lib/system-clock.js');
const { SHARD_LIMITS } = await import('../../dist/limits.js');

const EVENT = 'bench-0';
const USER = 'buyer-1';
const HOLD_MS = 7_200_000;
/** As many as one message to a shard may carry when 64 requests came in one turn of the event loop. */
const BATCH = 64;
/** A home key of 7 digits before 16 random ones: one shard is the home of all. */
const ID_DIGITS = 32;

/** @param {number} seats @returns {import('./run-subject.mjs').Subject} */
export function start(seats) {
  let accepted = 0;
  let staged = 0;
  const shard = new Shard({
    index: 0,
    shardCount: 1,
    clock: systemClock,
    limits: SHARD_LIMITS,
    wantsTurn: () => undefined,
    outlets: {
      store: {
        stage: ({ turn }) => {
          staged = turn;
        },
        load: () => {
          throw new Error('the shard asked the store');
        },
      },
      answer: (_, answers) => {
        for (const { outcome } of answers) if (outcome.ok) accepted += 1;
      },
      tell: () => undefined,
    },
  });
  restore(shard, seats);
  /** The reservation that has a seat. @type {string[]} */
  const holders = [];
  let commands = 0;
  const commandOf = (/** @type {number} */ seat, /** @type {number} */ kind) => {
    commands += 1;
    if (KINDS[kind] !== 'reserve') {
      const type = KINDS[kind] === 'confirm' ? 'reservation.confirm' : 'reservation.cancel';
      return { id: commands, command: { type, reservationId: holders[seat], userId: USER } };
    }
    const reservationId = `rsv_${commands.toString(36).padStart(ID_DIGITS, '0')}`;
    holders[seat] ??= reservationId;
    const wish = {
      reservationId,
      eventId: EVENT,
      userId: USER,
      seats: [seat],
      purpose: 'hold',
      limited: false,
    };
    return { id: commands, command: { type: 'reservation.reserve', ...wish } };
  };
  const turn = (/** @type {object[]} */ requests) => {
    shard.receive(0, requests);
    shard.endTurn();
    shard.committed({ turn: staged, sequence: staged });
  };
  return {
    run(operations) {
      for (let from = 0; from < operations.length; from += BATCH) {
        const requests = [];
        for (const operation of operations.subarray(from, from + BATCH)) {
          const seat = seatOf(operation);
          requests.push(commandOf(seat, kindOf(operation)));
          if (KINDS[kindOf(operation)] === 'release') delete holders[seat];
        }
        turn(requests);
      }
      return accepted;
    },
    hold(first, count) {
      for (let seat = first; seat < first + count; seat += 1) turn([commandOf(seat, 0)]);
      holders.length = 0; // the bench's own, not the shard's
    },
  };
}

/** @param {any} shard @param {number} seats */
function restore(shard, seats) {
  const { plan } = planFromRequest({ totalSeats: seats });
  const none = new Uint32Array(0);
  const event = {
    id: EVENT,
    name: 'Bench',
    status: 'on_sale',
    currency: 'EUR',
    holdMs: HOLD_MS,
    maxSeatsPerUser: null,
    preventOrphans: false,
    plan,
    createdAt: 1,
    updatedAt: 1,
    version: 1,
  };
  shard.restore({ type: 'event', event, booked: none, blocked: none });
}
