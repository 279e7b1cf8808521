/** Redis 7 of Debian's package, with every write in its append-only file, and that file synced, before it answers. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseProcess } from './database-process.mjs';
import { freshDataDir } from './holdfast-server.mjs';

export const REDIS_PACKAGE = 'redis-server';

const SETTINGS = {
  port: '0',
  appendonly: 'yes',
  appendfsync: 'always',
  // No rewrite of the file within a heat, and no snapshots beside it.
  'auto-aof-rewrite-percentage': '0',
  save: '',
  daemonize: 'no',
};

export function hasRedis() {
  return spawnSync('redis-server', ['--version']).error === undefined;
}

/**
 * @param {string} dataRoot
 * @returns {Promise<{database: DatabaseProcess, socket: string}>}
 */
export async function startRedis(dataRoot) {
  const dir = freshDataDir(dataRoot);
  const socket = join(dir, 'redis.sock');
  const settings = { ...SETTINGS, dir, unixsocket: socket };
  const database = await DatabaseProcess.start({
    dir,
    command: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    isReady: () => existsSync(socket),
    stopSignal: 'SIGTERM',
    abandonSignal: 'SIGKILL',
  });
  return { database, socket };
}
