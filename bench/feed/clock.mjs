/**
 * The one clock of all processes of a bench: CLOCK_MONOTONIC, which on Linux counts from the machine's start, the same in
 * every process. (`performance.now` counts from each process's own start.)
 */

/** Whole microseconds. */
export function nowMicros() {
  return Number(process.hrtime.bigint() / 1_000n);
}
