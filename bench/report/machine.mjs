/** The machine that it ran on: figures mean nothing without it. */
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { summaryOf } from './summary.mjs';

/**
 * @typedef {object} Machine
 * @property {number} cores
 * @property {string} model
 * @property {number} memoryGiB
 * @property {string} kernel
 * @property {string} node
 * @property {string} fileSystem of the data directories
 * @property {number} fdatasyncMs median of one page written and synced, there
 * @property {number} loadAverage of the last minute before the start: what else is running
 */

/** statfs(2). */
const FILE_SYSTEMS = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x794c7630, 'overlayfs'],
  [0x01021994, 'tmpfs (memory: not a disk)'],
]);

const SYNCS = 100;
const PAGE = Buffer.alloc(4096, 1);

/** @param {string} dataRoot @returns {Machine} */
export function thisMachine(dataRoot) {
  const { type } = statfsSync(dataRoot);
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    kernel: release(),
    node: process.version,
    fileSystem: FILE_SYSTEMS.get(type) ?? `0x${type.toString(16)}`,
    fdatasyncMs: fdatasyncMs(dataRoot),
    loadAverage: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** @param {string} dataRoot */
function fdatasyncMs(dataRoot) {
  const dir = mkdtempSync(join(dataRoot, 'holdfast-bench-'));
  const file = openSync(join(dir, 'page'), 'w');
  try {
    return summaryOf(Array.from({ length: SYNCS }, () => syncMs(file))).median;
  } finally {
    closeSync(file);
    rmSync(dir, { recursive: true });
  }
}

/** @param {number} file */
function syncMs(file) {
  const startedAt = performance.now();
  writeSync(file, PAGE, 0, PAGE.length, 0);
  fdatasyncSync(file);
  return performance.now() - startedAt;
}
