/**
 * A database server of a peer: Debian's program as a child of the bench, on a data directory of its own that is removed at
 * the end, reached by a Unix socket in it and by nothing else.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuMsOf } from './cpu-time.mjs';
import { removeDir } from './holdfast-server.mjs';

const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 60_000;
const POLL_MS = 10;
const OUTPUT_SHOWN = 4_000;

/** @type {Set<DatabaseProcess>} */
const running = new Set();
process.on('exit', () => {
  for (const database of running) database.abandon();
});

/**
 * @typedef {object} DatabaseOptions
 * @property {string} dir the data directory, removed at the end
 * @property {string} command
 * @property {readonly string[]} args
 * @property {{uid: number, gid: number} | undefined} [user] who runs it, where that is not who runs the bench
 * @property {() => boolean} isReady asked again and again until it is
 * @property {NodeJS.Signals} stopSignal asks for an end in order
 * @property {NodeJS.Signals} abandonSignal ends it at once, with all its processes
 */

export class DatabaseProcess {
  #options;
  #child;
  #ended;
  #output = '';

  /** Resolves when it listens. @param {DatabaseOptions} options */
  static async start(options) {
    const database = new DatabaseProcess(options);
    try {
      await database.#ready();
    } catch (cause) {
      database.abandon();
      throw cause;
    }
    return database;
  }

  /** @private @param {DatabaseOptions} options */
  constructor(options) {
    this.#options = options;
    const { command, args, user } = options;
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...user });
    running.add(this);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        this.#output = `${this.#output}${text}`.slice(-OUTPUT_SHOWN);
      });
    }
    this.#ended = once(this.#child, 'close').then(([code, signal]) => {
      running.delete(this);
      return code ?? signal;
    });
    this.#ended.catch(() => undefined); // that it could not be started is said by whoever waits for it
  }

  /** Of all its processes. */
  cpuMs() {
    return cpuMsOf(this.#child.pid ?? 0);
  }

  async stop() {
    this.#child.kill(this.#options.stopSignal);
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX);
    const code = await this.#ended;
    clearTimeout(late);
    removeDir(this.#options.dir);
    if (code !== 0) throw this.#failure(`ended with ${code}`);
  }

  /** At once; harmless after `stop`. */
  abandon() {
    this.#child.kill(this.#options.abandonSignal);
    removeDir(this.#options.dir);
  }

  async #ready() {
    let end = /** @type {unknown} */ (undefined);
    this.#ended.then(
      (code) => {
        end = code;
      },
      (cause) => {
        end = cause;
      },
    );
    const startedAt = performance.now();
    while (!this.#options.isReady()) {
      if (end !== undefined) throw this.#failure(`ended with ${end} before it was ready`);
      if (performance.now() > startedAt + READY_MS_MAX)
        throw this.#failure('was not ready in time');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** @param {string} what */
  #failure(what) {
    return new Error(`${this.#options.command} ${what}\n${this.#output}`);
  }
}
