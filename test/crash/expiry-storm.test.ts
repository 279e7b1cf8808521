/**
 * Very many holds with one deadline: none ends early, all end, and whoever asks for something else meanwhile is answered. The
 * figures are printed and decide nothing; `EXPIRY_HOLDS=100000` is the storm, by default it is a breeze.
 *
 * The holds are those of a store that a server is started on, so that they have one deadline to the millisecond.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventId } from '../../src/domain/ids.js';
import { seatHomeKey } from '../../src/domain/ownership.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';
import { openStore } from '../../src/store/open-store.js';
import { verify } from '../../src/store/verify.js';
import { eventRecord, Ledger } from '../store/support/ledger.js';
import type { EventBody, FactBody, SeatListBody } from '../support/api-bodies.js';
import { ApiClient } from '../support/api-client.js';
import { brokenBuild } from '../support/broken-build.js';
import { clockOf } from '../support/clock-of.js';
import { figureLine } from '../support/figure-line.js';
import { startServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { countParameter } from '../support/test-parameters.js';
import { ENDS_EARLY } from './support/breakages.js';

const HOLDS = countParameter('EXPIRY_HOLDS', 3_000);
/** How long the holds are, milliseconds; the next where it took longer than that to write them and to start on them. */
const HOLD_MS = [4_000, 15_000, 60_000].map((ms) => ms + HOLDS / 4);
const STORM = eventId('storm');
/** Those who ask for something else, one request after the other. */
const OTHERS = 8;
const OTHER_SEATS = 100_000;
/** What they see is measured around the deadline only. */
const WINDOW = { beforeMs: 500, afterMs: 2_000 };
const COMMIT = 500;
const TRIES_MAX = 2_000;
const CONTROL_HOLDS = 200;

describe('an expiry storm', () => {
  it(`ends ${HOLDS} holds at their deadline, none early`, {
    timeout: 120_000 + HOLDS,
  }, async () => {
    const { dataDir, deadline, server, client } = await beforeTheStorm(HOLDS);
    const others = Array.from({ length: OTHERS }, (_, each) => ask(client, each, deadline));
    const firstOver = await pollForSeat(client, deadline);
    const asked = (await Promise.all(others)).flat().sort((one, other) => one - other);
    const facts = await allExpired(client, HOLDS);

    const late = latenesses(facts, deadline);
    expect(late[0]).toBeGreaterThanOrEqual(0);
    expect(new Set(facts.map(({ reservationId }) => reservationId)).size).toBe(HOLDS);
    const { body } = await client.get<SeatListBody>(`/v1/events/${STORM}/seats`);
    expect(body.data.filter(({ status }) => status !== 'available')).toEqual([]);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect((await verify(dataDir)).breaches).toEqual([]);
    figureLine('expiry storm', {
      holds: HOLDS,
      early: 0,
      'written late, ms p50/p99/max': spread(late),
      'seen free, ms after the deadline': firstOver,
      'others asked': asked.length,
      'their ms p50/p99/max': spread(asked),
    });
  });

  it('control: holds that end before their deadline are caught', { timeout: 120_000 }, async () => {
    const build = brokenBuild(...ENDS_EARLY);
    const { deadline, client } = await beforeTheStorm(CONTROL_HOLDS, build);
    const [first = 0] = latenesses(await allExpired(client, CONTROL_HOLDS), deadline);
    expect(first).toBeLessThan(0);
    figureLine('expiry storm', { control: 'holds end early', 'ms early': -first });
  });
});

/** A server that has all the holds, none of which is over yet. */
async function beforeTheStorm(holds: number, build = 'dist') {
  for (const holdMs of HOLD_MS) {
    const dataDir = temporaryDir();
    const deadline = await stormyStore(dataDir, { holds, holdMs });
    const server = await startServer({ dataDir, build });
    onTestFinished(() => server.kill9().then(() => undefined));
    const client = new ApiClient(server.url, OTHERS + 1);
    onTestFinished(() => client.close());
    const calm = { id: 'calm', name: 'Calm', totalSeats: OTHER_SEATS };
    expect((await client.post('/v1/events', calm)).status).toBe(201);
    const { body } = await client.get<EventBody>(`/v1/events/${STORM}`);
    if (Date.now() + WINDOW.beforeMs < deadline) {
      expect(body.reservedSeats).toBe(holds);
      return { dataDir, deadline, server, client };
    }
    await server.kill9();
  }
  throw new Error('no start was faster than the holds');
}

/** @returns the one deadline */
async function stormyStore(
  dataDir: string,
  { holds, holdMs }: { readonly holds: number; readonly holdMs: number },
): Promise<number> {
  const ledger = new Ledger();
  const startedAt = Date.now();
  ledger.now = startedAt;
  ledger.store = await openStore({
    dataDir,
    durability: 'async',
    clock: clockOf(() => ledger.now),
  });
  const event = eventRecord(STORM, holds);
  const plan = new VenuePlan(event.plan);
  ledger.commit([ledger.created(event)]);
  for (let first = 1; first <= holds; first += COMMIT) {
    const seats = Array.from(
      { length: Math.min(COMMIT, holds - first + 1) },
      (_, at) => first + at,
    );
    const commands = seats.map((seat) => [
      ledger.reserved([seat], {
        event: STORM,
        user: `user-${seat}`,
        holdMs,
        homeKey: seatHomeKey(STORM, plan, seat),
      }),
    ]);
    ledger.commit(...commands);
  }
  await ledger.store.close();
  return startedAt + holdMs;
}

/** Reserves other seats until the window is over. @returns how long each answer took, milliseconds */
async function ask(client: ApiClient, each: number, deadline: number): Promise<number[]> {
  const took: number[] = [];
  for (let seat = each + 1; seat <= OTHER_SEATS; seat += OTHERS) {
    if (Date.now() > deadline + WINDOW.afterMs) break;
    const isMeasured = Date.now() > deadline - WINDOW.beforeMs;
    const startedAt = performance.now();
    const wish = { userId: `other-${seat}`, seatIds: [String(seat)] };
    const { status } = await client.post('/v1/events/calm/reservations', wish);
    expect(status).toBe(201);
    if (isMeasured) took.push(performance.now() - startedAt);
    await pause(isMeasured ? 2 : 20);
  }
  return took;
}

/** Looks at one seat from the deadline on. @returns when it was seen to be free, milliseconds after it */
async function pollForSeat(client: ApiClient, deadline: number): Promise<number> {
  await pause(Math.max(0, deadline - Date.now() - 20));
  for (let look = 0; look < TRIES_MAX; look += 1) {
    const { body } = await client.get<{ status: string }>(`/v1/events/${STORM}/seats/${HOLDS}`);
    const seenAt = Date.now();
    if (body.status === 'reserved') continue;
    expect(seenAt).toBeGreaterThanOrEqual(deadline);
    return seenAt - deadline;
  }
  throw new Error('the seat is held for ever');
}

/** The facts that say so, when all of them are written. */
async function allExpired(client: ApiClient, holds: number): Promise<readonly FactBody[]> {
  for (let look = 0; look < TRIES_MAX; look += 1) {
    const facts = (await client.log(STORM)).filter(({ type }) => type === 'reservation.expired');
    if (facts.length >= holds) return facts;
    await pause(100);
  }
  throw new Error('not every hold was ended');
}

/** Sorted, milliseconds. */
function latenesses(facts: readonly FactBody[], deadline: number): number[] {
  return facts.map(({ at }) => Date.parse(at) - deadline).sort((one, other) => one - other);
}

/** Of sorted figures. */
function spread(sorted: readonly number[]): string {
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return [at(0.5), at(0.99), sorted.at(-1)].map((ms) => Math.round(ms ?? Number.NaN)).join('/');
}
