/**
 * Every thread of one life of a simulated server: the real store, shards and desks with the real hosts, joined by the real
 * mesh and kept by the real keeper, on the threads of a simulated machine.
 */
import { MessageChannel } from 'node:worker_threads';
import type { Config } from '../../src/config.js';
import type { Desk } from '../../src/desk/desk.js';
import { present } from '../../src/lib/assert.js';
import { openLog } from '../../src/lib/log.js';
import type { ServerFault } from '../../src/lib/server-fault.js';
import { Shard } from '../../src/shard/shard.js';
import type { Store } from '../../src/store/store.js';
import { type CallsOf, ControlPort, type HandlersOf } from '../../src/threads/control-port.js';
import type { GatewayThread, ShardCrew, ShardThread, StoreThread } from '../../src/threads/crew.js';
import { GatewayHost } from '../../src/threads/gateway-host.js';
import { GroupCommit } from '../../src/threads/group-commit.js';
import { connectAll } from '../../src/threads/mesh.js';
import { ShardHost } from '../../src/threads/shard-host.js';
import { ShardKeeper } from '../../src/threads/shard-keeper.js';
import type {
  GatewayCalls,
  NoCalls,
  ShardCalls,
  StoreCalls,
  SupervisorCalls,
  ThreadCalls,
} from '../../src/threads/thread-messages.js';
import { Thread, ThreadGone } from '../../src/threads/thread-pool.js';
import type { Machine } from './machine.js';
import type { SimulatedThread } from './thread.js';

export interface CrewOptions {
  readonly machine: Machine;
  readonly config: Config;
  readonly store: Store;
  /** 16 url-safe characters. */
  readonly random: () => string;
  /** The shard count that a shard believes in: other than the config's, it is a broken one. */
  readonly shardCountOf: (shard: number) => number;
  /** The server cannot go on. */
  fail(fault: ServerFault): void;
}

/** The present life of a shard. */
export interface LivingShard {
  readonly shard: Shard;
  readonly thread: SimulatedThread;
  readonly end: (cause: Error) => void;
}

export interface LivingDesk {
  readonly host: GatewayHost;
  readonly thread: SimulatedThread;
  /** It has been given its store. */
  isMade: boolean;
}

const log = openLog('simulation', 'silent');

export class SimulatedCrew implements ShardCrew {
  readonly main: SimulatedThread;
  readonly storeThread: SimulatedThread;
  readonly rounds: GroupCommit;
  readonly desks: readonly LivingDesk[];
  readonly shards = new Map<number, LivingShard>();
  readonly store: StoreThread;
  readonly gateways: readonly GatewayThread[];
  readonly #options: CrewOptions;
  readonly #threads = new Map<number, ShardThread>();
  #lives = 0;
  #flushing: NodeJS.Timeout | undefined;
  /** All have recovered: the server serves. */
  isServing = false;

  constructor(options: CrewOptions) {
    const { machine, config, store } = options;
    this.#options = options;
    this.main = machine.thread('main');
    this.storeThread = machine.thread('store');
    this.rounds = new GroupCommit(store, config.threads.messagesPerRoundMax);
    const started = machine.as(this.main, () => this.#startStore(store));
    this.store = started.thread;
    const desks = Array.from({ length: config.gatewayCount }, (_, index) =>
      machine.as(this.main, () => this.#startGateway(index)),
    );
    this.desks = desks.map(({ living }) => living);
    this.gateways = desks.map(({ thread }) => thread);
  }

  /** As the supervisor begins: everyone at once. Its end shows in `isServing`. */
  begin(): void {
    const { config, fail } = this.#options;
    const clock = this.#options.machine.clock;
    const keeper = new ShardKeeper({ crew: this, config, clock, log, fail });
    for (let shard = 0; shard < config.shardCount; shard += 1) keeper.start(shard);
    connectAll(this).then(
      () => {
        keeper.revive();
        this.isServing = true;
      },
      (cause: unknown) => {
        // That a thread has ended is the lesser half of the story: `fail` tells why.
        if (!(cause instanceof ThreadGone)) throw cause;
      },
    );
  }

  desk(gateway: number): Desk {
    return present(this.desks[gateway], `gateway ${gateway}`).host.desk;
  }

  startShard(shard: number): ShardThread {
    const { machine, config } = this.#options;
    this.#lives += 1;
    const thread = machine.thread(`shard-${shard} life ${this.#lives}`, `shard-${shard}`);
    const { control, far } = this.#control<NoCalls, ShardCalls>({});
    let end: (cause: Error) => void = () => undefined;
    const task = new Promise<void>((_, reject) => {
      end = reject;
    });
    const made = machine.as(thread, () => {
      let living: Shard | undefined;
      const host: ShardHost = new ShardHost(machine.clock, (outlets) => {
        living = new Shard({
          index: shard,
          shardCount: this.#options.shardCountOf(shard),
          clock: machine.clock,
          limits: config.shard,
          outlets,
          wantsTurn: () => host.wantTurn(),
        });
        return living;
      });
      new ControlPort<ShardCalls, NoCalls>(far, shardCalls(host));
      return present(living, 'a host makes its shard at once');
    });
    this.shards.set(shard, { shard: made, thread, end });
    const started = new Thread<NoCalls, ShardCalls>(thread.name, control, task, () => undefined);
    this.#threads.set(shard, started);
    return started;
  }

  buryShard(shard: number): void {
    this.#threads.delete(shard);
  }

  shard(shard: number): ShardThread {
    return present(this.#threads.get(shard), `shard ${shard} is alive`);
  }

  livingShards(): readonly (readonly [number, ShardThread])[] {
    return [...this.#threads];
  }

  /** The thread is dead where it stands; the main thread hears of it when it comes to it. @returns whether it was alive */
  killShard(shard: number): boolean {
    const living = this.shards.get(shard);
    if (living === undefined) return false;
    this.shards.delete(shard);
    this.#options.machine.kill(living.thread);
    this.main.calls.push(() => living.end(new Error('killed')));
    return true;
  }

  /** A commit has failed: the store's thread touches nothing more, and answers nobody. */
  abandonStore(): void {
    clearInterval(this.#flushing);
    this.rounds.abandon();
  }

  /** The whole process. */
  killAll(): void {
    for (const thread of [...this.#options.machine.threads]) {
      if (thread.kind !== 'clients') this.#options.machine.kill(thread);
    }
  }

  #startStore(store: Store) {
    const { config } = this.#options;
    const { rounds } = this;
    return this.#start<NoCalls, StoreCalls>(this.storeThread, {}, () => {
      this.#flushing = setInterval(() => store.flush(), config.threads.flushMs);
      return {
        ...common,
        open: ({ shards, gateways }) => ({ ok: true, opened: rounds.open(shards, gateways) }),
        attachShard: ({ shard, port }) => {
          rounds.attachShard(shard, port);
          return undefined;
        },
        detachShard: ({ shard }) => {
          rounds.detachShard(shard);
          return undefined;
        },
        measure: () => ({ ...rounds.measures() }),
      };
    });
  }

  #startGateway(index: number): { living: LivingDesk; thread: GatewayThread } {
    const { config, machine, random } = this.#options;
    const thread = machine.thread(`gateway-${index}`, 'gateway');
    const host = new GatewayHost(config, { clock: machine.clock, random });
    const living: LivingDesk = { host, thread, isMade: false };
    const collect = () => ({ threads: [], samples: [] });
    const started = this.#start<SupervisorCalls, GatewayCalls>(thread, { collect }, () => ({
      ...common,
      attachStore: async ({ port }) => {
        const opened = host.attachStore(port);
        living.isMade = true;
        await opened;
        return undefined;
      },
      attachShard: ({ shard, port }) => {
        host.attachShard(shard, port);
        return undefined;
      },
      shardDown: async ({ shard }) => {
        await host.shardDown(shard);
        return undefined;
      },
      shardUp: ({ shard }) => {
        host.shardUp(shard);
        return undefined;
      },
      listen: unasked,
      makeDefaultEvent: unasked,
      measure: () => ({ sample: undefined, desk: { ...host.desk.measures() } }),
      halt: () => undefined,
    }));
    return { living, thread: started.thread };
  }

  #start<Mine extends CallsOf<Mine>, Theirs extends CallsOf<Theirs> & ThreadCalls>(
    thread: SimulatedThread,
    mine: HandlersOf<Mine>,
    theirs: () => HandlersOf<Theirs>,
  ): { thread: Thread<Mine, Theirs> } {
    const { control, far } = this.#control<Mine, Theirs>(mine);
    this.#options.machine.as(thread, () => new ControlPort<Theirs, Mine>(far, theirs()));
    const never = new Promise<void>(() => undefined);
    return { thread: new Thread<Mine, Theirs>(thread.name, control, never, () => undefined) };
  }

  #control<Mine extends CallsOf<Mine>, Theirs extends CallsOf<Theirs>>(mine: HandlersOf<Mine>) {
    const { port1, port2 } = new MessageChannel();
    return { control: new ControlPort<Mine, Theirs>(port1, mine), far: port2 };
  }
}

const common = { hello: () => 0, stop: () => undefined };

function unasked(): never {
  throw new Error('the simulation does not ask this');
}

function shardCalls(host: ShardHost): HandlersOf<ShardCalls> {
  return {
    ...common,
    attachStore: async ({ port }) => {
      await host.attachStore(port);
      return undefined;
    },
    attachGateway: ({ gateway, port }) => {
      host.attachGateway(gateway, port);
      return undefined;
    },
    attachPeer: ({ shard, port }) => {
      host.attachPeer(shard, port);
      return undefined;
    },
    peerRestarted: ({ shard }) => {
      host.peerRestarted(shard);
      return undefined;
    },
    measure: () => ({}),
  };
}
