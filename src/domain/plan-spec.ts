/**
 * A venue plan as it is stored and sent: plain data, compact (a row of counted seats is three numbers and a name).
 * `VenuePlan` is the same plan made ready for questions.
 *
 * Seats are numbered 1..totalSeats through sections and rows in the order they stand here; rows cover every number
 * exactly once.
 */
import type { SeatNumber } from './ids.js';

export interface PlanSpec {
  readonly totalSeats: number;
  readonly categories: readonly CategorySpec[];
  readonly sections: readonly SectionSpec[];
}

export interface CategorySpec {
  readonly name: string;
  /** CSS colour, where the plan gives one. */
  readonly color?: string;
  /** Minor units of the event's currency; the section's price goes before it. */
  readonly price?: number;
}

/**
 * `rows`: seats side by side in named rows. `general`: interchangeable places (general admission). `numbered`: a plain
 * line 1..n (`totalSeats`). Only `rows` has neighbours that can be orphaned; in the other two consecutive numbers count as adjacent.
 */
export type SectionKind = 'rows' | 'general' | 'numbered';

export interface SectionSpec {
  /** Empty for the single section of a `numbered` plan. */
  readonly name: string;
  readonly kind: SectionKind;
  /** Index into `categories`; absent: seats have none, or each row says its own. */
  readonly category?: number;
  /** Minor units. */
  readonly price?: number;
  readonly rows: readonly RowSpec[];
}

export interface RowSpec {
  /** Empty for the single row of a `general` or `numbered` section. */
  readonly name: string;
  readonly first: SeatNumber;
  readonly count: number;
  /** Seat k of the row (1..count) is labelled `labelPrefix + k`, unless `labels` names each. */
  readonly labelPrefix: string;
  readonly labels?: readonly string[];
  /** One index into `categories` a seat, where they differ within the section. */
  readonly categories?: readonly number[];
  /** Plan units, one a seat, both or neither. */
  readonly x?: readonly number[];
  readonly y?: readonly number[];
}
