/**
 * From the plan that a client describes (`POST /v1/events`, API §3) to a `PlanSpec`, or to every
 * fault in it.
 *
 * Owns how seats get their labels. A counted row's are row name + number (`A10`), with section and
 * hyphen in front (`Stalls-A10`) where sections of different names have a row of that name; then
 * all rows of that name have it. A general section's are section, hyphen and number (`Floor-12`). A
 * list's are taken as they stand. Labels that still collide are faults, never mended in silence.
 *
 * Two sections may share a name: that is how one section has rows of two categories.
 */

import { type LabelClash, LabelIndex } from './label-index.js';
import {
  type FieldPath,
  LABEL_LENGTH_MAX,
  PlanFaults,
  type PlanResult,
  seatCountFault,
  textFault,
} from './plan-fault.js';
import type { PlanSpec, RowSpec, SectionSpec } from './plan-spec.js';
import { labelPath, readSeatList, type SeatList } from './seat-list.js';

/** The plan's part of the body; exactly one of the two. */
export interface PlanRequest {
  /** Seats "1".."n". */
  readonly totalSeats?: number | undefined;
  readonly sections?: readonly SectionRequest[] | undefined;
}

/** Exactly one of `rows` and `capacity`. */
export interface SectionRequest {
  readonly name: string;
  readonly category?: string | undefined;
  /** Minor units. */
  readonly price?: number | undefined;
  readonly rows?: readonly RowRequest[] | undefined;
  /** Interchangeable places. */
  readonly capacity?: number | undefined;
}

export interface RowRequest {
  readonly name: string;
  /** A count, or what names each seat. */
  readonly seats: number | SeatList;
}

/** Under a second and without a label made for a counted seat, at 1,000,000 seats. */
export function planFromRequest(request: PlanRequest): PlanResult {
  const { totalSeats, sections } = request;
  if (totalSeats !== undefined && sections === undefined) return numberedPlan(totalSeats);
  if (sections !== undefined && totalSeats === undefined) return new PlanDraft(sections).result();
  return { faults: [{ path: [], message: 'must have one of totalSeats and sections' }] };
}

function numberedPlan(totalSeats: number): PlanResult {
  const message = seatCountFault(totalSeats);
  if (message !== undefined) return { faults: [{ path: ['totalSeats'], message }] };
  const row: RowSpec = { name: '', first: 1, count: totalSeats, labelPrefix: '' };
  return {
    plan: { totalSeats, categories: [], sections: [{ name: '', kind: 'numbered', rows: [row] }] },
  };
}

const LONG_LABELS = `makes labels of more than ${LABEL_LENGTH_MAX} characters`;

/**
 * A plan in the making: its indexes are those of the request, so that faults found in the draft
 * have the request's paths.
 */
class PlanDraft {
  readonly #request: readonly SectionRequest[];
  readonly #faults = new PlanFaults();
  readonly #sharedRowNames: ReadonlySet<string>;
  readonly #categoryIndexes = new Map<string, number>();
  #seatsSoFar = 0;

  constructor(request: readonly SectionRequest[]) {
    this.#request = request;
    this.#sharedRowNames = sharedRowNames(request);
  }

  result(): PlanResult {
    const sections = this.#request.map((section, index) =>
      this.#section(section, ['sections', index]),
    );
    const totalSeats = this.#seatsSoFar;
    // A section that has no seats for a fault of its own is not told of twice.
    const isCounted = totalSeats > 0 || this.#faults.isEmpty;
    this.#faults.add(isCounted ? seatCountFault(totalSeats) : undefined, ['sections']);
    const categories = Array.from(this.#categoryIndexes.keys(), (name) => ({ name }));
    const plan: PlanSpec = { totalSeats, categories, sections };
    for (const clash of new LabelIndex(plan).clashes) this.#addClash(clash);
    return this.#faults.isEmpty ? { plan } : { faults: this.#faults.list() };
  }

  #section(section: SectionRequest, path: FieldPath): SectionSpec {
    this.#faults.add(textFault(section.name), path, 'name');
    const category = this.#category(section.category, path);
    const head = {
      name: section.name,
      ...(category === undefined ? {} : { category }),
      ...(section.price === undefined ? {} : { price: section.price }),
    };
    const { rows, capacity } = section;
    if (capacity !== undefined && rows === undefined) {
      const places = { name: '', labelPrefix: `${section.name}-`, count: capacity };
      return { ...head, kind: 'general', rows: [this.#counted(places, path, 'capacity')] };
    }
    const isClear = rows !== undefined && capacity === undefined;
    this.#faults.add(isClear ? undefined : 'must have one of rows and capacity', path);
    const readRow = (row: RowRequest, index: number) =>
      this.#row(section, row, [...path, 'rows', index]);
    return { ...head, kind: 'rows', rows: (rows ?? []).map(readRow) };
  }

  /** Index of the category of that name; a new one where it is new. */
  #category(name: string | undefined, path: FieldPath): number | undefined {
    if (name === undefined) return undefined;
    this.#faults.add(textFault(name), path, 'category');
    const index = this.#categoryIndexes.get(name) ?? this.#categoryIndexes.size;
    this.#categoryIndexes.set(name, index);
    return index;
  }

  #row(section: SectionRequest, row: RowRequest, path: FieldPath): RowSpec {
    this.#faults.add(textFault(row.name), path, 'name');
    if (typeof row.seats !== 'number') return this.#listed(row.name, row.seats, path);
    const isShared = this.#sharedRowNames.has(row.name);
    const labelPrefix = isShared ? `${section.name}-${row.name}` : row.name;
    return this.#counted({ name: row.name, labelPrefix, count: row.seats }, path, 'seats');
  }

  /** A row of counted seats. A count that is no count is a fault, and none in the draft. */
  #counted(row: Omit<RowSpec, 'first'>, path: FieldPath, field: 'seats' | 'capacity'): RowSpec {
    const { name, labelPrefix } = row;
    const message = seatCountFault(row.count);
    this.#faults.add(message, path, field);
    const count = message === undefined ? row.count : 0;
    const isLong = labelPrefix.length + `${count}`.length > LABEL_LENGTH_MAX;
    this.#faults.add(isLong ? LONG_LABELS : undefined, path, field);
    return { name, first: this.#take(count), count, labelPrefix };
  }

  /** A row whose labels are listed. */
  #listed(name: string, list: SeatList, path: FieldPath): RowSpec {
    const { seats, faults } = readSeatList(list);
    for (const fault of faults) this.#faults.add(fault.message, path, 'seats', ...fault.path);
    return { name, labelPrefix: '', first: this.#take(list.length), count: list.length, ...seats };
  }

  /** The number of the first of the next `count` seats. */
  #take(count: number): number {
    const first = this.#seatsSoFar + 1;
    this.#seatsSoFar += count;
    return first;
  }

  #addClash({ sectionIndex, rowIndex, seatIndex, label, takenBy }: LabelClash): void {
    // Neither can keep it: both are told so already.
    if (textFault(label) !== undefined) return;
    const section = this.#request[sectionIndex];
    const row = section?.rows?.[rowIndex];
    const path: (string | number)[] = ['sections', sectionIndex];
    if (row === undefined) path.push('name');
    else if (typeof row.seats === 'number') path.push('rows', rowIndex, 'name');
    else path.push('rows', rowIndex, 'seats', ...labelPath(row.seats, seatIndex));
    this.#faults.add(
      `the label ${JSON.stringify(label)} is that of seat number ${takenBy} already`,
      path,
    );
  }
}

/** Names of rows that stand in sections of different names. */
function sharedRowNames(sections: readonly SectionRequest[]): ReadonlySet<string> {
  const sectionOfRow = new Map<string, string>();
  const shared = new Set<string>();
  for (const section of sections) {
    for (const row of section.rows ?? []) {
      const other = sectionOfRow.get(row.name);
      if (other === undefined) sectionOfRow.set(row.name, section.name);
      else if (other !== section.name) shared.add(row.name);
    }
  }
  return shared;
}
