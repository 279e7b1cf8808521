/** A thread of the simulated machine: its ports, its timers, its turns of the event loop. */
import type { Machine } from './machine.js';
import type { SimulatedPort } from './port.js';

/** Something that a thread may do next. */
export interface Source {
  readonly thread: SimulatedThread;
  /** The same in every run of the seed. */
  readonly name: string;
  act(): void;
}

export interface SimulatedTimer {
  readonly thread: SimulatedThread;
  at: number;
  readonly everyMs: number | undefined;
  readonly run: () => void;
}

export class SimulatedThread {
  readonly name: string;
  /** The name without a number. */
  readonly kind: string;
  /** What `setImmediate` was called with, oldest first. */
  readonly turns: (() => void)[] = [];
  /** What others want done here, in no order: requests that arrive. */
  readonly calls: (() => void)[] = [];
  /** It does not run before this time. */
  stalledUntil = 0;
  /** It dies in the middle of a step, after so many more messages. */
  postsLeft = Number.POSITIVE_INFINITY;
  readonly #machine: Machine;
  #ports: SimulatedPort[] = [];
  #timers: SimulatedTimer[] = [];
  #portCount = 0;
  #isDead = false;
  readonly #turn: Source;
  readonly #call: Source;
  readonly #timer: Source;

  constructor(machine: Machine, name: string, kind: string) {
    this.#machine = machine;
    this.name = name;
    this.kind = kind;
    this.#turn = { thread: this, name: `${name} turn`, act: () => this.turns.shift()?.() };
    this.#call = { thread: this, name: `${name} call`, act: () => this.#actCall() };
    this.#timer = { thread: this, name: `${name} timer`, act: () => this.#actTimer() };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get ports(): readonly SimulatedPort[] {
    return this.#ports;
  }

  die(): void {
    this.#isDead = true;
    this.turns.length = 0;
    this.calls.length = 0;
    this.#ports = [];
    this.#timers = [];
  }

  /** Everything that it could do at `time`. */
  ready(time: number): readonly Source[] {
    if (this.#isDead || this.stalledUntil > time) return [];
    const ready: Source[] = this.#ports.filter((port) => port.isReady(time));
    if (this.turns.length > 0) ready.push(this.#turn);
    if (this.calls.length > 0) ready.push(this.#call);
    if (this.#dueTimer(time) !== undefined) ready.push(this.#timer);
    return ready;
  }

  nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#timers) next = Math.min(next, at);
    for (const { nextAt } of this.#ports) next = Math.min(next, nextAt);
    if (this.turns.length + this.calls.length > 0) next = 0;
    return Math.max(next, this.stalledUntil);
  }

  liftStalls(): void {
    this.stalledUntil = 0;
    for (const port of this.#ports) port.delayedUntil = 0;
  }

  addPort(port: SimulatedPort): string {
    this.#ports.push(port);
    this.#portCount += 1;
    return `${this.name} port ${this.#portCount}`;
  }

  removePort(port: SimulatedPort): void {
    this.#ports = this.#ports.filter((each) => each !== port);
  }

  /** Counts a message; false: it died before it could post this one. */
  mayPost(): boolean {
    this.postsLeft -= 1;
    return !this.#isDead && this.postsLeft >= 0;
  }

  startTimer(run: () => void, at: number, everyMs: number | undefined): SimulatedTimer {
    const timer = { thread: this, at, everyMs, run };
    if (!this.#isDead && !this.#machine.deaf.has(this.kind)) this.#timers.push(timer);
    return timer;
  }

  stopTimer(timer: SimulatedTimer): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
  }

  /** Requests have come over different sockets: any may be first. */
  #actCall(): void {
    const [call] = this.calls.splice(this.#machine.random.below(this.calls.length), 1);
    call?.();
  }

  #actTimer(): void {
    const timer = this.#dueTimer(this.#machine.time);
    if (timer === undefined) return;
    if (timer.everyMs === undefined) this.stopTimer(timer);
    else timer.at = this.#machine.time + timer.everyMs;
    timer.run();
  }

  #dueTimer(time: number): SimulatedTimer | undefined {
    let due: SimulatedTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= time && (due === undefined || timer.at < due.at)) due = timer;
    }
    return due;
  }
}
