/**
 * Starts shards, and starts them again when they die, so that nothing is lost or done twice:
 *
 * 1. The store commits all that the dead shard had staged, tells every desk, and takes nothing more from it. Only then
 * 2. is every desk told; it settles each multi-shard operation the dead one took part in, reading the store. Only then
 * 3. is a new life started, with fresh ports, and rebuilt from the store; the other shards and the desks hear of it.
 *
 * Several shards may be dead at once: each goes through this by itself.
 */
import type { Config } from '../config.js';
import type { SteadyClock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { ServerFault } from '../lib/server-fault.js';
import type { ShardCrew, ShardThread } from './crew.js';
import { connectShard } from './mesh.js';
import { RestartBudget } from './restart-budget.js';
import { type ThreadEnd, ThreadGone } from './thread-pool.js';
import { within } from './time-limit.js';

export interface ShardKeeperOptions {
  readonly crew: ShardCrew;
  readonly config: Config;
  readonly clock: SteadyClock;
  readonly log: Log;
  /** The server cannot go on. */
  fail(fault: ServerFault): void;
}

export class ShardKeeper {
  readonly #options: ShardKeeperOptions;
  readonly #budgets: readonly RestartBudget[];
  /** `starting`: a shard that dies cannot recover, and would not the next time. */
  #phase: 'starting' | 'reviving' | 'ending' = 'starting';
  #restarts = 0;

  constructor(options: ShardKeeperOptions) {
    this.#options = options;
    const { shardCount, threads } = options.config;
    this.#budgets = Array.from(
      { length: shardCount },
      () => new RestartBudget(threads.restartBudgets),
    );
  }

  /** Lives that were not the first of their shard. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Starts the shard for the first time; it is wired with all others. */
  start(shard: number): void {
    this.#live(shard);
  }

  /** All have recovered once: from now on a shard that dies is started again. */
  revive(): void {
    this.#phase = 'reviving';
  }

  /** From now on shards end because they were asked to. */
  leaveAlone(): void {
    this.#phase = 'ending';
  }

  #live(shard: number): void {
    const thread = this.#options.crew.startShard(shard);
    thread.ended
      .then((end) => this.#ended(shard, thread, end))
      .catch((cause) => this.#failWith(cause));
  }

  async #ended(shard: number, thread: ShardThread, end: ThreadEnd): Promise<void> {
    if (this.#phase === 'ending') return;
    const cause = end.orderly ? new Error(`${thread.name} ended unasked`) : end.cause;
    const { crew, clock, log } = this.#options;
    crew.buryShard(shard);
    log.error({ err: cause }, `${thread.name} has died`);
    if (this.#phase === 'starting') throw unexpected(cause);
    const broken = this.#budgets[shard]?.spend(clock.elapsed());
    if (broken !== undefined) throw dyingShard(thread.name, broken.windowMs, cause);
    await thread.terminate();
    await crew.store.control.ask('detachShard', { shard });
    await this.#settle(shard, thread.name);
    if (this.#phase === 'reviving') await this.#revive(shard, thread.name);
  }

  /** Every desk lets go of the dead shard. */
  async #settle(shard: number, name: string): Promise<void> {
    const { crew, config } = this.#options;
    const settled = crew.gateways.map(({ control }) => control.ask('shardDown', { shard }));
    await within(Promise.all(settled), config.threads.settleMsMax, () => unsettled(name));
  }

  async #revive(shard: number, name: string): Promise<void> {
    this.#restarts += 1;
    const { crew, log } = this.#options;
    this.#live(shard);
    await connectShard(crew, shard);
    const peers = crew.livingShards().filter(([index]) => index !== shard);
    await Promise.allSettled(
      peers.map(([, { control }]) => control.ask('peerRestarted', { shard })),
    );
    await Promise.all(crew.gateways.map(({ control }) => control.ask('shardUp', { shard })));
    log.info(`${name} serves again`);
  }

  /** A thread that ended meanwhile is seen to where its own end is noticed. */
  #failWith(cause: unknown): void {
    if (this.#phase === 'ending' || cause instanceof ThreadGone) return;
    this.#options.fail(cause instanceof ServerFault ? cause : unexpected(cause));
  }
}

function dyingShard(name: string, windowMs: number, cause: unknown): ServerFault {
  return new ServerFault(`${name} keeps dying: too often within ${windowMs / 1000} s`, {
    code: 'shard_restarting',
    hint: 'See its last error above; `holdfast verify` checks what is on disk.',
    cause,
  });
}

function unsettled(name: string): ServerFault {
  return new ServerFault(`the desks did not settle with ${name} in time`, {
    code: 'shard_restarting',
    hint: 'Start the server again: it recovers from disk.',
  });
}

function unexpected(cause: unknown): ServerFault {
  return new ServerFault('a shard could not be started', {
    code: 'shard_restarting',
    hint: 'See its error above; `holdfast verify` checks what is on disk.',
    cause,
  });
}
