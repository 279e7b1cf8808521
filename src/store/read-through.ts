/**
 * Brings a file into the system's memory, in the order in which it lies on the disk. Whoever goes from page to page waits for the disk
 * at nearly every one of a file that is not there, as after a reboot; reading all of it first takes a third of that time, and next to
 * nothing where it is there already.
 */
import { readSync } from 'node:fs';
import { freemem } from 'node:os';

const STEP_BYTES = 1 << 20;

/**
 * A file that has no room in memory is left alone: its end would push out its beginning.
 *
 * @param bytes the file's length
 * @param roomBytes what of memory may be used
 * @returns how many bytes were read
 */
export function readThrough(handle: number, bytes: number, roomBytes = freemem()): number {
  if (bytes > roomBytes) return 0;
  const step = Buffer.allocUnsafe(Math.min(STEP_BYTES, bytes));
  let total = 0;
  for (let count = -1; count !== 0 && total < bytes; total += count) {
    count = readSync(handle, step, 0, step.length, total);
  }
  return total;
}
