/**
 * The data directory, and the right to be the only server on it.
 *
 * On Linux the lock is an abstract Unix socket named after the directory's inode: the kernel frees
 * it the moment its process is gone, however it went. It does not reach beyond a network namespace:
 * two containers over one volume do not see each other's. Elsewhere it is a file with the process's
 * id.
 */
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ServerFault } from '../lib/server-fault.js';

export interface DataDirLock {
  release(): Promise<void>;
}

/**
 * Makes the directory where it is not there.
 *
 * @throws ServerFault `config_invalid` where it cannot be made or written to
 */
export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o750 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ServerFault(`the data directory ${dataDir} cannot be used`, {
      code: 'config_invalid',
      hint: 'Set HOLDFAST_DATA_DIR to a directory that this user may write to.',
      cause,
    });
  }
}

/**
 * Takes the lock of a directory that is there; it is held until it is released or the process ends.
 *
 * @throws ServerFault `data_dir_locked`
 */
export function lockDataDir(
  dataDir: string,
  platform: NodeJS.Platform = process.platform,
): Promise<DataDirLock> {
  return platform === 'linux' ? lockBySocket(dataDir) : lockByPidFile(dataDir);
}

/** The abstract socket of a directory, by whatever name that is called. */
export function lockName(dataDir: string): string {
  const { dev, ino } = statSync(dataDir);
  return `\0holdfast-${dev}-${ino}`;
}

function lockBySocket(dataDir: string): Promise<DataDirLock> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (cause) => reject(locked(dataDir, cause)));
    server.listen(lockName(dataDir), () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

const ATTEMPTS_MAX = 3;

async function lockByPidFile(dataDir: string): Promise<DataDirLock> {
  const path = join(dataDir, 'holdfast.pid');
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return { release: async () => rmSync(path, { force: true }) };
    } catch (cause) {
      if (isHeld(path)) throw locked(dataDir, cause);
      rmSync(path, { force: true }); // left by a process that is gone
    }
  }
  throw locked(dataDir, undefined);
}

/** Whether the file names a process that lives. */
function isHeld(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (!Number.isInteger(pid) || pid < 1) return false; // 0 would be our own group
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function locked(dataDir: string, cause: unknown): ServerFault {
  return new ServerFault(`another server uses the data directory ${dataDir}`, {
    code: 'data_dir_locked',
    hint: 'Stop it first, or give this one a HOLDFAST_DATA_DIR of its own.',
    cause,
  });
}
