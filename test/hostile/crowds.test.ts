/** Crowds in small: that others are served and the server lets go in the end. How fast, `npm run crowds` says. */
import { expect, test } from 'vitest';
import { bearDeafViewers, bearDeafViewersBadly, bearIdlers, isBounded } from './crowds/crowd.js';

const CROWD_MS_MAX = 90_000;

test(
  'connections that idle or drip are counted, others are served, and in the end none is left',
  async () => {
    const report = await bearIdlers(400, 500);
    expect(report.counted).toBeGreaterThanOrEqual(400);
    expect(report.amongThem.requests).toBeGreaterThan(0);
    expect(report.countedAfter).toBeLessThanOrEqual(4);
  },
  CROWD_MS_MAX,
);

test(
  'what waits for viewers that never read is bounded, and others are served',
  async () => {
    const report = await bearDeafViewers(60, 500_000, 60);
    expect(report.honestRounds).toBe(60);
    expect(report.bufferedBytesMax).toBeGreaterThan(0);
    expect(report).toSatisfy(isBounded);
    expect(report.viewersAfter).toBe(0);
  },
  CROWD_MS_MAX,
);

test(
  'control: a server that keeps everything for them is found out',
  async () => {
    expect(isBounded(await bearDeafViewersBadly(30))).toBe(false);
  },
  CROWD_MS_MAX,
);
