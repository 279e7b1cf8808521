/**
 * The disk of the simulated machine: the real rows in memory, and what may become of them. It can die in the middle of a
 * commit, refuse one, and lose in a power cut what was not flushed.
 *
 * 1. A transaction is there whole or not at all, whatever happens in it: looked at from outside after every one that failed.
 * 2. `sync`: what is committed is flushed. `async`: only `flush` flushes, and a power cut takes back everything since.
 */
import { MemoryRows } from '../../src/store/memory-rows.js';
import type { Row, RowKey, RowRange, Rows, RowTable } from '../../src/store/rows.js';

/** What happens in the next transaction that writes. */
export type DiskFault =
  /** The process dies before it is there. */
  | { readonly kind: 'dies_before' }
  /** The process dies when it is there, before anyone is told. */
  | { readonly kind: 'dies_after' }
  /** The write with this number, 0.., is refused; beyond the last: the commit itself. */
  | { readonly kind: 'refuses'; readonly write: number };

/** Thrown through whatever was committing: the process is no more. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** Puts one row back as it was. */
interface Change {
  readonly table: RowTable;
  readonly key: RowKey;
  readonly before: Buffer | undefined;
}

export class SimulatedDisk implements Rows {
  readonly #rows: Rows;
  readonly #tables = new Map<string, RowTable>();
  readonly #isSync: boolean;
  /** Not flushed, oldest first. */
  #journal: Change[] = [];
  /** How many more writes the disk takes. */
  #writes = Number.POSITIVE_INFINITY;
  /** What happens next. */
  fault: DiskFault | undefined;
  /** Set by a commit in which the process died. */
  hasDied = false;
  /** Told of every flush. */
  flushed: () => void = () => undefined;

  /** @param rows other rows than these make a broken disk */
  constructor(durability: 'sync' | 'async', rows: Rows = new MemoryRows()) {
    this.#isSync = durability === 'sync';
    this.#rows = rows;
  }

  table(name: string): RowTable {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const made = new JournalledTable(this.#rows.table(name), (change) => this.#note(change));
    this.#tables.set(name, made);
    return made;
  }

  transaction(change: () => void): void {
    const { fault } = this;
    this.fault = undefined;
    if (fault === undefined) this.#commit(change);
    else this.#breakIn(fault, change);
    if (this.#isSync) this.flush();
  }

  flush(): void {
    this.#journal = [];
    this.flushed();
  }

  async close(): Promise<void> {}

  /** What was not flushed is gone. @returns whether there was anything */
  cutPower(): boolean {
    const lost = this.#journal.reverse();
    this.#journal = [];
    this.#rows.transaction(() => {
      for (const { table, key, before } of lost) {
        if (before === undefined) table.remove(key);
        else table.put(key, before);
      }
    });
    this.#journal = [];
    return lost.length > 0;
  }

  #commit(change: () => void): void {
    const journalled = this.#journal.length;
    try {
      this.#rows.transaction(change);
    } catch (error) {
      this.#journal.length = journalled;
      throw error;
    }
  }

  #breakIn(fault: DiskFault, change: () => void): void {
    if (fault.kind === 'dies_after') {
      this.#commit(change);
      this.hasDied = true;
      if (this.#isSync) this.flush();
      throw new ProcessDied('the process died after a commit');
    }
    const before = this.#print();
    try {
      this.#commit(() => {
        this.#writes = fault.kind === 'refuses' ? fault.write : Number.POSITIVE_INFINITY;
        change();
        if (fault.kind === 'refuses') throw new Error('EIO: the disk refuses');
        this.hasDied = true;
        throw new ProcessDied('the process died in a commit');
      });
    } finally {
      this.#writes = Number.POSITIVE_INFINITY;
      if (this.#print() !== before) this.torn();
    }
  }

  /** Told when a part of a failed transaction is there (1). */
  torn: () => void = () => undefined;

  #note(change: Change): void {
    if (this.#writes <= 0) throw new Error('EIO: the disk refuses');
    this.#writes -= 1;
    this.#journal.push(change);
  }

  /** Every row there is, in order. */
  #print(): string {
    const lines: string[] = [];
    for (const [name, table] of this.#tables) {
      for (const { key, value } of table.range({}))
        lines.push(`${name} ${JSON.stringify(key)} ${value.toString('latin1')}`);
    }
    return lines.join('\n');
  }
}

/** Notes every write before it is made. */
class JournalledTable implements RowTable {
  readonly #table: RowTable;
  readonly #note: (change: Change) => void;

  constructor(table: RowTable, note: (change: Change) => void) {
    this.#table = table;
    this.#note = note;
  }

  get(key: RowKey): Buffer | undefined {
    return this.#table.get(key);
  }

  range(range: RowRange): Iterable<Row> {
    return this.#table.range(range);
  }

  put(key: RowKey, value: Buffer): void {
    this.#note({ table: this.#table, key, before: this.#table.get(key) });
    this.#table.put(key, value);
  }

  remove(key: RowKey): boolean {
    this.#note({ table: this.#table, key, before: this.#table.get(key) });
    return this.#table.remove(key);
  }
}
