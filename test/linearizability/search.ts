/**
 * Looks for an order in which steps may have happened: the search of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993)
 * with Lowe's memory of configurations that led nowhere ("Testing for Linearizability", 2017).
 *
 * 1. A step comes after all that had ended before it was called.
 * 2. An optional step may be left out. It comes before everything that was called after its end.
 * 3. What changes nothing and fits now is taken now: nothing is gained by waiting, unless (2) an optional step would be shut out by it.
 */
import type { SeatModel, SeatState } from './seat-model.js';
import type { Step } from './step.js';

export interface SearchResult {
  /** In the order found; what is optional and not in it did not happen. Absent: there is none. */
  readonly order?: readonly Step[];
  /** Where there is none: as far as it went, and what could not be placed there. */
  readonly longest: readonly Step[];
  readonly stuck: readonly Step[];
}

/** Configurations looked at, beyond which it gives up: where very much is under way at once, the orders to try are more than anyone has time for. */
const TRIES_PER_STEP_MAX = 200;
const TRIES_MAX = 200_000;

export class SearchGaveUp extends Error {}

interface Frame {
  readonly state: SeatState;
  readonly first: number;
  /** The latest call of what is placed. */
  readonly frontier: number;
  readonly candidates: readonly number[];
  next: number;
  /** What the frame has placed; -1: nothing yet. */
  placed: number;
}

/** @param steps in order of `callOrder` @throws SearchGaveUp */
export function search(steps: readonly Step[], model: SeatModel): SearchResult {
  return new Search(steps, model).run();
}

class Search {
  readonly #steps: readonly Step[];
  readonly #model: SeatModel;
  readonly #isPlaced: Uint8Array;
  /** By the step's index in the whole history. */
  readonly #places = new Map<number, number>();
  readonly #deadEnds = new Set<string>();
  readonly #frames: Frame[] = [];
  readonly #required: number;
  #requiredPlaced = 0;
  #longest: readonly Step[] = [];
  #stuck: readonly Step[] = [];
  #tries = 0;

  constructor(steps: readonly Step[], model: SeatModel) {
    this.#steps = steps;
    this.#model = model;
    this.#isPlaced = new Uint8Array(steps.length);
    for (const [place, step] of steps.entries()) this.#places.set(step.index, place);
    this.#required = steps.filter(({ isOptional }) => !isOptional).length;
  }

  run(): SearchResult {
    this.#enter(this.#model.empty(), 0, -1);
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      if (this.#requiredPlaced === this.#required) {
        const order = this.#order();
        return { order, longest: order, stuck: [] };
      }
      if (!this.#advance(frame)) this.#leave(frame);
    }
    return { longest: this.#longest, stuck: this.#stuck };
  }

  /** Places the next candidate that fits. */
  #advance(frame: Frame): boolean {
    while (frame.next < frame.candidates.length) {
      const place = frame.candidates[frame.next] ?? 0;
      frame.next += 1;
      const step = this.#step(place);
      const state = this.#model.next(frame.state, step);
      if (state === undefined) continue;
      this.#put(frame, place);
      const frontier = Math.max(frame.frontier, step.callOrder);
      if (this.#deadEnds.size > 0 && this.#deadEnds.has(this.#key(state, frame.first, frontier))) {
        this.#takeBack(frame);
        continue;
      }
      if (step.isPure && !this.#shutsOut(frame, frontier)) frame.next = frame.candidates.length;
      this.#enter(state, frame.first, frontier);
      return true;
    }
    return false;
  }

  #enter(state: SeatState, from: number, frontier: number): void {
    this.#tries += 1;
    if (this.#tries > TRIES_MAX + TRIES_PER_STEP_MAX * this.#steps.length) {
      throw new SearchGaveUp(`no order of ${this.#steps.length} steps in ${this.#tries} tries`);
    }
    let first = from;
    while (first < this.#steps.length && this.#isSettled(first, frontier)) first += 1;
    const candidates = this.#candidates(first, frontier);
    this.#frames.push({ state, first, frontier, candidates, next: 0, placed: -1 });
  }

  #leave(frame: Frame): void {
    if (this.#requiredPlaced >= this.#longest.length) this.#noteLongest(frame);
    this.#frames.pop();
    const before = this.#frames.at(-1);
    if (before === undefined) return;
    this.#deadEnds.add(this.#key(frame.state, before.first, frame.frontier));
    this.#takeBack(before);
  }

  #noteLongest(frame: Frame): void {
    const order = this.#order();
    if (order.length <= this.#longest.length) return;
    this.#longest = order;
    this.#stuck = frame.candidates.map((place) => this.#step(place));
  }

  /** Required ones first, by their end, then what may be left out. */
  #candidates(first: number, frontier: number): number[] {
    const required: number[] = [];
    const optional: number[] = [];
    let endMin = Number.POSITIVE_INFINITY;
    for (let place = first; place < this.#steps.length; place += 1) {
      const step = this.#step(place);
      if (step.callOrder > endMin) break;
      if (this.#isPlaced[place] === 1) continue;
      const isFree = this.#isAfterPlaced(step);
      if (step.isOptional) {
        if (isFree && step.endOrder > frontier) optional.push(place);
        continue;
      }
      endMin = Math.min(endMin, step.endOrder);
      if (isFree) required.push(place);
    }
    required.sort((a, b) => this.#step(a).endOrder - this.#step(b).endOrder);
    return [...required, ...optional];
  }

  #isAfterPlaced({ after }: Step): boolean {
    const before = after === -1 ? undefined : this.#places.get(after);
    return before === undefined || this.#isPlaced[before] === 1;
  }

  /** An optional step that could still be placed before, and could not be any more. */
  #shutsOut({ candidates, frontier: before }: Frame, frontier: number): boolean {
    if (frontier === before) return false;
    return candidates.some((place) => {
      const step = this.#step(place);
      return step.isOptional && step.endOrder < frontier;
    });
  }

  #isSettled(place: number, frontier: number): boolean {
    const step = this.#step(place);
    return this.#isPlaced[place] === 1 || (step.isOptional && step.endOrder < frontier);
  }

  #put(frame: Frame, place: number): void {
    frame.placed = place;
    this.#isPlaced[place] = 1;
    if (!this.#step(place).isOptional) this.#requiredPlaced += 1;
  }

  #takeBack(frame: Frame): void {
    this.#isPlaced[frame.placed] = 0;
    if (!this.#step(frame.placed).isOptional) this.#requiredPlaced -= 1;
    frame.placed = -1;
  }

  /** What is placed, and the state: equal ones lead to the same. Written down only where it was in vain. */
  #key(state: SeatState, from: number, frontier: number): string {
    let first = from;
    while (first < this.#steps.length && this.#isPlaced[first] === 1) first += 1;
    const beyond: number[] = [];
    for (let place = first + 1; place < this.#steps.length; place += 1) {
      if (this.#step(place).callOrder > frontier) break;
      if (this.#isPlaced[place] === 1) beyond.push(place);
    }
    return `${first}|${beyond}|${this.#model.key(state)}`;
  }

  #order(): Step[] {
    return this.#frames.filter(({ placed }) => placed >= 0).map(({ placed }) => this.#step(placed));
  }

  #step(place: number): Step {
    const step = this.#steps[place];
    if (step === undefined) throw new RangeError(`no step ${place}`);
    return step;
  }
}
