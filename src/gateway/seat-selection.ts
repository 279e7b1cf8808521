/** Which seats of an event a seat list shows. */

import type { SeatNumber } from '../domain/ids.js';
import { SEAT_CODE, type SeatStatus } from '../domain/seat-status.js';
import type { PlanRow, VenuePlan } from '../domain/venue-plan.js';

/** Every filter that is present must be met; a name that no seat has leaves none. */
export interface SeatFilter {
  /** The first seat that is looked at. */
  readonly from?: SeatNumber | undefined;
  /** Seats shown at most. */
  readonly limit?: number | undefined;
  readonly status?: SeatStatus | undefined;
  readonly section?: string | undefined;
  readonly category?: string | undefined;
}

/** @returns a byte a seat, at its number: 1 is shown, 0 is not. */
export function selectSeats(
  plan: VenuePlan,
  filter: SeatFilter,
  codeAt: (seat: SeatNumber) => number,
): Uint8Array {
  const { from = 1, limit = plan.totalSeats, status } = filter;
  const chosen = placedSeats(plan, filter);
  const wanted = status === undefined ? undefined : SEAT_CODE[status];
  let room = limit;
  for (let seat = 1; seat <= plan.totalSeats; seat += 1) {
    if (chosen[seat] === 0) continue;
    const isShown = seat >= from && room > 0 && (wanted === undefined || codeAt(seat) === wanted);
    if (isShown) room -= 1;
    else chosen[seat] = 0;
  }
  return chosen;
}

/** The seats that stand where the filter says, whatever their status. */
function placedSeats(plan: VenuePlan, filter: SeatFilter): Uint8Array {
  const { section, category } = filter;
  const chosen = new Uint8Array(plan.totalSeats + 1);
  if (section === undefined && category === undefined) return chosen.fill(1, 1);
  for (const planRow of plan.rows()) {
    if (section !== undefined && planRow.section.name !== section) continue;
    if (category === undefined) {
      chosen.fill(1, planRow.row.first, planRow.row.first + planRow.row.count);
    } else chooseCategory(plan, planRow, category, chosen);
  }
  return chosen;
}

function chooseCategory(
  plan: VenuePlan,
  planRow: PlanRow,
  category: string,
  chosen: Uint8Array,
): void {
  const { first, count, categories } = planRow.row;
  const isCategory = (index: number | undefined): boolean =>
    index !== undefined && plan.spec.categories[index]?.name === category;
  if (categories === undefined) {
    if (isCategory(planRow.section.category)) chosen.fill(1, first, first + count);
    return;
  }
  for (let index = 0; index < count; index += 1) {
    if (isCategory(categories[index])) chosen[first + index] = 1;
  }
}
