/** What arrives is what was sent: each form against a structured clone of any message there can be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/domain/commands.js';
import type { Fact } from '../../src/domain/facts.js';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import {
  evolveReservation,
  RESERVATION_STATUSES,
  type ReservationRecord,
} from '../../src/domain/reservation.js';
import type { ShardAnswer, StagedEntry } from '../../src/shard/ports.js';
import { answerForm } from '../../src/threads/wire/answer-wire.js';
import { entryForm } from '../../src/threads/wire/entry-wire.js';
import { factForm } from '../../src/threads/wire/fact-wire.js';
import { requestForm } from '../../src/threads/wire/request-wire.js';
import { fromWire, toWire, type WireForm } from '../../src/threads/wire/wire.js';

const time = fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 });
const holdMs = fc.integer({ min: 1, max: 7_200_000 });
const event = fc.constantFrom('gala', 'matinée', '').map(eventId);
const reservation = fc.string({ minLength: 1, maxLength: 8 }).map(reservationId);
const user = fc.string({ maxLength: 8, unit: 'grapheme' }).map(userId);
const seats = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), {
  minLength: 1,
  maxLength: 4,
});
const mark = fc.record({ key: fc.string(), fingerprint: fc.string(), requestId: fc.string() });
const marked = { idempotency: mark };

const about = { eventId: event, at: time, reservationId: reservation, userId: user, seats };
const reserved = fc.record({
  type: fc.constant('reservation.reserved' as const),
  ...about,
  expiresAt: time,
  holdMs,
});
const fact: fc.Arbitrary<Fact> = fc.oneof(
  reserved,
  fc.record({ type: fc.constant('reservation.extended' as const), ...about, expiresAt: time }),
  fc.record({
    type: fc.constantFrom(
      'reservation.confirmed' as const,
      'reservation.cancelled' as const,
      'reservation.expired' as const,
      'reservation.refunded' as const,
      'reservation.released' as const,
    ),
    ...about,
  }),
  fc.record({ type: fc.constant('seats.unblocked' as const), eventId: event, at: time, seats }),
);

const record: fc.Arbitrary<ReservationRecord> = fc
  .record(
    {
      id: reservation,
      eventId: event,
      userId: user,
      seats,
      status: fc.constantFrom(...RESERVATION_STATUSES),
      createdAt: time,
      expiresAt: time,
      holdMs,
      extensions: fc.nat(2),
      confirmedAt: time,
      cancelledAt: time,
      expiredAt: time,
      refundedAt: time,
    },
    {
      requiredKeys: [
        'id',
        'eventId',
        'userId',
        'seats',
        'status',
        'createdAt',
        'expiresAt',
        'holdMs',
        'extensions',
      ],
    },
  )
  .map((any) => (any.status === 'reserved' ? withoutMoments(any) : any));

/** No live hold has any. */
function withoutMoments(any: ReservationRecord): ReservationRecord {
  const { id, eventId, userId, seats, status, createdAt, expiresAt, holdMs, extensions } = any;
  return { id, eventId, userId, seats, status, createdAt, expiresAt, holdMs, extensions };
}

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

describe('the forms of what crosses between threads', () => {
  it('brings facts across', () => crosses(factForm, fact));
  it('brings entries across', () => crosses(entryForm, entry));
  it('brings requests across', () => crosses(requestForm, fc.record({ id: fc.nat(), command })));
  it('brings answers across', () =>
    crosses(answerForm, fc.record({ id: fc.nat(), sequence: fc.nat(), outcome })));
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
