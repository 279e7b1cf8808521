/** The built server as a user runs it: a process of its own, on a free port, with a data directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { temporaryDir } from './temporary-dir.js';

export interface ServerOptions {
  /** `HOLDFAST_` variables; those of the tests' own environment are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** A directory used before; absent: a new one, removed when the tests end. */
  readonly dataDir?: string;
  /** Another build than `dist`. */
  readonly build?: string;
  /** Called at once, before it is ready. */
  readonly onSpawn?: (child: ChildProcess) => void;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TestServer {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly readyLine: string;
  readonly process: ChildProcess;
  readonly ended: Promise<Ending>;
  /** All it wrote so far. */
  stderr(): string;
  /** SIGTERM. */
  stop(): Promise<Ending>;
  /** SIGKILL: nothing is finished, nothing flushed. */
  kill9(): Promise<Ending>;
}

/** A run of the command line to its end. */
export interface CommandRun extends Ending {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that goes on for longer is stuck, and is killed. */
const COMMAND_MS_MAX = 15_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Resolves when the server has said that it is ready; rejects with what it wrote when it ends first. */
export async function startServer({
  env = {},
  dataDir = temporaryDir(),
  build = 'dist',
  onSpawn,
}: ServerOptions = {}): Promise<TestServer> {
  const serverEnv = {
    HOLDFAST_PORT: '0',
    HOLDFAST_LOG_LEVEL: 'warn',
    HOLDFAST_DATA_DIR: dataDir,
    ...env,
  };
  const { child, output, ended } = spawnHoldfast(['serve'], serverEnv, build);
  onSpawn?.(child);
  const end = (signal: NodeJS.Signals) => (): Promise<Ending> => {
    child.kill(signal);
    return ended;
  };
  const readyLine = await Promise.race([firstLine(child, output), failure(ended, output)]);
  const [, url = '', port = ''] = /ready on (http:\/\/\S+:(\d+)) /.exec(readyLine) ?? [];
  return {
    url,
    port: Number(port),
    dataDir,
    readyLine,
    process: child,
    ended,
    stderr: () => output.stderr,
    stop: end('SIGTERM'),
    kill9: end('SIGKILL'),
  };
}

/** Runs `holdfast` with `args` to its end. */
export async function runHoldfast(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  msMax = COMMAND_MS_MAX,
): Promise<CommandRun> {
  const { child, output, ended } = spawnHoldfast(args, env);
  const timer = setTimeout(() => child.kill('SIGKILL'), msMax);
  const ending = await ended;
  clearTimeout(timer);
  return { ...ending, ...output };
}

interface Spawned {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<Ending>;
}

function spawnHoldfast(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  build = 'dist',
): Spawned {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'));
  const child = spawn(process.execPath, [join(build, 'main.js'), ...args], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  // `close` comes after everything that was written has been read.
  const ended = once(child, 'close').then(([code, signal]): Ending => {
    running.delete(child);
    return { code, signal };
  });
  return { child, output, ended };
}

function firstLine(child: ChildProcess, output: { stdout: string }): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', () => {
      const [line, ...rest] = output.stdout.split('\n');
      if (line !== undefined && rest.length > 0) resolve(line);
    });
  });
}

async function failure(ended: Promise<Ending>, output: { stderr: string }): Promise<never> {
  const { code, signal } = await ended;
  throw new Error(`the server ended (${code ?? signal}) before it was ready:\n${output.stderr}`);
}
