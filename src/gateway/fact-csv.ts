/**
 * Facts as CSV, for spreadsheets: line for line what `holdfast export` writes, which a test holds
 * the two to. That one is the store's, which the gateway does not know.
 */
import { stringify } from 'csv-stringify/sync';
import type { NumberedFact } from '../domain/facts.js';
import type { VenuePlan } from '../domain/venue-plan.js';
import { factJson } from './fact-json.js';

const COLUMNS = [
  'sequence',
  'at',
  'type',
  'reservationId',
  'userId',
  'seats',
  'expiresAt',
  'reason',
];

/** One line a fact, under a line of column names. `seats` are labels with spaces between. */
export function factCsv(facts: readonly NumberedFact[], plan: VenuePlan): string {
  const lines = facts.map((numbered) => {
    const { seatIds, ...json } = factJson(numbered, plan);
    const { fact } = numbered;
    const block = fact.type === 'seats.blocked' ? { reservationId: fact.blockId } : {};
    return { ...json, ...block, seats: seatIds?.join(' ') };
  });
  // A user may be called `=HYPERLINK(…)`: spreadsheets are not to compute it.
  return stringify(lines, { header: true, columns: COLUMNS, escape_formulas: true });
}
