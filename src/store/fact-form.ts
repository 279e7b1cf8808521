/**
 * How a row of facts is spelled: `[[sequence, …fact], …]`. A reservation's fact is its columns in order, without the event,
 * which is in the row's key: field names would be most of its bytes. Facts of other types, which are rare, are as they are.
 */
import { type Fact, isReservationFact, type ReservationFact } from '../domain/facts.js';
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import { present } from '../lib/assert.js';
import type { EpochMs } from '../lib/clock.js';
import type { PayloadForm } from './record-table.js';
import type { FactRow } from './tables.js';

/** Letters are for ever; a new type takes a new one. */
const LETTERS = {
  'reservation.reserved': 'r',
  'reservation.extended': 'x',
  'reservation.confirmed': 'b',
  'reservation.cancelled': 'c',
  'reservation.expired': 'e',
  'reservation.refunded': 'f',
  'reservation.released': 'l',
} as const satisfies Record<ReservationFact['type'], string>;

type Letter = (typeof LETTERS)[ReservationFact['type']];

const TYPES = Object.fromEntries(
  Object.entries(LETTERS).map(([type, letter]) => [letter, type]),
) as Readonly<Record<Letter, ReservationFact['type']>>;

type Columns = readonly [
  sequence: number,
  type: Letter,
  at: EpochMs,
  reservationId: ReservationId,
  userId: UserId,
  seats: readonly SeatNumber[],
  /** Of a hold and its extension. */
  expiresAt?: EpochMs,
  /** Of a hold. */
  holdMs?: number,
];

type Spelled = Columns | readonly [sequence: number, fact: Fact];

export const factRowForm: PayloadForm<readonly [EventId, number], FactRow> = {
  print: (row) => JSON.stringify(row.map(([sequence, fact]) => spelled(sequence, fact))),
  // Printed by the line above.
  parse: (payload, [eventId]) =>
    (JSON.parse(payload.toString()) as readonly Spelled[]).map((each) => read(each, eventId)),
};

function spelled(sequence: number, fact: Fact): Spelled {
  if (!isReservationFact(fact)) return [sequence, fact];
  const { type, at, reservationId, userId, seats } = fact;
  const letter = LETTERS[type];
  switch (type) {
    case 'reservation.reserved':
      return [sequence, letter, at, reservationId, userId, seats, fact.expiresAt, fact.holdMs];
    case 'reservation.extended':
      return [sequence, letter, at, reservationId, userId, seats, fact.expiresAt];
    default:
      return [sequence, letter, at, reservationId, userId, seats];
  }
}

function read(each: Spelled, eventId: EventId): FactRow[number] {
  if (each.length === 2) return each;
  const [sequence, letter, at, reservationId, userId, seats, expiresAt, holdMs] = each;
  const type = TYPES[letter];
  const about = { eventId, at, reservationId, userId, seats };
  switch (type) {
    case 'reservation.reserved': {
      const hold = {
        expiresAt: present(expiresAt, 'expiresAt'),
        holdMs: present(holdMs, 'holdMs'),
      };
      return [sequence, { type, ...about, ...hold }];
    }
    case 'reservation.extended':
      return [sequence, { type, ...about, expiresAt: present(expiresAt, 'expiresAt') }];
    default:
      return [sequence, { type, ...about }];
  }
}
