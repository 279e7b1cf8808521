/** The store's thread: the only one that touches the disk. It is asked by the supervisor and speaks to shards and desks. */
import { threadId } from 'node:worker_threads';
import type { Config } from '../config.js';
import { present } from '../lib/assert.js';
import { ServerFault } from '../lib/server-fault.js';
import { systemClock } from '../lib/system-clock.js';
import { openStore } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { ControlPort } from './control-port.js';
import { faultData } from './fault-data.js';
import { GroupCommit } from './group-commit.js';
import type { NoCalls, StoreCalls, StoreThreadData } from './thread-messages.js';
import type { ThreadStart } from './thread-pool.js';

/** Resolves when the store was asked to stop and has closed its files; rejects when a commit has failed, or at a bug. */
export function run(start: ThreadStart<StoreThreadData>): Promise<void> {
  return new StoreThread(start).ended;
}

class StoreThread {
  readonly ended: Promise<void>;
  readonly #config: Config;
  #store: Store | undefined;
  #commit: GroupCommit | undefined;
  #flushing: NodeJS.Timeout | undefined;
  #end: () => void = () => undefined;
  #break: (cause: unknown) => void = () => undefined;

  constructor({ config, control }: ThreadStart<StoreThreadData>) {
    this.#config = config;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#break = reject;
    });
    // A thread that is torn away while it writes can take the process with it: it stays, and touches nothing more.
    process.on('uncaughtException', (cause) => this.#died(cause));
    new ControlPort<StoreCalls, NoCalls>(control, {
      hello: () => threadId,
      open: (ask) => this.#open(ask),
      attachShard: ({ shard, port }) => {
        this.#rounds.attachShard(shard, port);
      },
      detachShard: ({ shard }) => {
        this.#rounds.detachShard(shard);
      },
      measure: () => ({ ...this.#rounds.measures() }),
      stop: () => this.#stop(),
    });
  }

  get #rounds(): GroupCommit {
    return present(this.#commit, 'the store is opened before all else');
  }

  async #open({
    shards,
    gateways,
  }: StoreCalls['open']['ask']): Promise<StoreCalls['open']['answer']> {
    const { dataDir, durability, threads } = this.#config;
    try {
      const store = await openStore({ dataDir, durability, clock: systemClock });
      this.#store = store;
      const rounds = new GroupCommit(store, threads.messagesPerRoundMax);
      this.#commit = rounds;
      this.#flushing = setInterval(() => store.flush(), threads.flushMs);
      return { ok: true, opened: rounds.open(shards, gateways) };
    } catch (cause) {
      if (!(cause instanceof ServerFault)) throw cause;
      return { ok: false, fault: faultData(cause) };
    }
  }

  async #stop(): Promise<undefined> {
    clearInterval(this.#flushing);
    this.#commit?.stop();
    await this.#store?.close();
    this.#store = undefined;
    this.#end();
  }

  #died(cause: unknown): void {
    clearInterval(this.#flushing);
    this.#commit?.abandon();
    this.#break(cause);
  }
}
