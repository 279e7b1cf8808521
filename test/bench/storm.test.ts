/** The watch that the bench keeps over a storm of expiries: it passes a server that is on time and fails one that is not. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';

/** What of the bench's own module is used here; its docstrings say so. */
interface StormModule {
  readonly StormWatch: new (
    plan: object,
  ) => {
    watch(): Promise<{ others: readonly number[]; free: readonly Sighting[] }>;
    checkLog(): Promise<void>;
  };
  seenBy(sightings: readonly Sighting[], total: number, share: number): number;
}
interface Sighting {
  readonly ms: number;
  readonly count: number;
}

const { StormWatch, seenBy } = (await import(
  new URL('../../bench/storm/storm-watch.mjs', import.meta.url).href
)) as StormModule;

const SEATS = 1_000;
const DEADLINE_MS = 600;
/** How much later or earlier than their deadline holds end: those that are early are over before anybody looks. */
const LATE_MS = 100;
const EARLY_MS = DEADLINE_MS;

describe('a watch over a storm of expiries', () => {
  it('passes a server whose holds end late, and says how late', async () => {
    const { watch, plan } = await watchOf({ endsAfterMs: LATE_MS });
    const { others, free } = await watch.watch();
    await watch.checkLog();
    expect(seenBy(free, SEATS, 1)).toBeGreaterThanOrEqual(LATE_MS);
    expect(others.length).toBeGreaterThan((plan.othersPerSecond * LATE_MS) / 2_000);
  });

  it('fails one whose holds are seen free too early', async () => {
    const { watch } = await watchOf({ endsAfterMs: -EARLY_MS });
    await expect(watch.watch()).rejects.toThrow(/were (free|written down) \d+ ms early/);
  });

  it('fails one that writes an end for earlier than the deadline, twice, or not at all', async () => {
    const early = await watchOf({ endsAfterMs: 0, loggedAfterMs: -1 });
    await expect(early.watch.checkLog()).rejects.toThrow(/rsv_0 was ended early/);
    const twice = await watchOf({ endsAfterMs: 0, logged: ['rsv_0', 'rsv_0'] });
    await expect(twice.watch.checkLog()).rejects.toThrow(/rsv_0 was ended twice/);
    const fewer = await watchOf({ endsAfterMs: 0, logged: ['rsv_0'] });
    await expect(fewer.watch.checkLog()).rejects.toThrow(`1 of ${SEATS} holds were ended`);
  });

  it('fails one that refuses the others', async () => {
    const { watch } = await watchOf({ endsAfterMs: 0, otherStatus: 503 });
    await expect(watch.watch()).rejects.toThrow(/another was told 503/);
  });
});

interface StormServer {
  readonly endsAfterMs: number;
  readonly loggedAfterMs?: number;
  readonly logged?: readonly string[];
  readonly otherStatus?: number;
}

/** A server whose holds of one seat all end so long after their deadline. */
async function watchOf(server: StormServer) {
  const { endsAfterMs, loggedAfterMs = endsAfterMs, otherStatus = 201 } = server;
  const { logged = Array.from({ length: SEATS }, (_, hold) => `rsv_${hold}`) } = server;
  const deadline = Date.now() + DEADLINE_MS;
  const at = new Date(deadline + loggedAfterMs).toISOString();
  const ends = logged.map((reservationId) => ({ type: 'reservation.expired', at, reservationId }));
  const isOver = (): boolean => Date.now() >= deadline + endsAfterMs;
  const bodies: Record<string, () => string | Uint8Array> = {
    seats: () => new Uint8Array(SEATS / 4).fill(isOver() ? 0 : 0b01010101),
    stats: () => JSON.stringify({ reservations: { expired: isOver() ? SEATS : 0 } }),
    log: () => JSON.stringify({ data: ends, nextCursor: null }),
    reservations: () => '{}',
  };
  const http = createServer((request, response) => {
    const name = /(\w+)(?:\?.*)?$/.exec(request.url ?? '')?.[1] ?? '';
    response.writeHead(name === 'reservations' ? otherStatus : 200).end(bodies[name]?.());
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    http.close();
    http.closeAllConnections();
  });
  const plan = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, // it listens on TCP
    eventId: 'storm',
    seats: SEATS,
    holds: SEATS,
    deadline,
    calmId: 'calm',
    othersPerSecond: 200,
  };
  return { plan, watch: new StormWatch(plan) };
}
