/**
 * From a label to its seat, without storing the labels of counted rows: those are taken apart into
 * a row's prefix and a number. Only labels that a row spells out are kept, in a map.
 *
 * A label can be taken apart in more ways than one ("A12" is seat 12 of "A", or seat 2 of "A1"), so
 * rows can collide that look different: `clashes` has every label that two seats would share. Where
 * it is empty, `find` is exact.
 */
import type { SeatNumber } from './ids.js';
import type { PlanSpec, RowSpec } from './plan-spec.js';

/** A label that two seats would have. Of two counted rows only the first common label is told. */
export interface LabelClash {
  readonly label: string;
  /** The seat that has the label already. */
  readonly takenBy: SeatNumber;
  /** Where the other seat stands: indexes into the spec, each from 0. */
  readonly sectionIndex: number;
  readonly rowIndex: number;
  readonly seatIndex: number;
}

/** "1000000" has seven: no seat's number in its row has more. */
const NUMBER_DIGITS_MAX = 7;
const ZERO = 48;
const NINE = 57;

export class LabelIndex {
  readonly #clashes: LabelClash[] = [];
  readonly #countedRows = new Map<string, RowSpec>();
  readonly #spelledOut = new Map<string, SeatNumber>();

  /** @param spec need not be free of faults: rows without seats are passed over. */
  constructor(spec: PlanSpec) {
    // Prefixes first, then what collides with them, so that the order of rows does not matter.
    forEachRow(spec, (row, section, index) => this.#addPrefix(row, section, index));
    forEachRow(spec, (row, section, index) => this.#checkNumbers(row, section, index));
    forEachRow(spec, (row, section, index) => this.#addLabels(row, section, index));
  }

  get clashes(): readonly LabelClash[] {
    return this.#clashes;
  }

  /**
   * The seat of that label; undefined: there is none. At most eight look-ups, whatever the size of
   * the house.
   */
  find(label: string): SeatNumber | undefined {
    return this.#spelledOut.get(label) ?? this.#findCounted(label);
  }

  #addPrefix(row: RowSpec, sectionIndex: number, rowIndex: number): void {
    if (row.labels !== undefined) return;
    const holder = this.#countedRows.get(row.labelPrefix);
    if (holder === undefined) {
      this.#countedRows.set(row.labelPrefix, row);
      return;
    }
    const label = `${row.labelPrefix}1`;
    this.#clashes.push({ label, takenBy: holder.first, sectionIndex, rowIndex, seatIndex: 0 });
  }

  /**
   * Row "A1" collides with row "A" if it does so in its first seat: "A" then reaches 11, and every
   * later seat needs more.
   */
  #checkNumbers(row: RowSpec, sectionIndex: number, rowIndex: number): void {
    if (row.labels !== undefined || !endsInDigit(row.labelPrefix)) return;
    // A second row of the same prefix was told of already.
    if (this.#countedRows.get(row.labelPrefix) !== row) return;
    const label = `${row.labelPrefix}1`;
    const takenBy = this.#findCounted(label, row);
    if (takenBy === undefined) return;
    this.#clashes.push({ label, takenBy, sectionIndex, rowIndex, seatIndex: 0 });
  }

  #addLabels(row: RowSpec, sectionIndex: number, rowIndex: number): void {
    row.labels?.forEach((label, seatIndex) => {
      const takenBy = this.find(label);
      if (takenBy === undefined) this.#spelledOut.set(label, row.first + seatIndex);
      else this.#clashes.push({ label, takenBy, sectionIndex, rowIndex, seatIndex });
    });
  }

  /**
   * Tries every way to split `label` into a prefix and a canonical number, shortest number first.
   */
  #findCounted(label: string, except?: RowSpec): SeatNumber | undefined {
    const from = Math.max(0, label.length - NUMBER_DIGITS_MAX);
    for (let index = label.length - 1; index >= from; index -= 1) {
      const code = label.charCodeAt(index);
      if (!isDigit(code)) return undefined;
      if (code === ZERO) continue;
      const row = this.#countedRows.get(label.slice(0, index));
      if (row === undefined || row === except) continue;
      const seatInRow = Number(label.slice(index));
      if (seatInRow <= row.count) return row.first + seatInRow - 1;
    }
    return undefined;
  }
}

type VisitRow = (row: RowSpec, sectionIndex: number, rowIndex: number) => void;

function forEachRow(spec: PlanSpec, visit: VisitRow): void {
  spec.sections.forEach((section, sectionIndex) => {
    section.rows.forEach((row, rowIndex) => {
      if (row.count > 0) visit(row, sectionIndex, rowIndex);
    });
  });
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function endsInDigit(text: string): boolean {
  return isDigit(text.charCodeAt(text.length - 1));
}
