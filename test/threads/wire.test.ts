/** What arrives is what was sent: each form against a structured clone of any message there can be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/domain/commands.js';
import { evolveReservation } from '../../src/domain/reservation.js';
import type { ShardAnswer, SnapshotPart, StagedEntry } from '../../src/shard/ports.js';
import { answerForm } from '../../src/threads/wire/answer-wire.js';
import { entryForm } from '../../src/threads/wire/entry-wire.js';
import { factForm } from '../../src/threads/wire/fact-wire.js';
import { requestForm } from '../../src/threads/wire/request-wire.js';
import { snapshotForm } from '../../src/threads/wire/snapshot-wire.js';
import { fromWire, toWire, type WireForm } from '../../src/threads/wire/wire.js';
import { eventRecord } from '../store/support/ledger.js';
import {
  event,
  fact,
  holdMs,
  record,
  reservation,
  reserved,
  seats,
  user,
} from '../support/arbitrary-facts.js';

const mark = fc.record({ key: fc.string(), fingerprint: fc.string(), requestId: fc.string() });
const marked = { idempotency: mark };

const remembered = {
  remember: fc.record({ ...markKeys(), outcome: fc.constant({ ok: true, value: null }) }),
};
const entry = fc.oneof(
  reserved.map((made) => ({ facts: [made], records: [evolveReservation(undefined, made)] })),
  fc
    .record({
      facts: fc.array(fact, { maxLength: 3 }),
      records: fc.array(record, { maxLength: 2 }),
    })
    .filter(({ facts }) => facts.length !== 1 || facts[0]?.type !== 'reservation.reserved'),
  fc.record({ facts: fc.constant([]), records: fc.constant([]), ...remembered }),
) as fc.Arbitrary<StagedEntry>;

function markKeys() {
  return { key: fc.string(), fingerprint: fc.string(), requestId: fc.string() };
}

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record(
    {
      type: fc.constant('reservation.reserve' as const),
      reservationId: reservation,
      eventId: event,
      userId: user,
      seats,
      purpose: fc.constantFrom('hold' as const, 'book' as const),
      limited: fc.boolean(),
      holdMs,
      ...marked,
    },
    {
      requiredKeys: ['type', 'reservationId', 'eventId', 'userId', 'seats', 'purpose', 'limited'],
    },
  ),
  fc.record(
    {
      type: fc.constantFrom(
        'reservation.confirm' as const,
        'reservation.cancel' as const,
        'reservation.extend' as const,
      ),
      reservationId: reservation,
      userId: user,
      ...marked,
    },
    { requiredKeys: ['type', 'reservationId', 'userId'] },
  ),
  fc.record({ type: fc.constant('event.refresh' as const), eventId: event }),
);

const outcome: fc.Arbitrary<ShardAnswer['outcome']> = fc.oneof(
  record.map((value) => ({ ok: true as const, value })),
  seats.map((value) => ({ ok: true as const, value })),
  fc.constant({ ok: true as const, value: null }),
  fc.constant({ ok: false as const, undecided: 'overloaded' as const }),
);

const columns = fc.uint32Array({ maxLength: 5 });
const part: fc.Arbitrary<SnapshotPart> = fc.oneof(
  fc.record({
    type: fc.constant('event' as const),
    event: event.map((id) => eventRecord(id)),
    booked: columns,
    blocked: columns,
  }),
  fc.record({
    type: fc.constant('holds' as const),
    eventId: event,
    holds: fc.array(record, { maxLength: 5 }),
  }),
);

describe('the forms of what crosses between threads', () => {
  it('brings facts across', () => crosses(factForm, fact));
  it('brings entries across', () => crosses(entryForm, entry));
  it('brings requests across', () => crosses(requestForm, fc.record({ id: fc.nat(), command })));
  it('brings answers across', () =>
    crosses(answerForm, fc.record({ id: fc.nat(), sequence: fc.nat(), outcome })));
  it('brings snapshots across', () => crosses(snapshotForm, part));
});

function crosses<T>(form: WireForm<T>, value: fc.Arbitrary<T>): void {
  const many = fc.array(value, { maxLength: 5 });
  fc.assert(
    fc.property(many, (values) => {
      const arrived = fromWire(form, structuredClone(toWire(form, values)));
      expect(arrived).toStrictEqual(structuredClone(values)); // fast-check makes objects without prototypes
    }),
  );
}
