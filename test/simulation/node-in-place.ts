/**
 * Puts the simulated machine in the place of what of Node knows threads, ports and time: while a simulated thread runs,
 * `MessageChannel`, `receiveMessageOnPort`, `setImmediate`, `setTimeout` and `setInterval` are the machine's. At any other
 * time, and for whatever is not simulated, they are Node's own.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { SimulatedPort } from './port.js';
import type { SimulatedThread, SimulatedTimer } from './thread.js';

/** What the machine does in Node's place. */
export interface Simulated {
  readonly current: SimulatedThread | undefined;
  channel(): { port1: SimulatedPort; port2: SimulatedPort };
  startTimer(run: () => void, ms: number, everyMs?: number): SimulatedTimer;
  /** @returns a handle, as `setImmediate` does */
  startTurn(run: () => void): object;
  crashed(error: unknown): void;
}

/** Node's own. */
export const realImmediate = globalThis.setImmediate;

let active: Simulated | undefined;
let isInPlace = false;

/** From now on it is this machine's threads that run. */
export function activate(machine: Simulated): void {
  active = machine;
  if (isInPlace) return;
  isInPlace = true;
  putPortsInPlace();
  putTimersInPlace();
}

/** Whatever nobody catches on a simulated thread is the machine's to judge. @returns undoes it */
export function catchRejections(): () => void {
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const hear = (reason: unknown) => active?.crashed(reason);
  process.on('unhandledRejection', hear);
  return () => {
    process.off('unhandledRejection', hear);
    for (const other of others) process.on('unhandledRejection', other);
  };
}

function simulated(): Simulated | undefined {
  return active?.current === undefined ? undefined : active;
}

function putPortsInPlace(): void {
  const threads: typeof import('node:worker_threads') = createRequire(import.meta.url)(
    'node:worker_threads',
  );
  const { MessageChannel: RealChannel, receiveMessageOnPort: receive } = threads;
  threads.MessageChannel = new Proxy(RealChannel, {
    construct: (target, args) => simulated()?.channel() ?? Reflect.construct(target, args),
  });
  threads.receiveMessageOnPort = (port) =>
    port instanceof SimulatedPort ? port.receive() : receive(port);
  syncBuiltinESMExports();
}

type Run = (...args: unknown[]) => void;

function putTimersInPlace(): void {
  const real = { ...pick(globalThis) };
  const stop = (timer: unknown): boolean => {
    if (typeof timer !== 'object' || timer === null || !('thread' in timer)) return false;
    const { thread } = timer as SimulatedTimer; // Node's own timers know no thread
    thread.stopTimer(timer as SimulatedTimer);
    return true;
  };
  Object.assign(globalThis, {
    setImmediate: (run: Run, ...args: unknown[]) =>
      simulated()?.startTurn(() => run(...args)) ?? real.setImmediate(run, ...args),
    setTimeout: (run: Run, ms = 0, ...args: unknown[]) =>
      simulated()?.startTimer(() => run(...args), ms) ?? real.setTimeout(run, ms, ...args),
    setInterval: (run: Run, ms = 0, ...args: unknown[]) =>
      simulated()?.startTimer(() => run(...args), ms, ms) ?? real.setInterval(run, ms, ...args),
    clearTimeout: (timer: NodeJS.Timeout) => stop(timer) || real.clearTimeout(timer),
    clearInterval: (timer: NodeJS.Timeout) => stop(timer) || real.clearInterval(timer),
  });
}

function pick({
  setImmediate,
  setTimeout,
  setInterval,
  clearTimeout,
  clearInterval,
}: typeof globalThis) {
  return { setImmediate, setTimeout, setInterval, clearTimeout, clearInterval };
}
