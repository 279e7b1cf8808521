/** What processes have taken of the CPU, read from /proc (proc(5)), so this is Linux. */
import { readdirSync, readFileSync } from 'node:fs';

/** The unit of /proc's times: USER_HZ is 100 on every Linux that Node runs on. */
const CLOCK_TICK_MS = 10;

/**
 * User and system time of a process since its start, of all its threads, of all it has started that still run, and of those
 * that it has waited for. 10 ms is the finest step. What has ended meanwhile counts for nothing more.
 *
 * @param {number} pid
 * @returns {number} milliseconds
 */
export function cpuMsOf(pid) {
  try {
    // Behind the command's name, which may hold anything, `state` is field 3; utime, stime, cutime and cstime are 14 to 17.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const own = stat.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0);
    return childrenOf(pid).reduce((ms, child) => ms + cpuMsOf(child), own * CLOCK_TICK_MS);
  } catch (cause) {
    if (isGone(cause)) return 0;
    throw cause;
  }
}

/** @param {number} pid */
function childrenOf(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );
}

/** @param {unknown} cause */
function isGone(cause) {
  return (
    cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ESRCH')
  );
}
