/**
 * Threads, supplied by piscina: one pool a role, one never-ending task a thread, so that a thread's death is one rejected
 * promise. A thread that died is replaced by the pool at once; what runs on the new one is the supervisor's choice.
 */
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { type CallsOf, ControlPort, type HandlersOf } from './control-port.js';
import type { ThreadCalls } from './thread-messages.js';

/** How a thread's task ended: as it was asked to, or by a fault or a kill. */
export type ThreadEnd =
  | { readonly orderly: true }
  | { readonly orderly: false; readonly cause: unknown };

export interface ThreadOptions<Mine extends CallsOf<Mine>, Data extends object> {
  /** `store`, `shard-0`, `gateway-0` */
  readonly name: string;
  /** What the thread may ask of whoever starts it. */
  readonly handlers: HandlersOf<Mine>;
  /** Plain data for the entry; its control port is added. */
  readonly data: Data;
}

/** What an entry is started with. */
export type ThreadStart<Data extends object> = Data & { readonly control: MessagePort };

/** @template Mine what threads of this pool may ask @template Theirs what they answer */
export class ThreadPool<Mine extends CallsOf<Mine>, Theirs extends CallsOf<Theirs> & ThreadCalls> {
  readonly #pool: Piscina;

  /**
   * @param entry the compiled module; its export `run` takes a `ThreadStart` and resolves when it was asked to stop
   * @param count threads, all started now
   */
  constructor(entry: URL, count: number) {
    this.#pool = new Piscina({
      filename: entry.href,
      name: 'run',
      minThreads: count,
      maxThreads: count,
      concurrentTasksPerWorker: 1,
      // The default parks an idle thread in Atomics.wait, and its timers stop.
      atomics: 'disabled',
      recordTiming: false,
    });
    // A thread that dies without a task is noticed by the next task it should have run.
    this.#pool.on('error', () => undefined);
  }

  start<Data extends object>(options: ThreadOptions<Mine, Data>): Thread<Mine, Theirs> {
    const { port1, port2 } = new MessageChannel();
    const control = new ControlPort<Mine, Theirs>(port1, options.handlers);
    const data: ThreadStart<Data> = { ...options.data, control: port2 };
    const task: Promise<unknown> = this.#pool.run(data, { transferList: [port2] });
    return new Thread(options.name, control, task, (id) =>
      this.#pool.threads.find((worker) => worker.threadId === id),
    );
  }

  /** Ends the threads. Only where none of them holds what must not be torn away (an open store, a live listener). */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** What was asked of a thread fails with this when the thread ends before it has answered. */
export class ThreadGone extends Error {
  override readonly name = 'ThreadGone';

  constructor(thread: string) {
    super(`${thread} has ended`);
  }
}

/** One life of one thread. */
export class Thread<Mine extends CallsOf<Mine>, Theirs extends CallsOf<Theirs> & ThreadCalls> {
  readonly name: string;
  readonly control: ControlPort<Mine, Theirs>;
  /** Never rejects. After a death nothing of this life runs any more, and all it posted waits in its ports. */
  readonly ended: Promise<ThreadEnd>;
  readonly #worker: Promise<Worker | undefined>;

  constructor(
    name: string,
    control: ControlPort<Mine, Theirs>,
    task: Promise<unknown>,
    workerOf: (threadId: number) => Worker | undefined,
  ) {
    this.name = name;
    this.control = control;
    this.#worker = control.ask('hello', null).then(workerOf, () => undefined);
    this.ended = this.#end(task);
  }

  /** Kills the thread where it stands. Never the store's (it may be writing), nor a gateway's (its listener would abort). */
  async terminate(): Promise<void> {
    await (await this.#worker)?.terminate();
  }

  async #end(task: Promise<unknown>): Promise<ThreadEnd> {
    try {
      await task;
      return { orderly: true };
    } catch (cause) {
      return { orderly: false, cause };
    } finally {
      this.control.close(new ThreadGone(this.name));
    }
  }
}
