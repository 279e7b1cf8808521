/**
 * Loaded into the server (`--import`) by the memory bench alone: asked by the parent process, every thread collects its
 * garbage and says what its heap holds; the main thread answers with the sum. Needs `--expose-gc`.
 */
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

/** @typedef {{type: 'here'} | {type: 'collect'} | {type: 'holds', bytes: number}} Word */

const channel = new BroadcastChannel('holdfast-bench-memory');
channel.unref();

if (isMainThread) answerTheParent();
else answerTheMainThread();

function answerTheMainThread() {
  hear((word) => {
    if (word.type === 'collect') say({ type: 'holds', bytes: ownBytes() });
  });
  say({ type: 'here' });
}

/** Every thread has said that it is here, and none ends while it is weighed. */
function answerTheParent() {
  let threads = 0;
  /** @type {number[]} */
  let held = [];
  hear((word) => {
    if (word.type === 'here') threads += 1;
    if (word.type === 'holds') held.push(word.bytes);
    if (word.type === 'holds' && held.length === threads) answer(held);
  });
  process.on('message', () => {
    held = [];
    say({ type: 'collect' });
  });
}

/** @param {readonly number[]} held by the other threads */
function answer(held) {
  process.send?.({ heapBytes: held.reduce((sum, bytes) => sum + bytes, ownBytes()) });
}

/** @param {Word} word */
function say(word) {
  channel.postMessage(word);
}

/** @param {(word: Word) => void} listener */
function hear(listener) {
  channel.onmessage = (event) => listener(/** @type {{data: Word}} */ (event).data);
}

/** Objects and the array buffers that they own. Twice: what finalizers let go of is collected the second time. */
function ownBytes() {
  if (globalThis.gc === undefined) throw new Error(`thread ${threadId} has no --expose-gc`);
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
