/** Rows of seats, changed behind the store's back. */
import { BLOCK_SEATS, blockStart, SeatBlock } from '../../../src/store/seat-block.js';
import type { SeatHolding } from '../../../src/store/seat-holding.js';
import type { StoreTables } from '../../../src/store/tables.js';
import { HALL } from './ledger.js';

/** The hall's seats that are in rows, ascending. */
export function seatsInRows(seats: StoreTables['seats']): number[] {
  return Array.from(seats.range({}), ({ value }) => [...value.held()].map(([seat]) => seat)).flat();
}

/** Writes into the row of a seat of the hall that the seat is held so; null: that it is available. */
export function putSeat(
  seats: StoreTables['seats'],
  seat: number,
  holding: SeatHolding | null,
): void {
  const start = blockStart(seat);
  const block = seats.get([HALL, start]) ?? new SeatBlock(start);
  block.set(seat, holding);
  if (block.heldCount > 0) seats.put([HALL, start], block);
  else seats.remove([HALL, start]);
}

/** A seat of the hall whose row is none of the others': `place` is 0, 1, 2 or 3. */
export function seatOfRow(place: number): number {
  return place * BLOCK_SEATS + 1;
}
