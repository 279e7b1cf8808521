/** A clock that nobody sets while it runs: what has elapsed is what the wall clock says. */
import type { Clock } from '../../src/lib/clock.js';

export function clockOf(now: () => number): Clock {
  return { now, elapsed: now };
}
