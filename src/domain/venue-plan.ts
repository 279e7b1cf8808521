/**
 * A `PlanSpec` made ready for questions: which seat a name means, and where a seat is.
 *
 * Compact, since every thread holds one of every event: 12 bytes a row in typed arrays, one map
 * entry a row, and nothing a seat, but where a row spells its labels out.
 *
 * 1. Rows cover the seat numbers 1..totalSeats in order, each exactly once, and none is empty.
 * 2. No two seats have the same label.
 */
import { assert, present } from '../lib/assert.js';
import type { SeatNumber } from './ids.js';
import { LabelIndex } from './label-index.js';
import type { BlockMap } from './ownership.js';
import type { PlanSpec, RowSpec, SectionKind, SectionSpec } from './plan-spec.js';
import { BLOCK_SEATS, groupSeats } from './seat-blocks.js';

/**
 * What a seat list says of a seat besides its status. Names that the plan leaves empty are null.
 */
export interface SeatPlace {
  readonly section: string | null;
  readonly row: string | null;
  readonly category: string | null;
  /** Minor units of the event's currency: the section's price, else the category's. */
  readonly price: number | null;
  /** Plan units; both or neither. */
  readonly x?: number;
  readonly y?: number;
}

/** The seats `first`..`first + count - 1`, which are side by side where `kind` is `rows`. */
export interface RowSpan {
  readonly first: SeatNumber;
  readonly count: number;
  readonly kind: SectionKind;
}

/** A row together with the section that it stands in. */
export interface PlanRow {
  readonly section: SectionSpec;
  readonly row: RowSpec;
}

const SEAT_NUMBER = /^[1-9][0-9]{0,6}$/;

export class VenuePlan implements BlockMap {
  readonly spec: PlanSpec;
  readonly totalSeats: number;
  /** Blocks are numbered 0..blockCount-1, in seat order. */
  readonly blockCount: number;
  readonly #labels: LabelIndex;
  /** All rows in seat order; the arrays below are parallel to it. */
  readonly #rows: readonly RowSpec[];
  readonly #firstSeats: Uint32Array;
  readonly #sectionIndexes: Uint32Array;
  readonly #firstBlocks: Uint32Array;

  /**
   * @throws AssertionFailure where `spec` breaks 1 or 2: what comes from a client is checked before
   *   it is a spec.
   */
  constructor(spec: PlanSpec) {
    this.spec = spec;
    this.totalSeats = spec.totalSeats;
    this.#labels = new LabelIndex(spec);
    const clash = this.#labels.clashes[0];
    assert(clash === undefined, `2: the label ${clash?.label} names two seats`);
    this.#rows = spec.sections.flatMap((section) => section.rows);
    this.#firstSeats = Uint32Array.from(this.#rows, (row) => row.first);
    this.#sectionIndexes = sectionIndexes(spec, this.#rows.length);
    const { blockCount, firstBlockOfRow } = groupSeats(spec, this.#rows.length);
    this.blockCount = blockCount;
    this.#firstBlocks = firstBlockOfRow;
    assertCovered(this.#rows, spec.totalSeats);
  }

  /**
   * The seat that a client means: `name` is tried as a label first, then as a seat number in plain
   * decimals (API §1).
   */
  numberOf(name: string): SeatNumber | undefined {
    const labelled = this.#labels.find(name);
    if (labelled !== undefined || !SEAT_NUMBER.test(name)) return labelled;
    const seat = Number(name);
    return seat <= this.totalSeats ? seat : undefined;
  }

  /** The seat's label, unique in its event. */
  labelOf(seat: SeatNumber): string {
    const row = this.#rowAt(this.#rowIndexOf(seat));
    if (row.labels === undefined) return `${row.labelPrefix}${seat - row.first + 1}`;
    return present(row.labels[seat - row.first], 'the label of a seat');
  }

  placeOf(seat: SeatNumber): SeatPlace {
    const rowIndex = this.#rowIndexOf(seat);
    const row = this.#rowAt(rowIndex);
    const section = this.#sectionAt(rowIndex);
    const category = this.spec.categories[categoryIndex(section, row, seat) ?? -1];
    const place = {
      section: nameOf(section),
      row: nameOf(row),
      category: category?.name ?? null,
      price: section.price ?? category?.price ?? null,
    };
    const x = row.x?.[seat - row.first];
    const y = row.y?.[seat - row.first];
    return x === undefined || y === undefined ? place : { ...place, x, y };
  }

  /** The row of a seat. */
  rowOf(seat: SeatNumber): RowSpan {
    const rowIndex = this.#rowIndexOf(seat);
    const first = this.#firstOf(rowIndex);
    const count = (this.#firstSeats[rowIndex + 1] ?? this.totalSeats + 1) - first;
    return { first, count, kind: this.#sectionAt(rowIndex).kind };
  }

  /** The section of a seat. */
  sectionOf(seat: SeatNumber): SectionSpec {
    return this.#sectionAt(this.#rowIndexOf(seat));
  }

  /** Index into `spec.categories`; undefined: the seat has no category. */
  categoryIndexOf(seat: SeatNumber): number | undefined {
    const rowIndex = this.#rowIndexOf(seat);
    return categoryIndex(this.#sectionAt(rowIndex), this.#rowAt(rowIndex), seat);
  }

  /** Index of the seat's block, 0..blockCount-1: see `seat-blocks.ts`. */
  blockOf(seat: SeatNumber): number {
    const rowIndex = this.#rowIndexOf(seat);
    const block = present(this.#firstBlocks[rowIndex], 'the block of a row');
    if (this.#sectionAt(rowIndex).kind === 'rows') return block;
    return block + Math.floor((seat - this.#firstOf(rowIndex)) / BLOCK_SEATS);
  }

  /** Every row with its section, in seat order. */
  *rows(): IterableIterator<PlanRow> {
    for (const section of this.spec.sections) {
      for (const row of section.rows) yield { section, row };
    }
  }

  /**
   * Binary search for the last row that starts at or before `seat`. Messages are plain: making them
   * costs more than it.
   */
  #rowIndexOf(seat: SeatNumber): number {
    assert(seat >= 1 && seat <= this.totalSeats, 'the seat is in the plan');
    let low = 0;
    let high = this.#firstSeats.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#firstOf(middle) <= seat) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #firstOf(rowIndex: number): SeatNumber {
    return present(this.#firstSeats[rowIndex], 'the first seat of a row');
  }

  #rowAt(rowIndex: number): RowSpec {
    return present(this.#rows[rowIndex], 'a row');
  }

  #sectionAt(rowIndex: number): SectionSpec {
    return present(
      this.spec.sections[this.#sectionIndexes[rowIndex] ?? -1],
      'the section of a row',
    );
  }
}

function nameOf(part: SectionSpec | RowSpec): string | null {
  return part.name === '' ? null : part.name;
}

/** Index into the plan's categories: the seat's own, else its section's, else undefined. */
function categoryIndex(section: SectionSpec, row: RowSpec, seat: SeatNumber): number | undefined {
  return row.categories?.[seat - row.first] ?? section.category;
}

/** For each row, in seat order, the index of its section. */
function sectionIndexes(spec: PlanSpec, rowCount: number): Uint32Array {
  const indexes = new Uint32Array(rowCount);
  let rowIndex = 0;
  for (const [sectionIndex, section] of spec.sections.entries()) {
    indexes.fill(sectionIndex, rowIndex, rowIndex + section.rows.length);
    rowIndex += section.rows.length;
  }
  return indexes;
}

function assertCovered(rows: readonly RowSpec[], totalSeats: number): void {
  let next = 1;
  for (const row of rows) {
    assert(row.first === next && row.count >= 1, '1: a row starts where the one before it ends');
    assert(
      isWhole(row, row.labels) && isWhole(row, row.categories),
      '1: a row names all its seats',
    );
    assert(isWhole(row, row.x) && isWhole(row, row.y), '1: a row places all its seats');
    next += row.count;
  }
  assert(next === totalSeats + 1, `1: rows have ${next - 1} seats, not ${totalSeats}`);
}

function isWhole(row: RowSpec, list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === row.count;
}
