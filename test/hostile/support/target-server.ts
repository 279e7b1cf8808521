/**
 * A server to be mistreated, Holdfast or one that is known to be broken, as a process whose heap, memory and descriptors
 * can be looked at while it runs. Linux: it reads /proc.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDir } from '../../support/temporary-dir.js';

export type Fault = 'bare' | 'fault' | 'crash' | 'hang' | 'leak' | 'descriptors' | 'hoard';

export interface TargetOptions {
  /** Absent: Holdfast itself, as it is built. */
  readonly broken?: Fault;
  /** `HOLDFAST_` variables; those of the tests' own environment are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a server has taken on. */
export interface Holdings {
  /** Of all threads, after each has collected its garbage: objects and the buffers they own. */
  readonly heapBytes: number;
  /** Resident memory that is no file's. */
  readonly anonymousBytes: number;
  readonly descriptors: number;
}

/** The commands run from the top of the repository, as the tests do. */
const BROKEN_SERVER = 'test/hostile/support/known-broken-server.mjs';
const PROBE = './bench/processes/memory-probe.mjs';
const ASK_MS_MAX = 60_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class TargetServer {
  readonly port: number;
  readonly dataDir: string;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #output: { stdout: string; stderr: string };

  /** Resolves when it serves. */
  static async start({ broken, env = {} }: TargetOptions = {}): Promise<TargetServer> {
    const dataDir = temporaryDir();
    const script =
      broken === undefined ? ['--import', PROBE, 'dist/main.js', 'serve'] : [BROKEN_SERVER, broken];
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'));
    const child = spawn(process.execPath, ['--expose-gc', ...script], {
      env: {
        ...Object.fromEntries(inherited),
        HOLDFAST_PORT: '0',
        HOLDFAST_LOG_LEVEL: 'warn',
        HOLDFAST_DATA_DIR: dataDir,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    running.add(child);
    const output = { stdout: '', stderr: '' };
    const ended = once(child, 'close').then(([code, signal]): string => {
      running.delete(child);
      return String(code ?? signal);
    });
    const port = await readyPort(child, output, ended);
    return new TargetServer(child, { port, dataDir, output, ended });
  }

  private constructor(
    child: ChildProcess,
    parts: Pick<TargetServer, 'port' | 'dataDir' | 'ended'> & {
      readonly output: { stdout: string; stderr: string };
    },
  ) {
    this.#child = child;
    this.port = parts.port;
    this.dataDir = parts.dataDir;
    this.ended = parts.ended;
    this.#output = parts.output;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How it ended, or undefined: it runs. */
  get ending(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? undefined : String(exitCode ?? signalCode);
  }

  /** What it complained of, from warnings up. */
  get complaints(): string {
    return this.#output.stderr;
  }

  async holdings(): Promise<Holdings> {
    const answered = once(this.#child, 'message', { signal: AbortSignal.timeout(ASK_MS_MAX) });
    this.#child.send('heap');
    const [{ heapBytes }] = (await answered) as [{ heapBytes: number }]; // the probe says nothing else
    return { heapBytes, anonymousBytes: this.#anonymousBytes(), descriptors: this.#descriptors() };
  }

  /** In order. */
  async stop(): Promise<string> {
    this.#child.kill('SIGTERM');
    return this.ended;
  }

  async kill9(): Promise<string> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }

  #anonymousBytes(): number {
    const status = readFileSync(join('/proc', String(this.#child.pid), 'status'), 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  #descriptors(): number {
    return readdirSync(join('/proc', String(this.#child.pid), 'fd')).length;
  }
}

async function readyPort(
  child: ChildProcess,
  output: { stdout: string; stderr: string },
  ended: Promise<string>,
): Promise<number> {
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ready = new Promise<number>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
      const port = /ready on http:\/\/\S+:(\d+) /.exec(output.stdout)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
  const early = ended.then((ending): never => {
    throw new Error(`the server ended (${ending}) before it was ready:\n${output.stderr}`);
  });
  const port = await Promise.race([ready, early]);
  early.catch(() => undefined);
  return port;
}
