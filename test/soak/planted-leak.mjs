/**
 * Loaded into each thread of the server by `--import`: makes it leak, a little with every message from thread to thread. The soak
 * must find it out. SOAK_LEAK names what is leaked: heap, descriptors or timers.
 */
import { openSync } from 'node:fs';
import { MessagePort } from 'node:worker_threads';

/** For ever, as far as the server is concerned. */
const kept = [];

const LEAKS = {
  heap: () => kept.push(new Array(512).fill(kept.length)),
  descriptors: () => kept.length % 20 === 0 && openSync('/dev/null'),
  timers: () => kept.length % 20 === 0 && setTimeout(() => {}, 3_600_000),
};
const leak = LEAKS[process.env.SOAK_LEAK];

const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function leaking(...message) {
  kept.push(undefined);
  leak();
  return postMessage.apply(this, message);
};
