/** An event's facts as CSV, for spreadsheets: the log's other form, and what `holdfast export` writes. */
import { stringify } from 'csv-stringify/sync';
import { isEventFact, isReservationFact, type NumberedFact } from '../domain/facts.js';
import type { SeatNumber } from '../domain/ids.js';
import { rfc3339 } from './rfc3339.js';

const COLUMNS = [
  'sequence',
  'at',
  'type',
  'reservationId',
  'userId',
  'seats',
  'expiresAt',
  'reason',
] as const;

type Line = Partial<Record<(typeof COLUMNS)[number], string | number>>;

export interface CsvOptions {
  /** Names seats by their labels; left out: by their numbers. */
  readonly labelOf?: (seat: SeatNumber) => string;
  /** The line of column names; false for every page after the first. */
  readonly header?: boolean;
}

/**
 * The facts as lines, each with its end. Cells that a spreadsheet would take for a formula are
 * quoted by `'`.
 */
export function factsToCsv(facts: Iterable<NumberedFact>, options: CsvOptions = {}): string {
  const { labelOf = String, header = true } = options;
  const lines = Array.from(facts, (numbered) => lineOf(numbered, labelOf));
  return stringify(lines, { header, columns: [...COLUMNS], escape_formulas: true });
}

function lineOf({ sequence, fact }: NumberedFact, labelOf: (seat: SeatNumber) => string): Line {
  const line: Line = { sequence, at: rfc3339(fact.at), type: fact.type };
  if (isEventFact(fact)) return line;
  line.seats = fact.seats.map(labelOf).join(' ');
  if (isReservationFact(fact)) {
    line.reservationId = fact.reservationId;
    line.userId = fact.userId;
    if ('expiresAt' in fact) line.expiresAt = rfc3339(fact.expiresAt);
  } else if (fact.type === 'seats.blocked') {
    line.reservationId = fact.blockId;
    if (fact.reason !== undefined) line.reason = fact.reason;
  }
  return line;
}
