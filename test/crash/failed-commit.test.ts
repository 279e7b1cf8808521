/**
 * A disk that takes no more, or has gone: the process ends at once with code 1 and a last word, and what it had acknowledged is
 * there when the disk is sound again and has room. The disk fails for the server alone: the size of its files is limited while
 * it runs, or the system's answers to it are (`faults.c`).
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { figureLine } from '../support/figure-line.js';
import { type Ending, runHoldfast, startServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { Faults } from './support/faults.js';
import { Gala, lostIn } from './support/gala.js';
import { losesPower } from './support/power.js';

/** The disk fails when so much was acknowledged. */
const ACKNOWLEDGED = 200;

interface Failure {
  readonly disk: string;
  /** Makes it so for a server that runs. */
  readonly fail: (gala: Gala, faults: Faults) => void;
}

const failures: readonly Failure[] = [
  { disk: 'its file cannot grow', fail: (gala) => limitFiles(gala, dataBytes(gala)) },
  { disk: 'nothing can be written', fail: (gala) => limitFiles(gala, 0) },
  { disk: 'no space is left', fail: (gala, faults) => faults.fillDisk(dataBytes(gala)) },
  { disk: 'not even old pages can be written', fail: (_, faults) => faults.fillDisk(0) },
  { disk: 'a sync fails, and what it was for is lost', fail: (_, faults) => faults.failSyncs() },
];

describe('a commit that fails', () => {
  it.each(failures)(
    'ends the process, and nothing that was acknowledged is lost: $disk',
    { timeout: 60_000 },
    async ({ disk, fail }) => {
      const faults = new Faults();
      faults.keepUndo();
      const gala = new Gala();
      await gala.start({ env: faults.env });
      let failedAt = 0;
      const crowd = await gala.loadUntilEnd(ACKNOWLEDGED, () => {
        failedAt = performance.now();
        fail(gala, faults);
      });
      const endedMs = Math.round(performance.now() - failedAt);
      const ending = await gala.server.ended;

      const stderr = gala.server.stderr();
      if (!isTornByLmdb(ending, stderr)) expect(ending).toEqual({ code: 1, signal: null });
      expect(lastLine(stderr)).toMatchObject({
        level: 60,
        msg: expect.stringMatching(/store has died: .*commit/),
      });
      expect(crowd.surprises).toEqual([]);
      expect(crowd.acknowledged).toBeGreaterThanOrEqual(ACKNOWLEDGED);
      losesPower(gala, faults);
      const { dataDir } = gala;
      expect(await runHoldfast(['verify'], { HOLDFAST_DATA_DIR: dataDir })).toMatchObject({
        code: 0,
      });
      await gala.start();
      expect(await gala.faults()).toEqual([]);
      figureLine('failed commit', {
        disk,
        acknowledged: crowd.acknowledged,
        lost: 0,
        'ms to the end': endedMs,
      });
    },
  );

  it('at the first start of all leaves nothing in the way of the next', async () => {
    const faults = new Faults();
    const dataDir = temporaryDir();
    faults.fillDisk(0);
    await expect(startServer({ dataDir, env: faults.env })).rejects.toThrow('before it was ready');
    expect(faults.writesRefused).toBeGreaterThan(0);
    const server = await startServer({ dataDir });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('control: where answers do not wait for a sync, its failure is seen to lose some', {
    timeout: 60_000,
  }, async () => {
    const faults = new Faults();
    faults.keepUndo();
    const gala = new Gala();
    await gala.start({ env: { ...faults.env, HOLDFAST_DURABILITY: 'async' } });
    const crowd = await gala.loadUntilEnd(ACKNOWLEDGED, () => faults.failSyncs());
    losesPower(gala, faults);
    await gala.start();
    const lost = lostIn(await gala.faults());
    expect(lost).toBeGreaterThan(0);
    figureLine('failed commit', {
      control: 'async, a sync fails',
      acknowledged: crowd.acknowledged,
      lost,
    });
  });
});

/** What the server's largest file has now. */
function dataBytes({ dataDir }: Gala): number {
  return statSync(join(dataDir, 'data.mdb')).size;
}

/** A write beyond it fails. */
function limitFiles({ server }: Gala, bytesMax: number): void {
  execFileSync('prlimit', [`--fsize=${bytesMax}:`, '--pid', String(server.process.pid)]);
}

/**
 * lmdb 3.5.6 composes its complaint about a write that failed in a buffer of 100 bytes that may be too short (`mdb_page_flush`),
 * and the heap is no longer whole. The last word has been said then, and nothing was written; but as the threads are put away
 * glibc may notice, and end the process in its own way.
 */
function isTornByLmdb({ signal }: Ending, stderr: string): boolean {
  return stderr.includes('Write error: ') && (signal === 'SIGABRT' || signal === 'SIGSEGV');
}

/** The last line of the log. */
function lastLine(stderr: string): unknown {
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  return JSON.parse(lines.at(-1) ?? 'null');
}
