/**
 * Whether a recorded history can be explained by a server that did one thing after the other, each between its call and its answer
 * (Herlihy and Wing, "Linearizability", 1990). Seat by seat first, since a history is linearizable if each of its objects is
 * (P-compositionality: Horn and Kroening, "Faster linearizability checking via P-compositionality", 2015); then, since a
 * reservation moves several seats at once, whether the seats' orders go together. Seats that do not are searched again as one.
 *
 * The answer is exact both ways: what is accepted has an order of the whole, what is rejected has seats that have none.
 */
import type { Operation } from './history.js';
import { contradictions } from './precedence.js';
import { type SearchResult, search } from './search.js';
import { SeatModel } from './seat-model.js';
import { type Step, stepsOf } from './step.js';

export interface Verdict {
  readonly isLinearizable: boolean;
  readonly operationCount: number;
  /** The most seats that had to be searched as one. */
  readonly seatsTogetherMax: number;
  /** Where there is no order. */
  readonly violation?: Violation;
}

export interface Violation {
  /** Together they have no order. */
  readonly seats: readonly number[];
  /** As far as there is one, and what cannot come next. */
  readonly longest: readonly Operation[];
  readonly stuck: readonly Operation[];
}

/** Seats that are searched as one, and an order that was found for them. */
interface Part {
  readonly seats: readonly number[];
  readonly steps: readonly Step[];
  readonly order: readonly Step[];
}

const ROUNDS_MAX = 1_000;

/** @throws SearchGaveUp */
export function check(history: readonly Operation[]): Verdict {
  return new Check(history, (seat) => [seat]).verdict();
}

/** The same without taking seats apart: slow, and for the tests of `check`. @throws SearchGaveUp */
export function checkAsOne(history: readonly Operation[]): Verdict {
  return new Check(history, (_, all) => all).verdict();
}

class Check {
  readonly #history: readonly Operation[];
  readonly #steps: readonly Step[];
  readonly #bySeat = new Map<number, Step[]>();
  /** Steps that may be left out and, until their seats are searched as one, are not. */
  readonly #decided = new Set<number>();
  #parts = new Map<number, Part>();
  #violation: Violation | undefined;

  constructor(
    history: readonly Operation[],
    together: (seat: number, all: readonly number[]) => readonly number[],
  ) {
    this.#history = history;
    this.#steps = stepsOf(history);
    const byCall = [...this.#steps].sort((a, b) => a.callOrder - b.callOrder);
    for (const step of byCall) {
      for (const seat of step.seats) {
        const list = this.#bySeat.get(seat);
        if (list === undefined) this.#bySeat.set(seat, [step]);
        else list.push(step);
      }
    }
    const all = [...this.#bySeat.keys()];
    for (const seat of all) {
      if (this.#violation === undefined && !this.#parts.has(seat)) this.#order(together(seat, all));
    }
  }

  verdict(): Verdict {
    for (let round = 0; this.#violation === undefined; round += 1) {
      if (round > ROUNDS_MAX) throw new Error('the seats do not come together');
      if (!this.#agree() && !this.#untie()) break;
    }
    const sizes = this.#distinctParts().map(({ seats }) => seats.length);
    const violation = this.#violation;
    return {
      isLinearizable: violation === undefined,
      operationCount: this.#history.length,
      seatsTogetherMax: sizes.reduce((max, size) => Math.max(max, size), 0),
      ...(violation === undefined ? {} : { violation }),
    };
  }

  /** An optional step happened to all its seats or to none. @returns whether something had to be changed for it */
  #agree(): boolean {
    const done = new Set<number>();
    for (const { order } of this.#distinctParts()) {
      for (const { index, isOptional } of order) if (isOptional) done.add(index);
    }
    let isChanged = false;
    for (const index of done) {
      const parts = [...new Set(this.#partsOf(this.#step(index)))];
      const count = parts.filter(({ order }) => order.some((step) => step.index === index)).length;
      if (count === 0 || count === parts.length) continue;
      isChanged = true;
      this.#decide(index, parts);
      if (this.#violation !== undefined) break;
    }
    return isChanged;
  }

  /** As if its answer had come, if that goes, since some seat cannot do without it; else all its seats as one. */
  #decide(index: number, parts: readonly Part[]): void {
    this.#decided.add(index);
    const again = parts.map((part) => ({ part, result: this.#search(part.seats) }));
    if (again.every(({ result: { order } }) => order !== undefined)) {
      for (const { part, result } of again) this.#keep(part.seats, result);
      return;
    }
    this.#decided.delete(index);
    this.#merge(parts);
  }

  /** @returns whether something had to be changed so that the orders go together */
  #untie(): boolean {
    const parts = this.#distinctParts();
    const knots = contradictions(
      this.#steps.length,
      parts.map(({ order }) => order),
    );
    const tied = new Set<number>();
    for (const knot of knots) {
      if (knot.some((part) => tied.has(part))) continue; // the next round's
      for (const part of knot) tied.add(part);
      this.#merge(knot.map((number) => parts[number]).filter((part) => part !== undefined));
      if (this.#violation !== undefined) break;
    }
    return knots.length > 0;
  }

  #merge(parts: readonly Part[]): void {
    this.#order(parts.flatMap(({ seats }) => seats));
  }

  /** Where what was decided for the seats' sake may be why there is no order, the seats it was decided with are searched with them. */
  #order(seats: readonly number[]): void {
    const inside = new Set(seats);
    const bound: Step[] = [];
    for (const step of this.#stepsOf(seats)) {
      if (!this.#decided.has(step.index)) continue;
      if (step.seats.every((seat) => inside.has(seat))) this.#decided.delete(step.index);
      else bound.push(step);
    }
    const result = this.#search(seats);
    if (result.order !== undefined || bound.length === 0) this.#keep(seats, result);
    else {
      const parts = bound.flatMap((step) => this.#partsOf(step));
      this.#order([...new Set([...seats, ...parts.flatMap((part) => part.seats)])]);
    }
  }

  #keep(seats: readonly number[], { order, longest, stuck }: SearchResult): void {
    if (order === undefined) {
      this.#violation = { seats, longest: operations(longest), stuck: operations(stuck) };
      return;
    }
    const part: Part = { seats, steps: this.#stepsOf(seats), order };
    for (const seat of seats) this.#parts.set(seat, part);
  }

  #search(seats: readonly number[]): SearchResult {
    const steps = this.#stepsOf(seats).map((step) =>
      this.#decided.has(step.index) ? { ...step, isOptional: false } : step,
    );
    return search(steps, new SeatModel(seats));
  }

  #stepsOf(seats: readonly number[]): readonly Step[] {
    const [seat, ...others] = seats;
    if (seat !== undefined && others.length === 0) return this.#bySeat.get(seat) ?? [];
    const all = new Set(seats.flatMap((each) => this.#bySeat.get(each) ?? []));
    return [...all].sort((a, b) => a.callOrder - b.callOrder);
  }

  #distinctParts(): Part[] {
    return [...new Set(this.#parts.values())];
  }

  #partsOf({ seats }: Step): Part[] {
    return seats.map((seat) => this.#parts.get(seat)).filter((part) => part !== undefined);
  }

  #step(index: number): Step {
    const step = this.#steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    return step;
  }
}

function operations(steps: readonly Step[]): Operation[] {
  return [...new Set(steps.map(({ operation }) => operation))];
}
