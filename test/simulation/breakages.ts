/**
 * Worlds that are known to be broken, each in one way that the server relies on: the controls of the simulation, which must
 * catch every one. Nothing of the server is changed; what is broken is the machine under it.
 */
import { MemoryRows } from '../../src/store/memory-rows.js';
import type { Row, RowKey, RowRange, Rows, RowTable } from '../../src/store/rows.js';
import { SimulatedDisk } from './disk.js';
import type { Machine, Tamper } from './machine.js';
import type { Random } from './random.js';

export interface Breakage {
  readonly disk: (durability: 'sync' | 'async') => SimulatedDisk;
  readonly tamperWith: (machine: Machine, random: Random) => void;
  /** What a shard takes for the number of shards. */
  readonly shardCountOf: (shard: number, shardCount: number) => number;
  /** A store that has lost facts becomes another incarnation. */
  readonly renewsIncarnation: boolean;
}

export const NOTHING_BROKEN: Breakage = {
  disk: (durability) => new SimulatedDisk(durability),
  tamperWith: () => undefined,
  shardCountOf: (_, shardCount) => shardCount,
  renewsIncarnation: true,
};

/** One message in so many. */
const RARELY = 1 / 40;

export const BREAKAGES: Readonly<Record<string, Breakage>> = {
  'a disk that says it has flushed, and has not': {
    ...NOTHING_BROKEN,
    disk: (durability) =>
      durability === 'sync' ? new LyingDisk('async') : new SimulatedDisk(durability),
  },
  'a transaction that leaves a part behind': {
    ...NOTHING_BROKEN,
    disk: (durability) => new SimulatedDisk(durability, new TornRows()),
  },
  'a table of facts that loses a row': losing('facts'),
  'a table of reservations that loses a row': losing('reservations'),
  'a table of idempotency keys that loses a row': losing('idempotency'),
  'news of the store that is lost': tampered('store', 'gateway', (luck, message) =>
    luck.chance(RARELY) ? [] : [message],
  ),
  'news of the store that comes twice': tampered('store', 'gateway', (luck, message) =>
    luck.chance(RARELY) ? [message, message] : [message],
  ),
  'a staged turn that comes twice': tampered('shard', 'store', (luck, message) =>
    luck.chance(RARELY) ? [message, message] : [message],
  ),
  'a staged turn that is lost': tampered('shard', 'store', (luck, message) =>
    luck.chance(RARELY) ? [] : [message],
  ),
  'a port that changes the order': {
    ...NOTHING_BROKEN,
    tamperWith: (machine, luck) => {
      machine.tamper = swapping(luck);
    },
  },
  'a shard whose clock is ahead': {
    ...NOTHING_BROKEN,
    tamperWith: (machine) => {
      machine.wrongClocks.set('shard-0', 900);
    },
  },
  'a shard whose timers do not fire': {
    ...NOTHING_BROKEN,
    tamperWith: (machine) => {
      machine.deaf.add('shard-0');
    },
  },
  'a store that stays the same incarnation after a loss': {
    ...NOTHING_BROKEN,
    renewsIncarnation: false,
  },
  'a shard that believes in another number of shards': {
    ...NOTHING_BROKEN,
    shardCountOf: (shard, shardCount) => (shard === 1 ? shardCount + 1 : shardCount),
  },
};

/** No port does this; a server that can bear it makes nothing of a late answer or a repeated word. */
export const HARMLESS: Readonly<Record<string, Breakage>> = {
  'a command that comes twice': tampered('gateway', 'shard', (luck, message) =>
    luck.chance(RARELY) ? [message, message] : [message],
  ),
};

function losing(table: string): Breakage {
  return {
    ...NOTHING_BROKEN,
    disk: (durability) => new SimulatedDisk(durability, new ForgetfulRows(table)),
  };
}

/** Wires between threads whose names begin so. */
function tampered(
  from: string,
  to: string,
  change: (luck: Random, message: unknown) => readonly unknown[],
): Breakage {
  return {
    ...NOTHING_BROKEN,
    tamperWith: (machine, luck) => {
      machine.tamper = (sender, receiver, message) =>
        sender.startsWith(from) && receiver.startsWith(to) ? change(luck, message) : [message];
    },
  };
}

/** Now and then a message of the store is overtaken by its next. */
function swapping(luck: Random): Tamper {
  let held: { readonly to: string; readonly message: unknown } | undefined;
  return (from, to, message) => {
    if (from !== 'store') return [message];
    if (held === undefined && luck.chance(RARELY)) {
      held = { to, message };
      return [];
    }
    if (held?.to !== to) return [message];
    const late = held.message;
    held = undefined;
    return [message, late];
  };
}

class LyingDisk extends SimulatedDisk {
  override transaction(change: () => void): void {
    super.transaction(change);
    this.flushed();
  }

  override flush(): void {
    this.flushed();
  }
}

/** Rows whose transactions are not undone. */
class TornRows implements Rows {
  readonly #rows = new MemoryRows();

  table(name: string): RowTable {
    return this.#rows.table(name);
  }

  transaction(change: () => void): void {
    let failure: unknown;
    this.#rows.transaction(() => {
      try {
        change();
      } catch (error) {
        failure = error;
      }
    });
    if (failure !== undefined) throw failure;
  }

  flush(): void {}

  async close(): Promise<void> {}
}

/** Rows one table of which does not keep every seventh row that is put. */
class ForgetfulRows implements Rows {
  readonly #rows = new MemoryRows();
  readonly #forgets: string;

  constructor(forgets: string) {
    this.#forgets = forgets;
  }

  table(name: string): RowTable {
    const table = this.#rows.table(name);
    return name === this.#forgets ? new ForgetfulTable(table) : table;
  }

  transaction(change: () => void): void {
    this.#rows.transaction(change);
  }

  flush(): void {}

  async close(): Promise<void> {}
}

class ForgetfulTable implements RowTable {
  readonly #table: RowTable;
  #puts = 0;

  constructor(table: RowTable) {
    this.#table = table;
  }

  get(key: RowKey): Buffer | undefined {
    return this.#table.get(key);
  }

  range(range: RowRange): Iterable<Row> {
    return this.#table.range(range);
  }

  put(key: RowKey, value: Buffer): void {
    this.#puts += 1;
    if (this.#puts % 7 !== 0) this.#table.put(key, value);
  }

  remove(key: RowKey): boolean {
    return this.#table.remove(key);
  }
}
