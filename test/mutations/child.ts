/** Running one Node process to its end, or to the end of its time. */
import { spawn } from 'node:child_process';

export interface Ran {
  /** null: it was ended by a signal, or its time was over. */
  readonly code: number | null;
  readonly output: string;
}

export interface Run {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly msMax: number;
  /** Beside the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A group of its own, so that the servers that it has started end with it. */
export function ran({ args, cwd, msMax, environment = {} }: Run): Promise<Ran> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const end = () => endGroup(child.pid);
  const timer = setTimeout(end, msMax);
  process.once('exit', end);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      process.removeListener('exit', end);
      resolve({ code, output });
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
