/**
 * Rows in memory, for `HOLDFAST_DURABILITY=memory`, tests and the simulation. Gone when the process
 * is.
 */
import { createRequire } from 'node:module';
import type SortedBTree from 'sorted-btree';
import { assert } from '../lib/assert.js';
import type { Row, RowKey, RowRange, Rows, RowTable } from './rows.js';

type Tree = SortedBTree.default<RowKey, Buffer>;
// The package is CommonJS with a default export. What `import` makes of that differs between Node
// and Vite; `require` gives the module itself everywhere.
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof SortedBTree;

/** Puts a row back as it was before the transaction changed it. */
type Undo = () => void;

export class MemoryRows implements Rows {
  readonly #tables = new Map<string, MemoryTable>();
  /** What to undo, oldest first; undefined outside a transaction. */
  #undos: Undo[] | undefined;

  table(name: string): RowTable {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    assert(this.#undos === undefined, 'a table is opened before the transaction');
    const made = new MemoryTable((undo) => this.#note(undo));
    this.#tables.set(name, made);
    return made;
  }

  transaction(change: () => void): void {
    assert(this.#undos === undefined, 'transactions are not nested');
    const undos: Undo[] = [];
    this.#undos = undos;
    try {
      change();
    } catch (error) {
      for (const undo of undos.reverse()) undo();
      throw error;
    } finally {
      this.#undos = undefined;
    }
  }

  flush(): void {}

  async close(): Promise<void> {}

  #note(undo: Undo): void {
    assert(this.#undos !== undefined, 'rows are written inside a transaction');
    this.#undos.push(undo);
  }
}

class MemoryTable implements RowTable {
  readonly #tree: Tree = new BTree<RowKey, Buffer>(undefined, compareKeys);
  readonly #note: (undo: Undo) => void;

  constructor(note: (undo: Undo) => void) {
    this.#note = note;
  }

  get(key: RowKey): Buffer | undefined {
    const value = this.#tree.get(key);
    return value === undefined ? undefined : Buffer.from(value);
  }

  *range({ start, end, reverse = false, limit = Infinity }: RowRange): Iterable<Row> {
    const entries = reverse
      ? this.#tree.entriesReversed(end, undefined, true)
      : this.#tree.entries(start);
    let count = 0;
    for (const [key, value] of entries) {
      const beyond = reverse ? isBefore(key, start) : end !== undefined && !isBefore(key, end);
      if (beyond || count >= limit) return;
      count += 1;
      yield { key, value: Buffer.from(value) };
    }
  }

  put(key: RowKey, value: Buffer): void {
    const before = this.#tree.get(key);
    this.#note(() => (before === undefined ? this.#tree.delete(key) : this.#tree.set(key, before)));
    this.#tree.set(key, Buffer.from(value));
  }

  remove(key: RowKey): boolean {
    const before = this.#tree.get(key);
    if (before === undefined) return false;
    this.#note(() => this.#tree.set(key, before));
    return this.#tree.delete(key);
  }
}

function isBefore(key: RowKey, bound: RowKey | undefined): boolean {
  return bound !== undefined && compareKeys(key, bound) < 0;
}

/**
 * Negative, zero or positive, in the order of rows.ts (2): the one in which LMDB keeps its keys.
 */
export function compareKeys(left: RowKey, right: RowKey): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const order = compareParts(left[index] ?? '', right[index] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareParts(left: string | number, right: string | number): number {
  if (typeof left === 'number') return typeof right === 'number' ? left - right : -1;
  return typeof right === 'number' ? 1 : compareText(left, right);
}

/**
 * By code point, as UTF-8 sorts; JavaScript's own `<` sorts by UTF-16 unit, which puts surrogates
 * too low.
 */
function compareText(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const leftUnit = left.charCodeAt(index);
    const rightUnit = right.charCodeAt(index);
    if (leftUnit !== rightUnit) return rank(leftUnit) - rank(rightUnit);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
