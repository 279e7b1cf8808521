/**
 * Loaded into each thread of the server by `--import`: writes down now and then what the thread still holds on to, one JSON line a
 * sample, to the file SOAK_SAMPLES. The heap is what is left of it after a full collection: nothing of it is about to go by itself.
 */
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { threadId } from 'node:worker_threads';

const { SOAK_SAMPLES = '', SOAK_SAMPLE_MS = '' } = process.env;

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc');

setInterval(sample, Number(SOAK_SAMPLE_MS)).unref();

function sample() {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const timers = resources.filter((name) => name === 'Timeout' || name === 'Immediate').length;
  const line = {
    at: Date.now(),
    thread: threadId,
    heapBytes: heapUsed,
    externalBytes: external,
    timers,
    handles: resources.length - timers,
  };
  appendFileSync(SOAK_SAMPLES, `${JSON.stringify(line)}\n`);
}
