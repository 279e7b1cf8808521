import type { Clock } from './clock.js';

/** The machine's own: deadlines must mean the same after a restart. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000 + Math.floor(nanoseconds / 1e6);
  },
};
