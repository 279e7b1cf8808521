import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lockDataDir, lockName } from '../../src/store/data-dir.js';
import { temporaryDir } from '../support/temporary-dir.js';

const PLATFORMS = ['linux', 'darwin'] as const;

test.each(PLATFORMS)('a directory is locked once, until it is released (%s)', async (platform) => {
  const [dir, other] = [temporaryDir(), temporaryDir()];
  const lock = await lockDataDir(dir, platform);
  await expect(lockDataDir(dir, platform)).rejects.toMatchObject({
    code: 'data_dir_locked',
    message: `another server uses the data directory ${dir}`,
  });
  const unrelated = await lockDataDir(other, platform);
  await lock.release();
  await (await lockDataDir(dir, platform)).release();
  await unrelated.release();
});

test('a lock is of the directory, by whatever name it is called', async () => {
  const dir = temporaryDir();
  const lock = await lockDataDir(dir, 'linux');
  await expect(lockDataDir(`${dir}/../${dir.split('/').at(-1)}/.`, 'linux')).rejects.toMatchObject({
    code: 'data_dir_locked',
  });
  await lock.release();
});

test('a process that was killed holds no lock', async () => {
  const dir = temporaryDir();
  const name = JSON.stringify(lockName(dir));
  const listen = `require('net').createServer().listen(${name}, () => console.log('held'))`;
  const holder = spawn(process.execPath, ['-e', listen]);
  await once(holder.stdout, 'data');
  await expect(lockDataDir(dir, 'linux')).rejects.toMatchObject({ code: 'data_dir_locked' });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await lockDataDir(dir, 'linux')).release();
});

test('a pid file left by a process that is gone is taken over', async () => {
  const dir = temporaryDir();
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  for (const left of [`${gone.pid}`, 'nonsense', '']) {
    writeFileSync(`${dir}/holdfast.pid`, left);
    const lock = await lockDataDir(dir, 'darwin');
    expect(readFileSync(`${dir}/holdfast.pid`, 'utf8')).toBe(`${process.pid}`);
    await lock.release();
    expect(existsSync(`${dir}/holdfast.pid`)).toBe(false);
  }
});
