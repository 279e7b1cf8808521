/**
 * Holdfast, running: starts the threads and wires them, sees to shards that die, and ends everything in order.
 *
 * A dead store or gateway, a failed commit, or a shard that cannot be kept alive ends the server: what is in memory may no
 * longer be true, and a restart recovers from disk (I3).
 */
import type { Config } from '../config.js';
import { present } from '../lib/assert.js';
import { type Log, openLog } from '../lib/log.js';
import { ServerFault } from '../lib/server-fault.js';
import { systemClock } from '../lib/system-clock.js';
import { collectMeasures } from './collect.js';
import { Crew } from './crew.js';
import { faultFrom } from './fault-data.js';
import { connectAll, unheeded } from './mesh.js';
import { probePort } from './port-probe.js';
import { ShardKeeper } from './shard-keeper.js';
import type { Collected, StoreOpened, ThreadMeasures } from './thread-messages.js';
import { type ThreadEnd, ThreadGone } from './thread-pool.js';
import { within } from './time-limit.js';

/** What a start came to, for the ready line. */
export interface StartFigures {
  readonly shards: number;
  readonly gateways: number;
  readonly events: number;
  readonly seats: number;
  /** Running holds taken over from disk. */
  readonly recovered: number;
  /** From the call of `startHoldfast` until it can serve. */
  readonly ms: number;
}

/** A server that serves. */
export interface RunningHoldfast {
  /** Where it listens; also where the config said 0. */
  readonly port: number;
  readonly figures: StartFigures;
  /** Resolves when the server cannot go on: it has let go of its port, and the process is to end. Never rejects. */
  readonly failed: Promise<Error>;
  /** Finishes what is in flight, closes sockets, flushes. @throws ServerFault where that takes too long. */
  close(): Promise<void>;
  /** For tests: kills the shard's thread where it stands. Resolves when it is dead; it is started again by itself. */
  killShard(shard: number): Promise<void>;
}

/**
 * Resolves when the server can serve: every shard has recovered, every desk's replica is complete, the port is open.
 *
 * @throws ServerFault `port_in_use`, `data_dir_locked`, `storage_corrupt`, `storage_failed`, …; nothing is left running then
 */
export async function startHoldfast(config: Config): Promise<RunningHoldfast> {
  const startedAt = performance.now();
  if (config.port !== 0) await probePort(config.host, config.port);
  const supervisor = new Supervisor(config);
  try {
    await supervisor.start(startedAt);
  } catch (cause) {
    await supervisor.abandon();
    throw cause;
  }
  return supervisor;
}

class Supervisor implements RunningHoldfast {
  readonly failed: Promise<Error>;
  readonly #config: Config;
  readonly #log: Log;
  readonly #crew: Crew;
  readonly #keeper: ShardKeeper;
  #resolveFailed: (fault: Error) => void = () => undefined;
  /** The end has begun: threads end because they are asked to. */
  #isEnding = false;
  #collecting: Promise<Collected> | undefined;
  #port = 0;
  #figures: StartFigures | undefined;

  constructor(config: Config) {
    this.#config = config;
    this.#log = openLog('main', config.logLevel);
    this.failed = new Promise((resolve) => {
      this.#resolveFailed = resolve;
    });
    this.#crew = new Crew(config, { collect: () => this.#collect() });
    this.#keeper = new ShardKeeper({
      crew: this.#crew,
      config,
      clock: systemClock,
      log: this.#log,
      fail: (fault) => this.#fail(fault),
    });
    for (const { name, ended } of [this.#crew.store, ...this.#crew.gateways]) {
      unheeded(ended.then((end) => this.#lost(name, end)));
    }
  }

  get port(): number {
    return this.#port;
  }

  get figures(): StartFigures {
    return present(this.#figures, 'figures are there when it has started');
  }

  async start(startedAt: number): Promise<void> {
    const failed = this.failed.then((fault) => Promise.reject(fault));
    // That a thread has ended is the lesser half of the story: `failed` tells why.
    const begun = this.#begin(startedAt).catch((cause) =>
      cause instanceof ThreadGone ? failed : Promise.reject(cause),
    );
    await within(Promise.race([begun, failed]), this.#config.threads.startMsMax, () =>
      tooSlow('start'),
    );
  }

  /** After a start that failed. */
  async abandon(): Promise<void> {
    await this.#halt();
    await this.#crew.close();
  }

  async close(): Promise<void> {
    this.#isEnding = true;
    this.#keeper.leaveAlone();
    await within(this.#endInOrder(), this.#config.threads.closeMsMax, () => tooSlow('end'));
  }

  async killShard(shard: number): Promise<void> {
    await this.#crew.shard(shard).terminate();
  }

  async #begin(startedAt: number): Promise<void> {
    const { shardCount, gatewayCount } = this.#config;
    for (let shard = 0; shard < shardCount; shard += 1) this.#keeper.start(shard);
    const opened = await connectAll(this.#crew);
    this.#keeper.revive();
    const { events, seats, recovered } = await this.#furnish(opened);
    await this.#listen();
    const ms = Math.round(performance.now() - startedAt);
    this.#figures = { shards: shardCount, gateways: gatewayCount, events, seats, recovered, ms };
  }

  /** A store in which there was never an event is given the default one. */
  async #furnish(opened: StoreOpened): Promise<StoreOpened> {
    if (!opened.empty) return opened;
    const { defaultRows, defaultSeatsPerRow } = this.#config;
    await this.#crew.gateways[0]?.control.ask('makeDefaultEvent', null);
    return { ...opened, events: 1, seats: defaultRows * defaultSeatsPerRow };
  }

  /** All on one port. Any free one is found by the gateway itself where it is alone, else before they share it. */
  async #listen(): Promise<void> {
    const { host, port, gatewayCount } = this.#config;
    this.#port = port === 0 && gatewayCount > 1 ? await probePort(host, port) : port;
    for (const { control } of this.#crew.gateways) {
      const answer = await control.ask('listen', { port: this.#port });
      if (!answer.ok) throw faultFrom(answer.fault);
      this.#port = answer.port;
    }
  }

  /** Those who ask before those who answer, the disk last. */
  async #endInOrder(): Promise<void> {
    await Promise.all(this.#crew.gateways.map(stop));
    await Promise.all(this.#crew.livingShards().map(([, thread]) => stop(thread)));
    await stop(this.#crew.store);
    await this.#crew.close();
  }

  #collect(): Promise<Collected> {
    this.#collecting ??= this.#measureAll();
    return this.#collecting;
  }

  async #measureAll(): Promise<Collected> {
    const main: ThreadMeasures = {
      thread: 'main',
      measures: { shardRestarts: this.#keeper.restarts },
    };
    const { threads, samples } = await collectMeasures(
      this.#crew,
      this.#config.threads.measureMsMax,
    );
    this.#collecting = undefined;
    return { threads: [main, ...threads], samples };
  }

  #lost(name: string, end: ThreadEnd): void {
    const cause = end.orderly ? undefined : end.cause;
    const reason = cause instanceof Error ? cause.message : 'it ended unasked';
    this.#fail(new Error(`${name} has died: ${reason}`, { cause }));
  }

  #fail(fault: Error): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#keeper.leaveAlone();
    unheeded(this.#halt().then(() => this.#resolveFailed(fault)));
  }

  /** Lets go of the port and of the files, if the threads that hold them still can. */
  async #halt(): Promise<void> {
    this.#isEnding = true;
    this.#keeper.leaveAlone();
    const halted = this.#crew.gateways.map(({ control }) => control.ask('halt', null));
    const all = Promise.allSettled([...halted, this.#crew.store.control.ask('stop', null)]);
    await within(all, this.#config.threads.haltMsMax, () => tooSlow('halt')).catch(() => undefined);
  }
}

/** What of a thread ends it. */
interface Stoppable {
  readonly control: { ask(name: 'stop', ask: null): Promise<undefined> };
  readonly ended: Promise<ThreadEnd>;
}

/** The thread's end says that it has stopped; its answer may come after that. */
async function stop(thread: Stoppable): Promise<void> {
  unheeded(thread.control.ask('stop', null));
  const end = await thread.ended;
  if (!end.orderly) throw end.cause;
}

function tooSlow(what: string): ServerFault {
  return new ServerFault(`the threads did not ${what} in time`, {
    code: 'shutting_down',
    hint: 'What was acknowledged is on disk; start the server again.',
  });
}
