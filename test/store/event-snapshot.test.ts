import { expect, test } from 'vitest';
import { eventId } from '../../src/domain/ids.js';
import { present } from '../../src/lib/assert.js';
import { wholeEvents } from './support/hall.js';
import { eventRecord, Ledger } from './support/ledger.js';

const SEATS = 10_000;
const ARENA = eventId('arena');

/** A hold on every seat; of the first and the last it is the same one. */
function fullArena(): Ledger {
  const ledger = new Ledger();
  ledger.commit([ledger.created(eventRecord(ARENA, SEATS))]);
  const both = [ledger.reserved([1, SEATS], { event: ARENA })];
  const between = Array.from({ length: SEATS - 2 }, (_, index) => [
    ledger.reserved([index + 2], { event: ARENA }),
  ]);
  ledger.commit(both, ...between);
  return ledger;
}

test('a snapshot comes in parts that are not long, and has every hold once', () => {
  const { store, records } = fullArena();
  const lengths = Array.from(store.snapshot(), (part) =>
    part.type === 'holds' ? part.holds.length : 0,
  );
  expect(lengths).toEqual([0, 4_096, 4_096, SEATS - 1 - 2 * 4_096]);
  const [arena] = wholeEvents(store);
  const { event, reserved } = present(arena, 'the arena');
  expect(event.id).toBe(ARENA);
  expect(reserved).toEqual([...records.values()]);
});
