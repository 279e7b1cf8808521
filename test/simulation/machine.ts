/**
 * A simulated machine: threads, the ports between them, their timers and the clocks, all in one real thread under a seeded
 * scheduler. While one of its threads runs, Node's own `MessageChannel`, `receiveMessageOnPort`, `setImmediate`, `setTimeout`
 * and `setInterval` are the machine's, so that the code of `src/threads` runs on it unchanged.
 *
 * What real ports promise is kept, and nothing more: what is posted on one port arrives in that order, at once readable by
 * `receiveMessageOnPort`; when a thread sees to which of its ports, timers and turns is the scheduler's luck.
 *
 * 1. One step is one thing that one thread does, with every promise that it settles.
 * 2. A dead thread does nothing more; what it has posted stays posted.
 * 3. Nothing here depends on anything but the seed: no real clock, no real luck.
 */
import type { Clock } from '../../src/lib/clock.js';
import { activate, realImmediate, type Simulated } from './node-in-place.js';
import { SimulatedPort } from './port.js';
import type { Random } from './random.js';
import { SimulatedThread, type SimulatedTimer } from './thread.js';

/** The wall clock when a machine is switched on. */
const SWITCHED_ON_AT = 1_800_000_000_000;

/** What may go wrong on the way from one thread to another; the ways in which a machine can be broken (`breakages.ts`). */
export type Tamper = (from: string, to: string, message: unknown) => readonly unknown[];

export class Machine implements Simulated {
  readonly random: Random;
  /** Milliseconds since it was switched on: what timers run on. */
  time = 0;
  /** The furthest that the wall clock has ever shown. */
  latest = SWITCHED_ON_AT;
  /** The thread that runs; undefined between steps. */
  current: SimulatedThread | undefined;
  /** Told of every step, by a name that is the same in every run of the seed. */
  readonly stepped: ((what: string) => void)[] = [];
  /** What a thread could not catch. */
  onCrash: (thread: SimulatedThread, error: unknown) => void = (_, error) => {
    throw error;
  };
  /** Told of a message that was heard long after it was posted. */
  onLate: (from: string, to: string) => void = () => undefined;
  /** What becomes of a message between two threads; undefined: it arrives. */
  tamper: Tamper | undefined;
  /** Set: the clock of one thread goes wrong by so much. */
  readonly wrongClocks = new Map<string, number>();
  /** Threads, by kind, whose timers never fire. */
  readonly deaf = new Set<string>();
  /** The thread that ran last. */
  last: SimulatedThread | undefined;
  #wallOffset = SWITCHED_ON_AT;
  #threads: SimulatedThread[] = [];
  readonly clock: Clock = { now: () => this.now, elapsed: () => this.time };

  constructor(random: Random) {
    this.random = random;
    activate(this);
  }

  /** The wall clock, as the thread that runs sees it. */
  get now(): number {
    const wrong = this.current === undefined ? 0 : (this.wrongClocks.get(this.current.kind) ?? 0);
    return this.#wallOffset + this.time + wrong;
  }

  thread(name: string, kind = name): SimulatedThread {
    const thread = new SimulatedThread(this, name, kind);
    this.#threads.push(thread);
    return thread;
  }

  /** The thread is no more, wherever it stood. */
  kill(thread: SimulatedThread): void {
    thread.die();
    this.#threads = this.#threads.filter((each) => each !== thread);
  }

  get threads(): readonly SimulatedThread[] {
    return this.#threads;
  }

  /** Both clocks go on. */
  advance(ms: number): void {
    this.time += ms;
    this.latest = Math.max(this.latest, this.now);
  }

  /** The wall clock is set; timers do not notice. */
  stepClock(ms: number): void {
    this.#wallOffset += ms;
    this.latest = Math.max(this.latest, this.now);
  }

  /** One thing happens. @returns false when nothing is left to happen but the passing of time */
  async step(): Promise<boolean> {
    const ready = this.#threads.flatMap((thread) => thread.ready(this.time));
    if (ready.length === 0) {
      await this.#settlePromises();
      return false;
    }
    const source = this.random.pick(ready);
    await this.run(source.thread, () => {
      for (const hear of this.stepped) hear(source.name);
      source.act();
    });
    return true;
  }

  /** Runs `work` on the thread, and every promise that it settles (1). */
  async run(thread: SimulatedThread, work: () => void): Promise<void> {
    this.current = thread;
    try {
      work();
    } catch (error) {
      this.crashed(error);
    }
    await this.#settlePromises();
    this.current = undefined;
    this.last = thread;
  }

  #settlePromises(): Promise<void> {
    return new Promise((resolve) => realImmediate(resolve));
  }

  /** The thread's own work, while another's is being done: a thread is born in the middle of its maker's step. */
  as<T>(thread: SimulatedThread, work: () => T): T {
    const before = this.current;
    this.current = thread;
    try {
      return work();
    } finally {
      this.current = before;
    }
  }

  crashed(error: unknown): void {
    const thread = this.current;
    if (thread === undefined) throw error;
    this.onCrash(thread, error);
  }

  /** When the next timer fires or the next stall is over; undefined: never. */
  nextAt(): number | undefined {
    const times = this.#threads.map((thread) => thread.nextAt());
    const next = Math.min(...times);
    return Number.isFinite(next) ? Math.max(next, this.time) : undefined;
  }

  /** Everything moves again at once: stalls and delays are over. */
  liftStalls(): void {
    for (const thread of this.#threads) thread.liftStalls();
  }

  channel(): { port1: SimulatedPort; port2: SimulatedPort } {
    const port1 = new SimulatedPort(this);
    const port2 = new SimulatedPort(this);
    port1.peer = port2;
    port2.peer = port1;
    return { port1, port2 };
  }

  startTimer(run: () => void, ms: number, everyMs?: number): SimulatedTimer {
    if (this.current === undefined) throw new Error('a timer belongs to a thread');
    return this.current.startTimer(run, this.time + Math.max(ms, 1), everyMs);
  }

  startTurn(run: () => void): object {
    this.current?.turns.push(run);
    return {};
  }
}
