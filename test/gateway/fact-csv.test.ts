import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/facts.js';
import { reservationId, userId } from '../../src/domain/ids.js';
import { factsToCsv } from '../../src/gateway/fact-csv.js';
import { eventRecord, HALL, NOON } from '../store/support/ledger.js';

const at = NOON + 7;
const RSV = reservationId('rsv_1');
const base = { eventId: HALL, at };
const reserved: Fact = {
  ...base,
  type: 'reservation.reserved',
  reservationId: RSV,
  userId: userId('ann, "the" 1st'),
  seats: [1, 2],
  expiresAt: NOON + 300_007,
  holdMs: 300_000,
};
const HEADER = 'sequence,at,type,reservationId,userId,seats,expiresAt,reason';

function lines(facts: readonly Fact[], labelOf?: (seat: number) => string): string[] {
  const numbered = facts.map((fact, index) => ({ sequence: index + 1, fact }));
  const csv = factsToCsv(numbered, labelOf === undefined ? {} : { labelOf });
  return csv.split('\n');
}

test('a fact is a line; commas and quotes are quoted', () => {
  expect(lines([reserved])).toEqual([
    HEADER,
    '1,2027-01-15T08:00:00.007Z,reservation.reserved,rsv_1,"ann, ""the"" 1st",1 2,2027-01-15T08:05:00.007Z,',
    '',
  ]);
});

test('seats go by their labels where they are known', () => {
  const csv = lines([reserved], (seat) => `A${seat}`);
  expect(csv[1]).toContain(',A1 A2,');
});

test('every kind of fact has what it knows', () => {
  const facts: Fact[] = [
    { ...base, type: 'event.created', event: eventRecord() },
    {
      ...base,
      type: 'seats.blocked',
      blockId: reservationId('blk_1'),
      seats: [9],
      reason: 'house',
    },
    { ...base, type: 'seats.unblocked', seats: [9] },
    {
      ...base,
      type: 'reservation.cancelled',
      reservationId: RSV,
      userId: userId('bob'),
      seats: [3],
    },
  ];
  expect(lines(facts).slice(1, -1)).toEqual([
    '1,2027-01-15T08:00:00.007Z,event.created,,,,,',
    '2,2027-01-15T08:00:00.007Z,seats.blocked,blk_1,,9,,house',
    '3,2027-01-15T08:00:00.007Z,seats.unblocked,,,9,,',
    '4,2027-01-15T08:00:00.007Z,reservation.cancelled,rsv_1,bob,3,,',
  ]);
});

test('no cell is a formula', () => {
  for (const evil of ['=cmd()', '+1', '-1', '@x', '\t=1', '\r=1']) {
    const csv = factsToCsv(
      [
        { sequence: 1, fact: { ...reserved, userId: userId(evil) } },
        {
          sequence: 2,
          fact: { ...base, type: 'seats.blocked', blockId: RSV, seats: [1], reason: evil },
        },
      ],
      { labelOf: () => evil },
    );
    expect(csv.match(/(^|[,"\n])[=+\-@\t\r]/)).toBeNull();
    expect(csv.split(`'${evil}`)).toHaveLength(5);
  }
});

test('pages after the first have no header', () => {
  expect(factsToCsv([], { header: false })).toBe('');
  expect(factsToCsv([])).toBe(`${HEADER}\n`);
  expect(factsToCsv([{ sequence: 8, fact: reserved }], { header: false })).toMatch(/^8,/);
});
