/**
 * What is wrong with a plan that a client sent, and what becomes of one. Faults are values: the
 * client mends them, all at once, so all are told and not just the first.
 */
import type { PlanSpec } from './plan-spec.js';

/** Seats in one event at most (API §3). */
export const TOTAL_SEATS_MAX = 1_000_000;

/** UTF-16 code units in a label or a name at most (API §2). */
export const LABEL_LENGTH_MAX = 128;

/**
 * Faults told of one plan at most: a body of 8 MiB could have millions, and the answer a gigabyte.
 */
export const FAULTS_MAX = 10_000;

/** From the top of what was sent to one field: `['sections', 0, 'rows', 2, 'name']`. */
export type FieldPath = readonly (string | number)[];

/** One bad field. */
export interface PlanFault {
  readonly path: FieldPath;
  /** For a person: what is wrong with the value, without its path. */
  readonly message: string;
}

/** A plan, or every fault that was found, never none; a plan with a fault is not built. */
export type PlanResult = { readonly plan: PlanSpec } | { readonly faults: readonly PlanFault[] };

/** The faults of one plan, in the order in which they were found. */
export class PlanFaults {
  readonly #told: PlanFault[] = [];
  #untoldCount = 0;

  /** Notes a fault in `field` of what `path` leads to, where there is a message for one. */
  add(message: string | undefined, path: FieldPath, ...field: FieldPath): void {
    if (message === undefined) return;
    if (this.#told.length < FAULTS_MAX) this.#told.push({ path: [...path, ...field], message });
    else this.#untoldCount += 1;
  }

  get isEmpty(): boolean {
    return this.#told.length === 0;
  }

  /** At most `FAULTS_MAX`, and where there were more, one last that counts them. */
  list(): readonly PlanFault[] {
    if (this.#untoldCount === 0) return this.#told;
    return [...this.#told, { path: [], message: `has ${this.#untoldCount} more faults` }];
  }
}

/** Control characters, line and paragraph separators, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Why `text` cannot be a label or a name (1..128 printable characters, API §2), if it cannot. */
export function textFault(text: string): string | undefined {
  if (text.length === 0) return 'must not be empty';
  if (text.length > LABEL_LENGTH_MAX) return `must have at most ${LABEL_LENGTH_MAX} characters`;
  return UNPRINTABLE.test(text) ? 'must have printable characters only' : undefined;
}

/** Why nothing in a plan, the event itself included, can have `count` seats, if it cannot. */
export function seatCountFault(count: number): string | undefined {
  if (Number.isInteger(count) && count >= 1 && count <= TOTAL_SEATS_MAX) return undefined;
  return `must have 1 to ${TOTAL_SEATS_MAX} seats, not ${count}`;
}
