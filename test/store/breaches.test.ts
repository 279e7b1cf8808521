/** Every way in which a store can break its promises is found, and told in a sentence. */
import { expect, test } from 'vitest';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import { SeatBlock } from '../../src/store/seat-block.js';
import { openTables, type StoreTables } from '../../src/store/tables.js';
import { userRowKey } from '../../src/store/user-rows.js';
import { verifyRows } from '../../src/store/verify.js';
import { HALL, NOON } from './support/ledger.js';
import { putSeat } from './support/seat-row.js';
import { type SoundHall, soundHall } from './support/sound-hall.js';

type Damage = (tables: StoreTables, hall: SoundHall) => void;

async function breachesAfter(damage: Damage): Promise<readonly string[]> {
  const hall = await soundHall();
  const tables = openTables(hall.ledger.rows);
  hall.ledger.rows.transaction(() => damage(tables, hall));
  const { breaches, breachCount } = verifyRows(hall.ledger.rows);
  expect(breachCount).toBe(breaches.length);
  return breaches.map((breach) =>
    [hall.held, hall.booked, hall.gone].reduce(
      (text, { reservationId: id }, index) => text.replaceAll(id, `rsv_${index}`),
      breach,
    ),
  );
}

const cases: Record<string, { damage: Damage; breaches: (string | RegExp)[] }> = {
  'a seat row that is gone': {
    damage: ({ seats }) => putSeat(seats, 2, null),
    breaches: [
      'event hall: its seat 2 has no row; by its facts it is reserved by rsv_0 (I6)',
      'rsv_0 is reserved; its seat 2 of hall is available by its row (I4)',
    ],
  },
  'a seat row too many': {
    damage: ({ seats }, { held }) =>
      putSeat(seats, 5, { state: 'reserved', holder: held.reservationId }),
    breaches: [
      'event hall: its seat 5 is reserved by rsv_0 by its row, available by its facts (I6)',
    ],
  },
  'a seat row of another holder': {
    damage: ({ seats }, { held }) =>
      putSeat(seats, 3, { state: 'booked', holder: held.reservationId }),
    breaches: [
      'event hall: its seat 3 is booked by rsv_0 by its row, booked by rsv_1 by its facts (I6)',
      'rsv_1 is confirmed; its seat 3 of hall is booked by rsv_0 by its row (I4)',
    ],
  },
  'a seat row of another state': {
    damage: ({ seats }, { held }) =>
      putSeat(seats, 1, { state: 'booked', holder: held.reservationId }),
    breaches: [
      'event hall: its seat 1 is booked by rsv_0 by its row, reserved by rsv_0 by its facts (I6)',
      'rsv_0 is reserved; its seat 1 of hall is booked by rsv_0 by its row (I4)',
    ],
  },
  'a seat row outside the plan': {
    damage: ({ seats }, { held }) =>
      putSeat(seats, 101, { state: 'reserved', holder: held.reservationId }),
    breaches: [
      'event hall: it has a row for seat 101, which is not in its plan',
      /its seat 101 is reserved/,
    ],
  },
  'a row of seats between blocks': {
    damage: ({ seats }, { held }) => {
      const block = new SeatBlock(40);
      block.set(41, { state: 'reserved', holder: held.reservationId });
      seats.put([HALL, 40], block);
    },
    breaches: [
      'event hall: it has a row at seat 40, between blocks',
      /its seat 41 is reserved by rsv_0 by its row, available/,
    ],
  },
  'a record of another status': {
    damage: ({ reservations }, { ledger, booked }) => {
      const record = ledger.record(booked.reservationId);
      reservations.put([record.id], { ...record, status: 'reserved' });
    },
    breaches: [
      'event hall: its reservation rsv_1 is kept as reserved, which is not what its facts say: confirmed (I6)',
      'rsv_1 is reserved; its seat 3 of hall is booked by rsv_1 by its row (I4)',
    ],
  },
  'a record that ended otherwise': {
    damage: ({ reservations }, { ledger, gone }) => {
      const record = ledger.record(gone.reservationId);
      reservations.put([record.id], { ...record, cancelledAt: NOON + 1 });
    },
    breaches: [
      'event hall: its reservation rsv_2 is kept as cancelled, which is not what its facts say: cancelled (I6)',
    ],
  },
  'a record that is gone': {
    damage: ({ reservations }, { held }) => reservations.remove([held.reservationId]),
    breaches: [
      'event hall: its reservation rsv_0 is not kept, which is not what its facts say: reserved (I6)',
      'the facts of hall made 3 reservations; 2 are kept (I6)',
      'the reservations of user ann list rsv_0, which is not theirs',
    ],
  },
  'a record too many': {
    damage: ({ reservations }, { ledger, held }) => {
      const id = reservationId('rsv_x');
      reservations.put([id], {
        ...ledger.record(held.reservationId),
        id,
        seats: [],
        userId: userId('x'),
      });
    },
    breaches: [
      'the reservations of user x lack rsv_x',
      'rsv_x is reserved and has no seat',
      'the facts of hall made 3 reservations; 4 are kept (I6)',
    ],
  },
  'an event record that no fact made': {
    damage: ({ events }) => {
      const [event] = events.range({});
      if (event !== undefined) events.put([HALL], { ...event.value, name: 'Another' });
    },
    breaches: ['event hall: its record is not what its facts say'],
  },
  'an event that is gone': {
    damage: ({ events }) => events.remove([HALL]),
    breaches: [
      ...[1, 2, 3, 4, 5, 6, 7].map((sequence) => `no fact has the sequence ${sequence}`),
      ...[1, 2, 5, 7].map(
        (sequence) => `facts has a row ["hall",${sequence}] of an event that is not there`,
      ),
      'seats has a row ["hall",0] of an event that is not there',
      'totals has a row ["hall"] of an event that is not there',
      `minutes has a row ["hall",${NOON}] of an event that is not there`,
      'the facts of hall made 0 reservations; 3 are kept (I6)',
    ],
  },
  'a fact that is gone': {
    damage: ({ facts }) => facts.remove([HALL, 7]),
    breaches: [
      /^event hall: its seat 9 is blocked by blk_\w+ by its row, available by its facts/,
      'no fact has the sequence 7',
    ],
  },
  'a fact numbered twice': {
    damage: ({ facts, meta }) => {
      const row = facts.get([HALL, 7]) ?? [];
      facts.put(
        [HALL, 7],
        row.map(([, fact]) => [6, fact] as const),
      );
      meta.put(['sequence'], 6);
    },
    breaches: ['event hall: its fact 6 is numbered wrong or twice'],
  },
  'a fact above the last sequence': {
    damage: ({ meta }) => meta.put(['sequence'], 6),
    breaches: ['event hall: its fact 7 is numbered wrong or twice'],
  },
  'a fact of another event': {
    damage: ({ facts }) => {
      const row = facts.get([HALL, 1]) ?? [];
      facts.put(
        [HALL, 1],
        row.map(([at, fact]) => [at, { ...fact, eventId: eventId('x') }] as const),
      );
    },
    breaches: ['event hall: its fact 1 is of x'],
  },
  'two live reservations of one seat': {
    damage: ({ facts }, { ledger }) => {
      const again = ledger.reserved([1], { user: 'bob' });
      facts.put([HALL, 7], [[7, again]]);
    },
    breaches: [
      'event hall: reservation.reserved takes its seat 1 for available; it was reserved by rsv_0 (I2)',
      /its seat 1 is reserved by rsv_0 by its row, reserved by rsv_\w+ by its facts/,
      /its seat 9 is blocked by/,
      /its reservation rsv_\w+ is not kept/,
      'event hall: its totals are not what its facts add up to',
      'the facts of hall made 4 reservations; 3 are kept (I6)',
    ],
  },
  'a fact that cannot have happened': {
    damage: ({ facts }, { ledger, held }) =>
      facts.put([HALL, 7], [[7, { ...ledger.next('refunded', held) }]]),
    breaches: [
      'event hall: its fact 7 (reservation.refunded) cannot have happened: absent: reservation.refund of a reserved reservation',
      /its seat 9 is blocked by/,
    ],
  },
  'totals that are wrong': {
    damage: ({ totals }) => {
      const kept = totals.get([HALL]);
      if (kept === undefined) throw new Error('there are totals');
      totals.put([HALL], { ...kept, sales: [['Dear', 2, 18_000]] });
    },
    breaches: ['event hall: its totals are not what its facts add up to'],
  },
  'a minute that is wrong': {
    damage: ({ minutes }) => minutes.put([HALL, NOON], [2, 9000]),
    breaches: ['event hall: its sales by minute are not what its facts add up to'],
  },
  'a user who lacks a reservation': {
    damage: ({ byUser }, { booked }) =>
      byUser.remove(userRowKey(userId('bob'), booked.reservationId)),
    breaches: ['the reservations of user bob lack rsv_1'],
  },
  'a user with a reservation too many': {
    damage: ({ byUser }, { held }) =>
      byUser.put(userRowKey(userId('bob'), held.reservationId), HALL),
    breaches: ['the reservations of user bob list rsv_0, which is not theirs'],
  },
  'a user whose reservation is not where it is looked for': {
    damage: ({ byUser }, { booked }) => {
      const [hash, user, id] = userRowKey(userId('bob'), booked.reservationId);
      byUser.put([hash + 1, user, id], HALL);
    },
    breaches: ['the reservations of user bob list rsv_1, which is not theirs'],
  },
  'a key that would be kept for ever': {
    damage: ({ idempotencyAges }) => idempotencyAges.remove([NOON, 'k']),
    breaches: ['the idempotency key "k" is not listed by its age'],
  },
};

test.each(Object.entries(cases))('%s is found', async (_, { damage, breaches }) => {
  const found = await breachesAfter(damage);
  expect(found).toHaveLength(breaches.length);
  for (const [index, breach] of breaches.entries()) expect(found[index]).toMatch(breach);
});
