/** Every thread of a running server: one store, the gateways, and the present life of each shard. */
import type { Config } from '../config.js';
import { present } from '../lib/assert.js';
import type { HandlersOf } from './control-port.js';
import type {
  GatewayCalls,
  GatewayThreadData,
  NoCalls,
  ShardCalls,
  ShardThreadData,
  StoreCalls,
  StoreThreadData,
  SupervisorCalls,
} from './thread-messages.js';
import { type Thread, ThreadPool } from './thread-pool.js';

export type StoreThread = Thread<NoCalls, StoreCalls>;
export type ShardThread = Thread<NoCalls, ShardCalls>;
export type GatewayThread = Thread<SupervisorCalls, GatewayCalls>;

/** What seeing to shards needs of a crew. */
export type ShardCrew = Pick<
  Crew,
  'store' | 'gateways' | 'startShard' | 'buryShard' | 'shard' | 'livingShards'
>;

export class Crew {
  /** Never terminated, only asked to stop: it may be writing. */
  readonly store: StoreThread;
  /** By index. Asked to stop or to halt first: a live listener would abort the process. */
  readonly gateways: readonly GatewayThread[];
  readonly #config: Config;
  readonly #storePool: ThreadPool<NoCalls, StoreCalls>;
  readonly #shardPool: ThreadPool<NoCalls, ShardCalls>;
  readonly #gatewayPool: ThreadPool<SupervisorCalls, GatewayCalls>;
  readonly #shards = new Map<number, ShardThread>();

  /** Starts the store's thread and the gateways'; the pools start all threads at once, so that they load side by side. */
  constructor(config: Config, handlers: HandlersOf<SupervisorCalls>) {
    this.#config = config;
    this.#storePool = new ThreadPool(entryOf('store'), 1);
    this.#gatewayPool = new ThreadPool(entryOf('gateway'), config.gatewayCount);
    this.#shardPool = new ThreadPool(entryOf('shard'), config.shardCount);
    const storeData: StoreThreadData = { config };
    this.store = this.#storePool.start({ name: 'store', handlers: {}, data: storeData });
    this.gateways = Array.from({ length: config.gatewayCount }, (_, gateway) => {
      const data: GatewayThreadData = { config, gateway };
      return this.#gatewayPool.start({ name: `gateway-${gateway}`, handlers, data });
    });
  }

  /** Begins a life of the shard. */
  startShard(shard: number): ShardThread {
    const data: ShardThreadData = { config: this.#config, shard };
    const thread = this.#shardPool.start({ name: `shard-${shard}`, handlers: {}, data });
    this.#shards.set(shard, thread);
    return thread;
  }

  /** The shard is dead until it is started again. */
  buryShard(shard: number): void {
    this.#shards.delete(shard);
  }

  /** The present life; trips where the shard is dead. */
  shard(shard: number): ShardThread {
    return present(this.#shards.get(shard), `shard ${shard} is alive`);
  }

  /** The shards that are not dead, with their indexes; those that still recover are among them. */
  livingShards(): readonly (readonly [shard: number, thread: ShardThread])[] {
    return [...this.#shards];
  }

  /** Ends all threads. Only when the gateways have let go of their listeners and the store has closed its files. */
  async close(): Promise<void> {
    await Promise.all(
      [this.#storePool, this.#gatewayPool, this.#shardPool].map((pool) => pool.close()),
    );
  }
}

function entryOf(role: 'store' | 'gateway' | 'shard'): URL {
  return new URL(`./${role}-thread.js`, import.meta.url);
}
