import { expect, it } from 'vitest';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import { Allowances, allowanceKey } from '../../src/shard/allowances.js';

const KEY = allowanceKey(eventId('show'), userId('ann'));
const RESERVATION = reservationId('rsv_1');
const NONE = new Set<never>();

it('a grant that is settled while the store is read counts until the reading was used', () => {
  const allowances = new Allowances();
  allowances.grant(KEY, RESERVATION, 3);
  allowances.beginReading(KEY);
  allowances.settle(RESERVATION); // on disk, and perhaps after the reading
  expect(allowances.grantedBeside(KEY, NONE)).toBe(3);
  expect(allowances.grantedBeside(KEY, new Set([RESERVATION]))).toBe(0);
  allowances.endReading(KEY);
  expect(allowances.grantedBeside(KEY, NONE)).toBe(0);
});

it('a grant that is settled while nothing is read counts no longer', () => {
  const allowances = new Allowances();
  allowances.grant(KEY, RESERVATION, 3);
  expect(allowances.grantedBeside(KEY, NONE)).toBe(3);
  allowances.settle(RESERVATION);
  expect(allowances.grantedBeside(KEY, NONE)).toBe(0);
});
