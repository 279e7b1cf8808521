/**
 * PostgreSQL 15 of Debian's package, tuned for this load and durable: fsync, synchronous_commit and full_page_writes stay on, and
 * no table is UNLOGGED. It refuses to run as root, so root gives it the package's user.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseProcess } from './database-process.mjs';
import { freshDataDir, removeDir } from './holdfast-server.mjs';

export const POSTGRES_PACKAGE = 'postgresql-15';

/** Whom the bench connects as; trusted, since only the socket's directory leads there. */
export const POSTGRES_USER = 'bench';
const PROGRAMS = '/usr/lib/postgresql/15/bin';

const SETTINGS = {
  listen_addresses: '',
  max_connections: '100',
  // A quarter of the memory is the manual's advice; the tables here are far smaller than this.
  shared_buffers: '1GB',
  synchronous_commit: 'on',
  fsync: 'on',
  full_page_writes: 'on',
  // Fewer bytes to be flushed, and no checkpoint within a heat.
  wal_compression: 'lz4',
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_buffers: '64MB',
  min_wal_size: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  jit: 'off',
  log_min_messages: 'error',
};

export function hasPostgres() {
  return existsSync(join(PROGRAMS, 'postgres'));
}

/**
 * @param {string} dataRoot
 * @returns {Promise<{database: DatabaseProcess, socketDir: string}>}
 */
export async function startPostgres(dataRoot) {
  const dir = freshDataDir(dataRoot);
  try {
    const user = ownUser();
    if (user !== undefined) chownSync(dir, user.uid, user.gid);
    initialise(dir, user);
    const database = await DatabaseProcess.start({
      dir,
      command: join(PROGRAMS, 'postgres'),
      args: ['-D', join(dir, 'data'), '-k', dir, ...settingArgs()],
      user,
      isReady: () => spawnSync(join(PROGRAMS, 'pg_isready'), ['-q', '-h', dir]).status === 0,
      stopSignal: 'SIGINT', // a "fast" shutdown: sessions are ended, everything is written
      abandonSignal: 'SIGQUIT', // "immediate": the shared memory is given back
    });
    return { database, socketDir: dir };
  } catch (cause) {
    removeDir(dir);
    throw cause;
  }
}

/**
 * @param {string} dir
 * @param {{uid: number, gid: number} | undefined} user
 */
function initialise(dir, user) {
  const locale = ['--encoding', 'UTF8', '--locale', 'C'];
  const { status, stderr, error } = spawnSync(
    join(PROGRAMS, 'initdb'),
    [
      '-D',
      join(dir, 'data'),
      '-U',
      POSTGRES_USER,
      '--auth',
      'trust',
      ...locale,
      '--no-instructions',
    ],
    { encoding: 'utf8', cwd: dir, ...user },
  );
  if (status !== 0) throw new Error(`initdb ended with ${status ?? error}: ${stderr}`);
}

function settingArgs() {
  return Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** @returns {{uid: number, gid: number} | undefined} undefined: whoever runs the bench */
function ownUser() {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ['-u', '-g'].map((which) => {
    const { status, stdout } = spawnSync('id', [which, 'postgres'], { encoding: 'utf8' });
    if (status !== 0)
      throw new Error('PostgreSQL refuses to run as root, and there is no user postgres');
    return Number(stdout);
  });
  return { uid: uid ?? 0, gid: gid ?? 0 };
}
