/**
 * A row's seats as a client lists them: bare labels, or labels with places; mixed where the client
 * likes.
 *
 * Labels are whole and taken as they stand: nothing is put in front of them.
 */
import { type FieldPath, type PlanFault, textFault } from './plan-fault.js';
import type { RowSpec } from './plan-spec.js';

export type SeatList = readonly (string | SeatRequest)[];

export interface SeatRequest {
  readonly label: string;
  /** Plan units; every seat of a row has both, or none has any. */
  readonly x?: number | undefined;
  readonly y?: number | undefined;
}

export interface SeatListReading {
  /**
   * What the list says of its row: one entry a seat in each array. Meaningless where there are
   * faults.
   */
  readonly seats: Pick<RowSpec, 'labels' | 'x' | 'y'>;
  /**
   * With paths from the list. Whether labels are unique is not looked at: that takes the whole
   * plan.
   */
  readonly faults: readonly PlanFault[];
}

export function readSeatList(list: SeatList): SeatListReading {
  const labels = list.map(labelOf);
  const faults: PlanFault[] = list.length === 0 ? [{ path: [], message: 'must name a seat' }] : [];
  for (const [index, label] of labels.entries()) {
    const message = textFault(label);
    if (message !== undefined) faults.push({ path: labelPath(list, index), message });
  }
  if (!list.some(isPlaced)) return { seats: { labels }, faults };
  const x: number[] = [];
  const y: number[] = [];
  for (const [index, seat] of list.entries()) {
    if (typeof seat === 'string' || seat.x === undefined || seat.y === undefined) {
      faults.push({ path: [index], message: 'must have x and y, as one seat of the row has one' });
    } else {
      x.push(seat.x);
      y.push(seat.y);
    }
  }
  return { seats: { labels, x, y }, faults };
}

/** The way from the list to the label of one of its seats. */
export function labelPath(list: SeatList, index: number): FieldPath {
  return typeof list[index] === 'string' ? [index] : [index, 'label'];
}

function labelOf(seat: string | SeatRequest): string {
  return typeof seat === 'string' ? seat : seat.label;
}

function isPlaced(seat: string | SeatRequest): boolean {
  return typeof seat !== 'string' && (seat.x !== undefined || seat.y !== undefined);
}
