/**
 * A simulated Holdfast: the real store, shards and desks on a simulated machine, one life of the server after the other over
 * one disk. It owns the lives and deaths of processes and threads; clients come from outside (`clients.ts`), faults are
 * chosen elsewhere (`faults.ts`). One seed, one course of events, told by its trace.
 *
 * After every step what was committed is taken into the history, and the desk that ran is held to it.
 */
import { type Config, readConfig } from '../../src/config.js';
import type { Desk } from '../../src/desk/desk.js';
import type { NumberedFact } from '../../src/domain/facts.js';
import { present } from '../../src/lib/assert.js';
import type { Clock } from '../../src/lib/clock.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import { Store } from '../../src/store/store.js';
import { INCARNATION_KEY, openMeta } from '../../src/store/tables.js';
import { type Breakage, NOTHING_BROKEN } from './breakages.js';
import { SimulatedCrew } from './crew.js';
import type { SimulatedDisk } from './disk.js';
import { History } from './history.js';
import { ROOMY, type SimulatedLimits } from './limits.js';
import { Machine } from './machine.js';
import { Random } from './random.js';
import { Replicas } from './replicas.js';
import type { SimulatedThread } from './thread.js';
import { Trace } from './trace.js';

export { LIMITS } from './limits.js';

export interface WorldOptions {
  readonly seed: number;
  readonly shardCount: number;
  readonly gatewayCount: number;
  readonly durability?: 'sync' | 'async';
  readonly limits?: SimulatedLimits;
  readonly breakage?: Breakage;
}

/** How many steps a server lives on, at most, when it has noticed that it cannot go on. */
const DYING_STEPS_MAX = 40;

/** Sweeps of the store's indexes are begun, and cut, in every course. */
const LAG = { waitingMax: 24, sliceRowsMin: 4, sliceRowsMax: 32 };

export class World {
  readonly random: Random;
  readonly machine: Machine;
  readonly disk: SimulatedDisk;
  readonly trace = new Trace();
  readonly history: History;
  readonly replicas: Replicas;
  readonly clients: SimulatedThread;
  readonly counts = new Map<string, number>();
  readonly durability: 'sync' | 'async';
  /** Facts in the order in which the store numbered them. */
  readonly onFacts: ((fact: NumberedFact) => void)[] = [];
  /** The server has ended; whoever waits for it is told. */
  readonly onEnd: ((how: 'killed' | 'power') => void)[] = [];
  /** A power cut has taken facts back: the last that is left. */
  readonly onLoss: ((sequence: number) => void)[] = [];
  /** A bug: something was thrown that nothing here had caused. */
  failure: unknown;
  shardCount: number;
  gatewayCount: number;
  crew: SimulatedCrew | undefined;
  #store: Store | undefined;
  readonly limits: SimulatedLimits;
  readonly #breakage: Breakage;
  #names = 0;
  /** Of the last fact that no power cut takes back. */
  #flushed = 0;
  /** A commit was refused: the store is not to be asked any more. */
  #isBroken = false;
  /** The server is ending by itself, in so many steps. */
  #stepsLeft: number | undefined;

  constructor(options: WorldOptions) {
    const { seed, durability = 'sync' } = options;
    this.random = new Random(seed);
    this.machine = new Machine(this.random);
    this.durability = durability;
    this.limits = options.limits ?? ROOMY;
    this.#breakage = options.breakage ?? NOTHING_BROKEN;
    this.shardCount = options.shardCount;
    this.gatewayCount = options.gatewayCount;
    this.disk = this.#breakage.disk(durability);
    this.#breakage.tamperWith(this.machine, this.random);
    this.history = new History({
      latest: () => this.machine.latest,
      saw: (fact) => this.#saw(fact),
    });
    this.replicas = new Replicas({
      history: this.history,
      random: this.random,
      count: (what) => this.count(what),
    });
    this.clients = this.machine.thread('clients');
    this.machine.onCrash = (thread, error) => this.#crashed(thread, error);
    this.machine.onLate = (from, to) => {
      if (to.startsWith('shard'))
        this.count(from === 'gateway' ? 'late command' : 'late word to a shard');
    };
    this.machine.stepped.push((what) => this.trace.step(what));
    this.disk.flushed = () => {
      this.#flushed = this.#store?.sequence ?? 0;
    };
    this.disk.torn = () => {
      this.failure ??= new Error('a part of a commit that failed is on disk');
    };
  }

  /** A world whose server serves. */
  static async open(options: WorldOptions): Promise<World> {
    const world = new World(options);
    await world.boot();
    await world.settle();
    return world;
  }

  get now(): number {
    return this.machine.now;
  }

  get clock(): Clock {
    return this.machine.clock;
  }

  get store(): Store {
    return present(this.#store, 'a store');
  }

  get isServing(): boolean {
    return this.crew?.isServing === true && this.#stepsLeft === undefined;
  }

  get desks(): readonly { readonly desk: Desk }[] {
    return (this.crew?.desks ?? []).map((_, gateway) => ({ desk: this.desk(gateway) }));
  }

  /** As it is called by its gateway's thread. */
  desk(gateway = 0): Desk {
    const { host, thread } = present(this.crew?.desks[gateway], `gateway ${gateway}`);
    return onThread(host.desk, (call) => this.machine.as(thread, call));
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  note(line: string): void {
    this.trace.note(this.machine.time, line);
  }

  /** The server starts, on whatever is on the disk; `isServing` when it has recovered. */
  async boot(): Promise<void> {
    const { machine, disk, shardCount, gatewayCount } = this;
    this.disk.hasDied = false;
    this.disk.fault = undefined;
    this.#stepsLeft = undefined;
    this.#isBroken = false;
    this.#store = new Store(disk, this.clock, LAG);
    const lost = this.history.compare(this.store, this.#flushed);
    this.history.pull(this.store);
    this.replicas.forget();
    if (lost > 0) {
      this.count('facts lost with the power');
      for (const hear of this.onLoss) hear(this.store.sequence);
    }
    const crew = new SimulatedCrew({
      machine,
      config: this.#config(),
      store: this.store,
      random: () => this.#name(),
      shardCountOf: (shard) => this.#breakage.shardCountOf(shard, shardCount),
      fail: (fault) => this.#fail(fault),
    });
    this.crew = crew;
    if (this.history.live().length > 0) this.count('holds recovered');
    this.note(`boot: ${shardCount} shards, ${gatewayCount} gateways, at ${this.store.sequence}`);
    await machine.run(crew.main, () => crew.begin());
  }

  /** `kill -9`, and with `power` the machine with it. */
  end(how: 'killed' | 'power'): void {
    this.note(how === 'power' ? 'power cut' : 'process killed');
    const measures = this.crew?.rounds.measures();
    if (measures !== undefined && measures.turns > measures.commits)
      this.count('one commit for several turns');
    this.crew?.killAll();
    this.crew = undefined;
    this.disk.fault = undefined;
    if (how === 'power' && this.disk.cutPower() && this.#breakage.renewsIncarnation) this.#renew();
    for (const hear of this.onEnd) hear(how);
  }

  /** Killed and started again; everything that was under way is lost. */
  async killProcess(): Promise<void> {
    this.end('killed');
    await this.boot();
    await this.settle();
  }

  killShard(shard: number): void {
    if (this.crew?.killShard(shard) === true) this.note(`shard ${shard} killed`);
  }

  /** One thing happens. @returns false when nothing is left to happen but the passing of time */
  async step(): Promise<boolean> {
    const hasMoved = await this.machine.step();
    this.#afterStep();
    return hasMoved;
  }

  /** Everything that is under way comes to its end; time stands still. */
  async settle(stepsMax = 40_000): Promise<void> {
    for (let steps = 0; steps < stepsMax; steps += 1) {
      if (!(await this.step())) return;
      if (this.failure !== undefined) throw this.failure;
    }
    throw new Error('the world does not come to rest');
  }

  advance(ms: number): void {
    this.machine.advance(ms);
    this.trace.step(`+${ms} ms`);
  }

  /** Runs a piece of the outside world. */
  async enter(thread: SimulatedThread, work: () => void): Promise<void> {
    await this.machine.run(thread, work);
    this.#afterStep();
  }

  /** What opening the real store does where it has gone back: sequences will be given out again (`incarnation.ts`). */
  #renew(): void {
    const flushed = this.#flushed;
    const meta = openMeta(this.disk);
    this.disk.transaction(() => meta.put(INCARNATION_KEY, this.random.below(2 ** 32)));
    this.disk.flush();
    this.#flushed = flushed;
  }

  #afterStep(): void {
    if (this.crew === undefined) return;
    if (this.disk.hasDied) return this.end('killed');
    this.#reapShards();
    if (this.#stepsLeft !== undefined) {
      this.#stepsLeft -= 1;
      if (this.#stepsLeft <= 0) return this.end('killed');
    }
    try {
      if (!this.#isBroken) this.history.pull(this.store);
      for (const { host, thread, isMade } of this.crew.desks)
        if (isMade && this.machine.last === thread) this.replicas.check(host.desk, this.now);
    } catch (error) {
      this.failure ??= error;
    }
  }

  /** A shard that died in the middle of a step. */
  #reapShards(): void {
    for (const [index, { thread }] of this.crew?.shards ?? [])
      if (thread.postsLeft < 0) this.killShard(index);
  }

  #crashed(thread: SimulatedThread, error: unknown): void {
    if (this.disk.hasDied) return;
    // What is asked of a store that is broken fails as it should.
    if (this.#isBroken && thread === this.crew?.storeThread) return;
    const isRefusal = error instanceof ServerFault && error.code === 'storage_failed';
    if (thread !== this.crew?.storeThread || !isRefusal) {
      this.failure ??= error;
      return;
    }
    this.note('the disk refused a commit');
    this.#isBroken = true;
    this.crew.abandonStore();
    this.#ending();
  }

  #fail(fault: ServerFault): void {
    this.note(`the server gives up: ${fault.message}`);
    this.count('server gave up');
    this.#ending();
  }

  #ending(): void {
    this.#stepsLeft ??= this.random.below(DYING_STEPS_MAX);
  }

  #saw({ sequence, fact }: NumberedFact): void {
    const isEvent = fact.type.startsWith('event.');
    this.note(`#${sequence} ${isEvent ? `${fact.type} ${fact.eventId}` : JSON.stringify(fact)}`);
    this.count(`fact ${fact.type}`);
    for (const hear of this.onFacts) hear({ sequence, fact });
  }

  #config(): Config {
    const { shardCount, gatewayCount } = this;
    const { desk, shard, threads } = this.limits;
    return { ...readConfig({}), shardCount, gatewayCount, desk, shard, threads };
  }

  #name(): string {
    this.#names += 1;
    return this.#names.toString(36).padStart(16, '0');
  }
}

/** Calls a desk's methods as its thread would. */
function onThread(desk: Desk, enter: <T>(call: () => T) => T): Desk {
  return new Proxy(desk, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => enter(() => Reflect.apply(value, target, args));
    },
  });
}
