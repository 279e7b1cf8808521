import type { EpochMs } from '../lib/clock.js';

/**
 * Distinct seconds that are remembered: a power of two. Times in answers are mostly now, and now
 * and a hold time.
 */
const SECONDS_KEPT = 64;

const seconds = new Float64Array(SECONDS_KEPT).fill(-1);
const prefixes = new Array<string>(SECONDS_KEPT).fill('');
const ENDINGS = Array.from({ length: 1_000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`);

/**
 * RFC 3339, UTC, with milliseconds: `2026-11-21T09:34:00.123Z` (API §2).
 *
 * `Date.toISOString` takes most of a microsecond; most of its text is that of the last time in the
 * same second.
 */
export function rfc3339(time: EpochMs): string {
  const second = Math.floor(time / 1_000);
  const slot = second & (SECONDS_KEPT - 1);
  if (seconds[slot] !== second) {
    prefixes[slot] = new Date(second * 1_000).toISOString().slice(0, -4);
    seconds[slot] = second;
  }
  return `${prefixes[slot]}${ENDINGS[time - second * 1_000]}`;
}
