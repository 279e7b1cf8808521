/** Holdfast's seats as its shard moves them: a byte each in a column, and actors that take turns in being the seats in play. */
import { KINDS, kindOf, seatOf } from './seat-operations.mjs';

const { SeatActors } = await import('../../dist/shard/seat-actors.js');
const { nextSeatState } = await import('../../dist/domain/seat-table.js');
const { SHARD_LIMITS } = await import('../../dist/limits.js');

const EVENTS = KINDS.map((kind) => `seat.${kind}`);

/** @param {number} seats @returns {import('./run-subject.mjs').Subject} */
export function start(seats) {
  const actors = new SeatActors(SHARD_LIMITS.seatActorsMax);
  const column = { base: 0, states: new Uint8Array(seats + 1) };
  return {
    run(operations) {
      let accepted = 0;
      for (const operation of operations) {
        const seat = seatOf(operation);
        const event = EVENTS[kindOf(operation)];
        // Validation never mutates: whatever the table does not know is refused before an actor is woken.
        if (nextSeatState(column.states[seat], event) === undefined) continue;
        actors.send(column, seat, event);
        accepted += 1;
      }
      return accepted;
    },
    hold(first, count) {
      for (let seat = first; seat < first + count; seat += 1) actors.send(column, seat, EVENTS[0]);
    },
  };
}
