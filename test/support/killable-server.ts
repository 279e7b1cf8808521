/** A server whose shards can be killed, as a process: see `killable-process.mjs`. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Ending } from './server.js';

const ENTRY = new URL('./killable-process.mjs', import.meta.url);

export class KillableServer {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#child = child;
    this.ended = once(child, 'exit').then(([code, signal]): Ending => ({ code, signal }));
  }

  /**
   * @param env `HOLDFAST_` variables; those of the tests' own environment are not passed on
   * @param build another than `dist`
   */
  static async start(
    env: Readonly<Record<string, string>>,
    build = 'dist',
  ): Promise<KillableServer> {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('HOLDFAST_') && name !== 'NODE_OPTIONS',
    );
    const child = fork(ENTRY, [resolve(build)], {
      env: {
        ...Object.fromEntries(inherited),
        HOLDFAST_PORT: '0',
        HOLDFAST_LOG_LEVEL: 'silent',
        ...env,
      },
      execArgv: [],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const started = Promise.race([said(child, 'ready'), once(child, 'exit')]);
    const port = await started;
    if (typeof port !== 'number') throw new Error(`the server ended before it was ready: ${port}`);
    return new KillableServer(child, port);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the shard's thread is dead. */
  async killShard(shard: number): Promise<void> {
    const killed = said(this.#child, 'killed', shard);
    this.#child.send({ kill: shard });
    await Promise.race([killed, this.ended]);
  }

  /** In order. */
  async stop(): Promise<Ending> {
    this.#child.send({ stop: true });
    return this.ended;
  }

  async kill9(): Promise<Ending> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }
}

/** The value of the next message that has `name`, and that value if one is given. */
function said(child: ChildProcess, name: string, value?: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    const listen = (message: Readonly<Record<string, unknown>>): void => {
      const isIt = name in message && (value === undefined || message[name] === value);
      if (!isIt) return;
      child.off('message', listen);
      resolve(message[name]);
    };
    child.on('message', listen);
  });
}
