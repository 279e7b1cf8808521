/** The seat machine as XState's manual would have it: an actor a seat, made beforehand, with the hold's delay on XState's own timers. */
import { createActor } from 'xstate';
import { KINDS, kindOf, seatOf } from './seat-operations.mjs';

const { seatMachine } = await import('../../dist/domain/seat-machine.js');

const MESSAGES = KINDS.map((kind) => ({ type: `seat.${kind}` }));
const HOLD_MS = 7_200_000;

/** @param {number} seats @returns {import('./run-subject.mjs').Subject} */
export function start(seats) {
  const actors = Array.from({ length: seats + 1 }, () =>
    createActor(seatMachine, { input: { holdMs: HOLD_MS } }).start(),
  );
  return {
    run(operations) {
      let accepted = 0;
      for (const operation of operations) {
        const actor = actors[seatOf(operation)];
        const before = actor?.getSnapshot().value;
        actor?.send(MESSAGES[kindOf(operation)]);
        if (actor?.getSnapshot().value !== before) accepted += 1;
      }
      return accepted;
    },
    hold(first, count) {
      for (let seat = first; seat < first + count; seat += 1) actors[seat]?.send(MESSAGES[0]);
    },
  };
}
