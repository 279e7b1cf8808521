/**
 * How a plan's seats are grouped for ownership: blocks of whole rows, near 64 seats each, in seat
 * order.
 *
 * 1. A row of a `rows` section is never cut: a party in one row has one owner.
 * 2. A `general` or `numbered` row is cut into chunks of exactly 64 (the last one shorter).
 * 3. A block never spans two sections.
 * 4. The grouping depends on the sizes of rows alone and is stable for ever: home keys on disk were
 *    made with it.
 */
import type { PlanSpec } from './plan-spec.js';

/**
 * DESIGN, "Ownership": small enough to spread a hot event over all shards, large enough for a
 * party.
 */
export const BLOCK_SEATS = 64;

export interface SeatBlocks {
  readonly blockCount: number;
  /** For each row, in seat order, the index of the block that its first seat is in. */
  readonly firstBlockOfRow: Uint32Array;
}

/** @param rowCount rows of all sections together. */
export function groupSeats(spec: PlanSpec, rowCount: number): SeatBlocks {
  const firstBlockOfRow = new Uint32Array(rowCount);
  let blockCount = 0;
  let rowIndex = 0;
  for (const section of spec.sections) {
    let seatsInBlock = 0;
    for (const row of section.rows) {
      if (section.kind !== 'rows') {
        firstBlockOfRow[rowIndex] = blockCount;
        blockCount += Math.ceil(row.count / BLOCK_SEATS);
      } else if (seatsInBlock > 0 && isNearer(seatsInBlock, row.count)) {
        firstBlockOfRow[rowIndex] = blockCount - 1;
        seatsInBlock += row.count;
      } else {
        firstBlockOfRow[rowIndex] = blockCount;
        blockCount += 1;
        seatsInBlock = row.count;
      }
      rowIndex += 1;
    }
  }
  return { blockCount, firstBlockOfRow };
}

/**
 * Whether a block of `seatsInBlock` comes nearer to 64 seats by taking in a row of `rowSeats` more.
 */
function isNearer(seatsInBlock: number, rowSeats: number): boolean {
  return Math.abs(seatsInBlock + rowSeats - BLOCK_SEATS) < Math.abs(seatsInBlock - BLOCK_SEATS);
}
