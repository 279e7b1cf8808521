/**
 * Loaded into a server (`--import`) by the feed's benches: asked by the parent process, it says what all threads have taken
 * of the CPU, to the microsecond. /proc counts in steps of 10 ms, which is much of what a feed takes in some seconds.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('message', (question) => {
    if (question !== 'cpu') return;
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000 });
  });
}
