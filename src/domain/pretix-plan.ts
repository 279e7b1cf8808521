/**
 * A pretix seating plan becomes a venue plan: zones are sections, rows are rows, and a seat's
 * `seat_guid` is its label.
 *
 * The format is pretix's `seating-plan.schema.json` (github.com/pretix/pretix,
 * src/pretix/static/seating), which checks no reference between its parts; here guids are unique
 * and categories exist. Areas are what is not a seat (stage, bar) and are left out, as are zones
 * and rows without seats. Positions are relative: a seat's place is zone + row + seat.
 *
 * The plan is another's, so every field may be missing, and each that is needed and missing is a
 * fault with its path.
 */
import {
  type FieldPath,
  PlanFaults,
  type PlanResult,
  seatCountFault,
  textFault,
} from './plan-fault.js';
import type { CategorySpec, RowSpec, SectionSpec } from './plan-spec.js';

/** A field as far as it could be read; null: it is there, but not of its type. */
type Field<T> = T | null | undefined;

/** The plan as far as it is read. */
export interface PretixPlan {
  readonly name?: Field<string>;
  readonly size?: Field<{ readonly width: number; readonly height: number }>;
  readonly categories?: Field<readonly PretixCategory[]>;
  readonly zones?: Field<readonly PretixZone[]>;
}

export interface PretixCategory {
  readonly name?: Field<string>;
  /** CSS colour; may be missing. */
  readonly color?: Field<string>;
}

export interface PretixZone {
  /** May be missing; then the zone's id is its name, or it has none. */
  readonly name?: Field<string>;
  readonly zone_id?: Field<string>;
  readonly position?: Field<PretixPosition>;
  readonly rows?: Field<readonly PretixRow[]>;
}

export interface PretixRow {
  readonly row_number?: Field<string>;
  /** May be missing: the zone's own. */
  readonly position?: Field<PretixPosition>;
  readonly seats?: Field<readonly PretixSeat[]>;
}

export interface PretixSeat {
  readonly seat_guid?: Field<string>;
  readonly seat_number?: Field<string>;
  readonly position?: Field<PretixPosition>;
  /** Name of one of the plan's categories. */
  readonly category?: Field<string>;
}

/** Plan units, from the top left. */
export interface PretixPosition {
  readonly x: number;
  readonly y: number;
}

/** Minor units by name of category. */
export type CategoryPrices = Readonly<Record<string, number>>;

/**
 * @param prices of some or all categories; a name that the plan does not have is a fault at
 *   `['prices', name]`.
 */
export function planFromPretix(plan: PretixPlan, prices: CategoryPrices = {}): PlanResult {
  return new PretixReading(plan, prices).result();
}

const ORIGIN: PretixPosition = { x: 0, y: 0 };

class PretixReading {
  readonly #plan: PretixPlan;
  readonly #prices: ReadonlyMap<string, number>;
  readonly #faults = new PlanFaults();
  readonly #categoryIndexes = new Map<string, number>();
  /** The way to the first seat with each guid. */
  readonly #guidPaths = new Map<string, FieldPath>();
  #seatsSoFar = 0;

  constructor(plan: PretixPlan, prices: CategoryPrices) {
    this.#plan = plan;
    this.#prices = new Map(Object.entries(prices));
  }

  result(): PlanResult {
    this.#need(this.#plan.name, [], 'name');
    this.#need(this.#plan.size, [], 'size');
    const categories = this.#categories();
    const zones = this.#need(this.#plan.zones, [], 'zones') ?? [];
    const sections = zones
      .map((zone, index) => this.#section(zone, ['zones', index]))
      .filter((section) => section.rows.length > 0);
    const totalSeats = this.#seatsSoFar;
    // Zones that have no seats for a fault of their own are not told of twice.
    const isCounted = totalSeats > 0 || this.#faults.isEmpty;
    this.#faults.add(isCounted ? seatCountFault(totalSeats) : undefined, ['zones']);
    const plan = { totalSeats, categories, sections };
    return this.#faults.isEmpty ? { plan } : { faults: this.#faults.list() };
  }

  #categories(): CategorySpec[] {
    const categories = this.#need(this.#plan.categories, [], 'categories') ?? [];
    const specs = categories.map((category, index) => this.#categorySpec(category, index));
    for (const name of this.#prices.keys()) {
      this.#faults.add(this.#unknownCategory(name), ['prices', name]);
    }
    return specs;
  }

  #categorySpec(category: PretixCategory, index: number): CategorySpec {
    const path = ['categories', index];
    const name = this.#needText(category.name, path, 'name');
    const isTwice = this.#categoryIndexes.has(name);
    this.#faults.add(isTwice ? 'is the name of an earlier category' : undefined, path, 'name');
    if (name !== '') this.#categoryIndexes.set(name, index);
    const color = this.#allow(category.color, path, 'color');
    const price = this.#prices.get(name);
    return {
      name,
      ...(color === undefined ? {} : { color }),
      ...(price === undefined ? {} : { price }),
    };
  }

  #section(zone: PretixZone, path: FieldPath): SectionSpec {
    const zoneAt = this.#need(zone.position, path, 'position') ?? ORIGIN;
    const rows = (this.#need(zone.rows, path, 'rows') ?? [])
      .map((row, index) => this.#row(row, zoneAt, [...path, 'rows', index]))
      .filter((row) => row.count > 0);
    const zoneId = this.#allowText(zone.zone_id, path, 'zone_id');
    const name = this.#allowText(zone.name, path, 'name');
    return sectionOf(name === '' ? zoneId : name, rows);
  }

  #row(row: PretixRow, zoneAt: PretixPosition, path: FieldPath): Required<RowSpec> {
    this.#need(row.row_number, path, 'row_number');
    const name = this.#allowText(row.row_number ?? undefined, path, 'row_number');
    const rowAt = this.#allow(row.position, path, 'position') ?? ORIGIN;
    const seats = (this.#need(row.seats, path, 'seats') ?? []).map((seat, index) =>
      this.#seat(seat, [...path, 'seats', index]),
    );
    const first = this.#seatsSoFar + 1;
    this.#seatsSoFar += seats.length;
    return {
      name,
      first,
      count: seats.length,
      labelPrefix: '',
      labels: seats.map((seat) => seat.guid),
      categories: seats.map((seat) => seat.category),
      x: seats.map((seat) => zoneAt.x + rowAt.x + seat.at.x),
      y: seats.map((seat) => zoneAt.y + rowAt.y + seat.at.y),
    };
  }

  #seat(seat: PretixSeat, path: FieldPath): ReadSeat {
    const guid = this.#needText(seat.seat_guid, path, 'seat_guid');
    const earlier = this.#guidPaths.get(guid);
    if (earlier !== undefined) {
      this.#faults.add(`is that of ${earlier.join('.')} too`, path, 'seat_guid');
    } else if (guid !== '') this.#guidPaths.set(guid, path);
    this.#need(seat.seat_number, path, 'seat_number');
    const at = this.#need(seat.position, path, 'position') ?? ORIGIN;
    const name = this.#need(seat.category, path, 'category');
    if (name !== undefined) this.#faults.add(this.#unknownCategory(name), path, 'category');
    return { guid, at, category: this.#categoryIndexes.get(name ?? '') ?? 0 };
  }

  #unknownCategory(name: string): string | undefined {
    return this.#categoryIndexes.has(name) ? undefined : 'is not a category of the plan';
  }

  /** A field that the format demands. */
  #need<T>(value: Field<T>, path: FieldPath, field: string): T | undefined {
    this.#faults.add(value === undefined ? 'is missing' : undefined, path, field);
    return this.#allow(value, path, field);
  }

  /** A field that may be missing, but not be of another type. */
  #allow<T>(value: Field<T>, path: FieldPath, field: string): T | undefined {
    this.#faults.add(value === null ? 'is not of its type' : undefined, path, field);
    return value ?? undefined;
  }

  /** A name or a label that the format demands; empty in the draft where it has a fault. */
  #needText(value: Field<string>, path: FieldPath, field: string): string {
    const text = this.#need(value, path, field);
    if (text !== undefined) this.#faults.add(textFault(text), path, field);
    return text ?? '';
  }

  /** A name that may be missing or empty; empty where it is. */
  #allowText(value: Field<string>, path: FieldPath, field: string): string {
    const text = this.#allow(value, path, field) ?? '';
    if (text !== '') this.#faults.add(textFault(text), path, field);
    return text;
  }
}

/** In the draft of a plan with faults, what has one is a stand-in. */
interface ReadSeat {
  readonly guid: string;
  /** In its row. */
  readonly at: PretixPosition;
  /** Index into the plan's categories. */
  readonly category: number;
}

/** Says the category once, for the section, where all its seats have the same. */
function sectionOf(name: string, rows: readonly Required<RowSpec>[]): SectionSpec {
  const category = rows[0]?.categories[0];
  const isShared = rows.every((row) => row.categories.every((other) => other === category));
  if (category === undefined || !isShared) return { name, kind: 'rows', rows };
  return { name, kind: 'rows', category, rows: rows.map(withoutCategories) };
}

function withoutCategories(row: Required<RowSpec>): RowSpec {
  const { name, first, count, labelPrefix, labels, x, y } = row;
  return { name, first, count, labelPrefix, labels, x, y };
}
