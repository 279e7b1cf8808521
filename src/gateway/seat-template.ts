/**
 * The JSON of an event's seats, all available, made once: a plan never changes, and most of a seat
 * list is plan. A list is then copied from it in runs, with other words where seats are not
 * available (`seat-list.ts`).
 *
 * 1. A seat's text is `,{"seatId":…,"status":"available"}`: it starts with the comma and ends with
 *    its status.
 */

import type { SeatNumber } from '../domain/ids.js';
import type { SeatPlace, VenuePlan } from '../domain/venue-plan.js';
import { present } from '../lib/assert.js';

/** About 0.5 MB of text and a few milliseconds of work. */
const SLICE_SEATS = 4_096;
const AVAILABLE = 'available"}';

/** The end of an available seat's text, bytes: what another status takes the place of. */
export const AVAILABLE_BYTES = AVAILABLE.length;

/** Consecutive seats with their text. */
export interface SeatSlice {
  readonly first: SeatNumber;
  readonly count: number;
  readonly bytes: Uint8Array;
  /** Where the text of seat `first + k` ends, for k in 0..count-1. */
  readonly ends: Uint32Array;
}

export interface SeatTemplate {
  readonly plan: VenuePlan;
  /** Cover every seat, in order. */
  readonly slices: readonly SeatSlice[];
  readonly byteCount: number;
}

/** Works in slices, with requests served in between: a million seats take a second. */
export async function seatTemplate(plan: VenuePlan): Promise<SeatTemplate> {
  const slices: SeatSlice[] = [];
  let byteCount = 0;
  for (let first = 1; first <= plan.totalSeats; first += SLICE_SEATS) {
    if (first > 1) await new Promise(setImmediate);
    const slice = sliceFrom(plan, first);
    slices.push(slice);
    byteCount += slice.bytes.length + slice.ends.byteLength;
  }
  return { plan, slices, byteCount };
}

/** The slice that has the seat. */
export function sliceOf(template: SeatTemplate, seat: SeatNumber): SeatSlice {
  return present(template.slices[Math.floor((seat - 1) / SLICE_SEATS)], 'the slice of a seat');
}

/** Bytes of an available seat's text, its comma included. */
export function availableSeatBytes(slice: SeatSlice, seat: SeatNumber): number {
  return seatEnd(slice, seat) - seatStart(slice, seat);
}

/** Where the seat's text starts in the slice: at its comma. */
export function seatStart(slice: SeatSlice, seat: SeatNumber): number {
  return seat === slice.first ? 0 : seatEnd(slice, seat - 1);
}

/** Where the seat's text ends in the slice. */
export function seatEnd(slice: SeatSlice, seat: SeatNumber): number {
  return present(slice.ends[seat - slice.first], 'a seat of the slice');
}

function sliceFrom(plan: VenuePlan, first: SeatNumber): SeatSlice {
  const count = Math.min(SLICE_SEATS, plan.totalSeats - first + 1);
  const ends = new Uint32Array(count);
  const texts: string[] = [];
  let byteCount = 0;
  for (let index = 0; index < count; index += 1) {
    const text = seatText(plan, first + index);
    texts.push(text);
    byteCount += Buffer.byteLength(text);
    ends[index] = byteCount;
  }
  return { first, count, bytes: Buffer.from(texts.join('')), ends };
}

function seatText(plan: VenuePlan, seat: SeatNumber): string {
  const label = JSON.stringify(plan.labelOf(seat));
  const place = placeText(plan.placeOf(seat));
  return `,{"seatId":${label},"seatNumber":${seat},${place},"status":"${AVAILABLE}`;
}

function placeText({ section, row, category, price, x, y }: SeatPlace): string {
  const position = x === undefined ? '' : `,"x":${x},"y":${y}`;
  return (
    `"section":${JSON.stringify(section)},"row":${JSON.stringify(row)},` +
    `"category":${JSON.stringify(category)},"price":${price}${position}`
  );
}
