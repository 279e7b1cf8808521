/** `holdfast demo` as a user runs it: a process of its own, and the lines it has written. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Ending } from '../support/server.js';

export interface DemoProcess {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  stdout(): string;
  stderr(): string;
  /** Sends the signal, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ending>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Resolves when the demo has said that it is ready. @param env `HOLDFAST_` variables; no other of them is set. */
export async function startDemoProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<DemoProcess> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'));
  const child = spawn(process.execPath, ['dist/main.js', 'demo', '--port', '0', ...args], {
    env: { ...Object.fromEntries(inherited), HOLDFAST_SHARDS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const written = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]): Ending => {
    running.delete(child);
    return { code, signal };
  });
  const ready = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text;
      const [, url] = /ready on (\S+) \(.*\n/.exec(written.stdout) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const failure = ended.then(({ code }) => {
    throw new Error(`the demo ended (${code}) before it was ready:\n${written.stderr}`);
  });
  return {
    url: await Promise.race([ready, failure]),
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
