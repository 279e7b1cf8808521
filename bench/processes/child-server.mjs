/**
 * A server under measurement: a process of its own that says on its first line where it serves, `… ready on http://…`.
 * What it takes of the machine is read from /proc, so this is Linux.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cpuMsOf } from './cpu-time.mjs';

const STOP_MS_MAX = 60_000;
const READY_MS_MAX = 120_000;
const STDERR_SHOWN = 4_000;

/** Arguments of Node, for `exactCpuMs`. */
export const CPU_PROBE = ['--import', fileURLToPath(new URL('cpu-probe.mjs', import.meta.url))];

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * @typedef {object} ChildServerOptions
 * @property {readonly string[]} args of Node: its own options, the script, the script's arguments
 * @property {Readonly<Record<string, string>>} [env] beside the bench's own, of which no `HOLDFAST_` is passed on
 * @property {boolean} [hasChannel] whether messages can be sent to it
 */

export class ChildServer {
  /** `http://127.0.0.1:40123` */
  url = '';
  readyLine = '';
  /** From the process's start to its ready line. */
  readyMs = 0;
  /** What it had taken of the CPU by then. */
  readyCpuMs = 0;
  #child;
  #ended;
  #output = { stdout: '', stderr: '' };

  /**
   * Resolves when it has said that it is ready.
   *
   * @param {ChildServerOptions} options
   */
  static async start(options) {
    const server = new ChildServer(options);
    try {
      await server.#ready(performance.now());
    } catch (cause) {
      server.kill();
      throw cause;
    }
    return server;
  }

  /** @private @param {ChildServerOptions} options */
  constructor({ args, env = {}, hasChannel = false }) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'));
    this.#child = spawn(process.execPath, args, {
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(hasChannel ? /** @type {const} */ (['ipc']) : [])],
    });
    running.add(this.#child);
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#output.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#output.stderr = `${this.#output.stderr}${text}`.slice(-STDERR_SHOWN);
    });
    this.#ended = once(this.#child, 'close').then(([code, signal]) => {
      running.delete(this.#child);
      return code ?? signal;
    });
  }

  /** User and system time of all its threads since its start. */
  cpuMs() {
    return cpuMsOf(this.#child.pid ?? 0);
  }

  /** The same, to the microsecond, of a server that was started with `CPU_PROBE` and a channel. @returns {Promise<number>} */
  async exactCpuMs() {
    return (await this.ask('cpu')).cpuMs;
  }

  /** Resident memory, and that part of it that is no file's (a memory-mapped store is a file's, and the kernel's to drop). */
  memoryBytes() {
    const status = this.#proc('status');
    const kilobytes = (/** @type {string} */ name) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    return { resident: kilobytes('VmRSS'), anonymous: kilobytes('RssAnon') };
  }

  /** Sends `question` and resolves with the next message. @param {string | object} question @returns {Promise<any>} */
  async ask(question) {
    const answered = once(this.#child, 'message', { signal: AbortSignal.timeout(STOP_MS_MAX) });
    this.#child.send(question);
    const [answer] = await answered;
    return answer;
  }

  /** SIGTERM. Throws where it does not end in order. */
  async stop() {
    this.#child.kill('SIGTERM');
    const code = await within(this.#ended, STOP_MS_MAX, () => this.#failure('did not end in time'));
    if (code !== 0) throw this.#failure(`ended with ${code}`);
  }

  /** At once, if it runs. */
  kill() {
    this.#child.kill('SIGKILL');
  }

  /** @param {number} startedAt */
  async #ready(startedAt) {
    const early = this.#ended.then((code) => {
      throw this.#failure(`ended with ${code} before it was ready`);
    });
    const ready = Promise.race([this.#firstLine(), early]);
    this.readyLine = await within(ready, READY_MS_MAX, () =>
      this.#failure('was not ready in time'),
    );
    this.readyMs = performance.now() - startedAt;
    this.readyCpuMs = this.cpuMs();
    early.catch(() => undefined);
    const url = /ready on (http:\/\/\S+)/.exec(this.readyLine)?.[1];
    if (url === undefined) throw this.#failure(`said ${this.readyLine}`);
    this.url = url;
  }

  /** @returns {Promise<string>} */
  #firstLine() {
    return new Promise((resolve) => {
      this.#child.stdout?.on('data', () => {
        const [line, ...rest] = this.#output.stdout.split('\n');
        if (line !== undefined && rest.length > 0) resolve(line);
      });
    });
  }

  /** @param {string} name */
  #proc(name) {
    return readFileSync(`/proc/${this.#child.pid}/${name}`, 'utf8');
  }

  /** @param {string} what */
  #failure(what) {
    return new Error(`${this.#child.spawnargs.join(' ')} ${what}\n${this.#output.stderr}`);
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {() => Error} late
 * @returns {Promise<T>}
 */
function within(promise, ms, late) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
