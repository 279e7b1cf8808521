/**
 * Whether the orders found for single parts of the house go together into one order of the whole: what comes before what is a graph,
 * and there is such an order exactly when it has no cycle. Time is in it as a chain of moments, an edge or two a step
 * instead of one for every pair.
 */
import type { Step } from './step.js';

/** One part's order. */
export type PartOrder = readonly Step[];

/**
 * @param stepCount of the whole history; @param orders what did not happen is in none of them
 * @returns groups of orders, by their numbers, that contradict each other by themselves; empty: there is one order of all
 */
export function contradictions(
  stepCount: number,
  orders: readonly PartOrder[],
): readonly (readonly number[])[] {
  const graph = new Graph(stepCount, orders);
  const left = graph.withoutBeginning();
  if (left.length === 0) return [];
  const knots = graph.knots(left);
  return [...knots.values()].filter((parts) => parts.size > 1).map((parts) => [...parts]);
}

/** An edge of time, or of a connection. */
const NO_PART = -1;

const NOT_AMONG = -2;
const NOT_SEEN = -1;

class Graph {
  readonly #nodeCount: number;
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #part: number[] = [];
  /** Where a node's edges begin in `#edges`. */
  readonly #starts: Int32Array;
  readonly #edges: Int32Array;

  constructor(stepCount: number, orders: readonly PartOrder[]) {
    const steps = present(stepCount, orders);
    const moments = this.#addTime(stepCount, steps);
    this.#nodeCount = stepCount + moments;
    for (const [part, order] of orders.entries()) this.#addOrder(part, order);
    for (const step of steps) if (step.after !== -1) this.#add(step.after, step.index, NO_PART);
    this.#starts = new Int32Array(this.#nodeCount + 1);
    this.#edges = new Int32Array(this.#from.length);
    this.#sortEdges();
  }

  /** Takes away what nothing comes before, again and again. @returns the nodes that are left */
  withoutBeginning(): number[] {
    const before = new Int32Array(this.#nodeCount);
    for (const to of this.#to) before[to] = (before[to] ?? 0) + 1;
    const free: number[] = [];
    for (let node = 0; node < this.#nodeCount; node += 1) if (before[node] === 0) free.push(node);
    const isGone = new Uint8Array(this.#nodeCount);
    for (let node = free.pop(); node !== undefined; node = free.pop()) {
      isGone[node] = 1;
      for (const edge of this.#edgesOf(node)) {
        const to = this.#to[edge] ?? 0;
        before[to] = (before[to] ?? 0) - 1;
        if (before[to] === 0) free.push(to);
      }
    }
    return [...before.keys()].filter((node) => isGone[node] === 0);
  }

  /**
   * Strongly connected components among `nodes` (Tarjan, "Depth-first search and linear graph algorithms", 1972), each by the parts
   * whose orders run within it.
   */
  knots(nodes: readonly number[]): ReadonlyMap<number, ReadonlySet<number>> {
    const component = this.#components(nodes);
    const knots = new Map<number, Set<number>>();
    for (const node of nodes) {
      for (const edge of this.#edgesOf(node)) {
        const part = this.#part[edge] ?? NO_PART;
        const number = component[node] ?? -1;
        if (part === NO_PART || component[this.#to[edge] ?? 0] !== number) continue;
        const parts = knots.get(number) ?? new Set();
        parts.add(part);
        knots.set(number, parts);
      }
    }
    return knots;
  }

  /** By node, some node of its component, one for all; -1: not among `nodes`. */
  #components(nodes: readonly number[]): Int32Array {
    const component = new Int32Array(this.#nodeCount).fill(-1);
    const numbers = new Int32Array(this.#nodeCount).fill(NOT_AMONG);
    for (const node of nodes) numbers[node] = NOT_SEEN;
    const lows = new Int32Array(this.#nodeCount);
    const nexts = this.#starts.slice();
    const open: number[] = [];
    let count = 0;
    for (const root of nodes) {
      if (numbers[root] !== NOT_SEEN) continue;
      const path = [root];
      for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
        if (numbers[node] === NOT_SEEN) {
          numbers[node] = count;
          lows[node] = count;
          count += 1;
          open.push(node);
        }
        const next = nexts[node] ?? 0;
        if (next === this.#starts[node + 1]) {
          path.pop();
          const before = path.at(-1);
          if (before !== undefined) lower(lows, before, lows[node]);
          if (lows[node] === numbers[node]) close(open, node, component);
          continue;
        }
        nexts[node] = next + 1;
        const to = this.#to[this.#edges[next] ?? 0] ?? 0;
        if (numbers[to] === NOT_SEEN) path.push(to);
        else if (numbers[to] !== NOT_AMONG && component[to] === -1) lower(lows, node, numbers[to]);
      }
    }
    return component;
  }

  /** What changes something is in a row; what changes nothing is between two of those, in no order among itself. */
  #addOrder(part: number, order: PartOrder): void {
    let change = -1;
    let readings: number[] = [];
    for (const { index, isPure } of order) {
      if (change !== -1) this.#add(change, index, part);
      if (isPure) {
        readings.push(index);
        continue;
      }
      for (const reading of readings) this.#add(reading, index, part);
      readings = [];
      change = index;
    }
  }

  /** @returns the number of moments; they are numbered after the steps */
  #addTime(stepCount: number, steps: readonly Step[]): number {
    const byEnd = [...steps].sort((a, b) => a.endOrder - b.endOrder);
    for (const [moment, { index }] of byEnd.entries()) {
      this.#add(index, stepCount + moment, NO_PART);
      if (moment > 0) this.#add(stepCount + moment - 1, stepCount + moment, NO_PART);
    }
    const byCall = [...steps].sort((a, b) => a.callOrder - b.callOrder);
    let ended = 0;
    for (const { index, callOrder } of byCall) {
      while ((byEnd[ended]?.endOrder ?? Number.POSITIVE_INFINITY) < callOrder) ended += 1;
      if (ended > 0) this.#add(stepCount + ended - 1, index, NO_PART);
    }
    return byEnd.length;
  }

  #add(from: number, to: number, part: number): void {
    this.#from.push(from);
    this.#to.push(to);
    this.#part.push(part);
  }

  #edgesOf(node: number): Int32Array {
    return this.#edges.subarray(this.#starts[node], this.#starts[node + 1]);
  }

  /** Edges by the node that they leave: counting sort. */
  #sortEdges(): void {
    for (const from of this.#from) this.#starts[from + 1] = (this.#starts[from + 1] ?? 0) + 1;
    for (let node = 0; node < this.#nodeCount; node += 1) {
      this.#starts[node + 1] = (this.#starts[node + 1] ?? 0) + (this.#starts[node] ?? 0);
    }
    const places = this.#starts.slice();
    for (const [edge, from] of this.#from.entries()) {
      const place = places[from] ?? 0;
      this.#edges[place] = edge;
      places[from] = place + 1;
    }
  }
}

/** Each once. */
function present(stepCount: number, orders: readonly PartOrder[]): Step[] {
  const isSeen = new Uint8Array(stepCount);
  const steps: Step[] = [];
  for (const order of orders) {
    for (const step of order) {
      if (isSeen[step.index] === 1) continue;
      isSeen[step.index] = 1;
      steps.push(step);
    }
  }
  return steps;
}

function lower(lows: Int32Array, node: number, to: number | undefined): void {
  lows[node] = Math.min(lows[node] ?? 0, to ?? 0);
}

function close(open: number[], root: number, component: Int32Array): void {
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    component[node] = root;
    if (node === root) return;
  }
}
