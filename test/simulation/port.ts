/** One end of a simulated MessageChannel: what of `MessagePort` the threads use. Messages cross as copies, as they do for real. */
import type { Machine } from './machine.js';
import type { SimulatedThread, Source } from './thread.js';

/** A message that has waited longer is late: the other side has given up meanwhile, or asked again, milliseconds. */
const LATE_MS = 400;

interface Posted {
  readonly message: unknown;
  readonly at: number;
}

export class SimulatedPort implements Source {
  peer: SimulatedPort | undefined;
  /** Not looked at before this time. */
  delayedUntil = 0;
  readonly #machine: Machine;
  readonly #queue: Posted[] = [];
  #owner: SimulatedThread | undefined;
  #name = '';
  #hear: ((message: unknown) => void) | undefined;
  #isClosed = false;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get thread(): SimulatedThread {
    if (this.#owner === undefined) throw new Error('nobody listens at this port');
    return this.#owner;
  }

  /** Of the thread that listens here. */
  get kind(): string {
    return this.#owner?.kind ?? '';
  }

  /** From which kind of thread to which, without their numbers. */
  get route(): string {
    const [from, to] = [this.peer?.kind ?? '', this.kind].map((kind) => kind.replace(/-\d+$/, ''));
    return `${from} to ${to}`;
  }

  get name(): string {
    return this.#name;
  }

  isReady(time: number): boolean {
    return this.#queue.length > 0 && this.delayedUntil <= time;
  }

  get nextAt(): number {
    return this.#queue.length > 0 ? this.delayedUntil : Number.POSITIVE_INFINITY;
  }

  act(): void {
    const next = this.#queue.shift();
    if (next === undefined) return;
    if (this.#machine.time - next.at >= LATE_MS)
      this.#machine.onLate(this.peer?.kind ?? '', this.kind);
    this.#hear?.(next.message);
  }

  on(_: 'message', hear: (message: unknown) => void): this {
    const { current } = this.#machine;
    if (current === undefined) throw new Error('a port is listened to by a thread');
    this.#owner = current;
    this.#hear = hear;
    this.#name = current.addPort(this);
    return this;
  }

  /** @param transfer a message that carries ports is handed over as it is */
  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    const { current, tamper } = this.#machine;
    const to = this.peer;
    if (to === undefined || this.#isClosed || to.#isClosed || current?.mayPost() === false) return;
    const copy = transfer.length > 0 ? message : structuredClone(message);
    const isWhole = tamper === undefined || transfer.length > 0 || isControl(copy);
    const arriving = isWhole ? [copy] : tamper(current?.kind ?? '', to.kind, copy);
    const at = this.#machine.time;
    for (const each of arriving) to.#queue.push({ message: each, at });
  }

  /** As `receiveMessageOnPort`: what is there is taken, however late it would have been heard. */
  receive(): { message: unknown } | undefined {
    return this.#queue.shift();
  }

  /** What was posted from here stays at the other end. */
  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
    this.#owner?.removePort(this);
  }
}

/** Frames of control ports: questions of the supervisor, which are not what a wire between threads carries. */
function isControl(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'ticket' in message && 'type' in message
    ? message.type === 'ask' || message.type === 'answer'
    : false;
}
