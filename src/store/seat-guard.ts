/**
 * The store's own watch over I2: a fact moves seats only where they are what it takes them for. A
 * breach trips an AssertionFailure, which aborts the commit: what the shards believe and what is
 * stored no longer agree.
 */
import { type Fact, isEventFact } from '../domain/facts.js';
import { AssertionFailure } from '../lib/assert.js';
import { expectationOf, holdingAfter, isExpected, nameOf } from './seat-holding.js';
import type { SeatRows } from './seat-rows.js';

/** Moves the seats of one command's facts, in their order. */
export function moveSeats(rows: SeatRows, facts: readonly Fact[]): void {
  for (const fact of facts) {
    if (isEventFact(fact)) continue;
    const after = holdingAfter(fact);
    for (const seat of fact.seats) {
      const before = rows.get(fact.eventId, seat);
      if (!isExpected(fact, before)) {
        const what = `seat ${seat} of ${fact.eventId} is ${nameOf(before)}`;
        throw new AssertionFailure(`I2: ${what}; ${fact.type} takes it for ${expectationOf(fact)}`);
      }
      if (fact.type !== 'reservation.extended') rows.set(fact.eventId, seat, after);
    }
  }
}
