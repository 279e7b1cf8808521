/** Watches of the built server, over a network that fails and a server that is killed. */
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { SeatWatch } from '../../src/client/seat-watch.js';
import { watch } from '../../src/client/watch.js';
import type { WatchOptions } from '../../src/client/watch-options.js';
import { Random } from '../simulation/random.js';
import { ApiClient } from '../support/api-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { CuttingProxy } from './support/cutting-proxy.js';
import { Follower } from './support/follower.js';
import { lastingPort } from './support/lasting-port.js';
import { RoughSale } from './support/rough-sale.js';
import { servedMap } from './support/served-event.js';
import { shownBy, WatchRecord } from './support/watch-record.js';

const WATCHERS = countParameter('WATCHERS', 50);
const CUT_ROUNDS = countParameter('CUT_ROUNDS', 60);
const SEATS = 203;
const GALA = '/v1/events/gala';
/** Short, so that much happens in little time. */
const LIMITS = {
  backoffMs: 20,
  backoffMsMax: 400,
  openMsMax: 500,
  firstFrameMsMax: 500,
  silenceMsMax: 800,
};

const watches: SeatWatch[] = [];
let server: TestServer | undefined;
let client: ApiClient | undefined;
let proxy: CuttingProxy | undefined;
afterEach(async () => {
  for (const seats of watches.splice(0)) seats.close();
  await proxy?.close();
  await client?.close();
  await server?.kill9();
  proxy = undefined;
});

interface House {
  readonly server: TestServer;
  readonly client: ApiClient;
}

/** A server with the event `gala`, unless its directory has one. */
async function openHouse(env: Readonly<Record<string, string>>, dataDir?: string): Promise<House> {
  const started = await startServer({
    env: { HOLDFAST_FEED_MS: '10', HOLDFAST_HOLD_SECONDS: '0.4', ...env },
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  server = started;
  client = new ApiClient(started.url, 8);
  const { status } = await client.post('/v1/events', {
    id: 'gala',
    name: 'Gala',
    totalSeats: SEATS,
  });
  expect([201, 409]).toContain(status);
  return { server: started, client };
}

function open(url: string, options: Partial<WatchOptions> = {}): SeatWatch {
  const seats = watch('gala', { url, webSocket: WebSocket, limits: LIMITS, ...options });
  watches.push(seats);
  return seats;
}

/** Asks until it is so; the test's own time limit is the bound. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(20);
}

/** Every watch is live and shows what the server shows. Its cursor is older where what came since changed no seat. */
async function areAllCurrent(url: string): Promise<boolean> {
  const { statuses } = await servedMap(url, 'gala', SEATS);
  return watches.every((seats) => seats.state === 'live' && shownBy(seats) === statuses);
}

describe('watches over a network that cuts connections', () => {
  it.each([
    { gateways: '1', shards: '1' },
    { gateways: '2', shards: '2' },
  ])(
    'show at every cursor what the server shows, and in the end all of it: $gateways gateways, $shards shards',
    {
      timeout: 60_000 + CUT_ROUNDS * 1_000,
    },
    async ({ gateways, shards }) => {
      const random = new Random(testSeed());
      const { server, client } = await openHouse({
        HOLDFAST_GATEWAYS: gateways,
        HOLDFAST_SHARDS: shards,
      });
      const network = await CuttingProxy.start(server.port, random);
      proxy = network;
      const record = new WatchRecord();
      const followers = Array.from(
        { length: 6 },
        () => new Follower((handlers) => open(network.url, handlers), record),
      );
      const sale = new RoughSale({ client, eventId: 'gala', totalSeats: SEATS, random });
      // Each kind of trouble was there, and was overcome; and there was something to compare.
      const isEnough = (): boolean =>
        Object.values(network.cuts).every((count) => count > 0) &&
        followers.every(({ seen }) => seen.losses > 0) &&
        record.matchCount > 10;

      for (let round = 0; round < CUT_ROUNDS || !isEnough(); round += 1) {
        network.refusal = random.chance(0.3) ? 0.5 : 0;
        network.cutSome(0.15);
        await Promise.all([1, 2, 3, 4].map(() => sale.turn()));
        await wait(random.below(30));
        record.addServed(await servedMap(server.url, 'gala', SEATS));
        for (const { seats } of followers) record.addWatch(seats);
      }
      network.refusal = 0;
      await until(async () => record.faults.length > 0 || (await areAllCurrent(server.url)));

      expect(record.faults).toEqual([]);
      expect(followers.filter((follower) => !follower.isSame())).toEqual([]);
    },
  );
});

describe(`${WATCHERS} watches of a server that is killed`, () => {
  it('are all current again when it is back', { timeout: 60_000 + WATCHERS * 200 }, async () => {
    const dataDir = temporaryDir();
    const random = new Random(testSeed());
    const env = { HOLDFAST_PORT: String(await lastingPort(random)), HOLDFAST_HOLD_SECONDS: '1' };
    const first = await openHouse(env, dataDir);
    const followers = Array.from(
      { length: WATCHERS },
      () => new Follower((handlers) => open(first.server.url, handlers)),
    );
    await until(() => areAllCurrent(first.server.url));
    await sellUntilKilled(first, random);
    await until(() => watches.every(({ state }) => state === 'stale'));
    await first.client.close();

    const { server, client } = await openHouse(env, dataDir);
    const sale = new RoughSale({ client, eventId: 'gala', totalSeats: SEATS, random });
    for (let count = 0; count < 20; count += 1) await sale.turn();
    await until(() => areAllCurrent(server.url));

    expect(followers.filter((follower) => !follower.isSame())).toEqual([]);
    // All of them had seen something happen, and the server still knew what they had missed.
    expect(followers.filter(({ seen }) => seen.changes === 0)).toEqual([]);
    expect(followers.filter(({ seen }) => seen.snapshots > 1)).toEqual([]);
  });
});

/** Kills it while it is at work. */
async function sellUntilKilled({ server, client }: House, random: Random): Promise<void> {
  const sale = new RoughSale({ client, eventId: 'gala', totalSeats: SEATS, random });
  const killing = wait(100).then(() => server.kill9());
  while (server.process.exitCode === null && server.process.signalCode === null) {
    await sale.turn();
  }
  await killing;
}

describe('a watch of the real server', () => {
  it('ends where there is no such event', async () => {
    const { server } = await openHouse({});
    const seats = watch('nowhere', { url: server.url, webSocket: WebSocket });
    await until(() => seats.state === 'closed');
    expect(seats.cursor).toBeUndefined();
  });

  it('ends where the event is deleted', async () => {
    const { server } = await openHouse({});
    const seats = open(server.url);
    await until(() => seats.state === 'live');
    await fetch(`${server.url}${GALA}`, { method: 'DELETE' });
    await until(() => seats.state === 'closed');
  });

  it('is told by a server that stops, and waits as it is asked', async () => {
    const { server } = await openHouse({});
    const told: string[] = [];
    const seats = open(server.url, { onState: (state, why) => told.push(`${state}: ${why}`) });
    await until(() => seats.state === 'live');
    await server.stop();
    await until(() => seats.state === 'stale');
    expect(told.at(-1)).toMatch(/^stale: .*1012, .*"shutting_down","retryAfterMs":\d+/);
  });

  it('reserves, extends, gives up, confirms and cancels over its socket, and sees its seats go', async () => {
    const { server } = await openHouse({ HOLDFAST_HOLD_SECONDS: '60' });
    const seats = open(server.url);
    await until(() => seats.state === 'live');
    const changes = seats.changes();
    const wish = { userId: 'ada', seatIds: ['1', '2'] };
    const reserved = await seats.reserve(wish, { idempotencyKey: 'ada-1' });
    if (!reserved.ok) throw new Error(reserved.body.detail);
    expect(reserved).toMatchObject({ status: 201, body: { seatIds: ['1', '2'] } });
    const { value } = await changes.next();
    expect(value).toMatchObject([{ seatNumber: 1, status: 'reserved' }, { seatNumber: 2 }]);

    const of = { reservationId: reserved.body.id, userId: 'ada' };
    const again = await seats.reserve(wish, { idempotencyKey: 'ada-1' });
    expect(again).toEqual(reserved);
    const refused = await seats.reserve({ userId: 'bob', seatIds: ['2'] });
    expect(refused).toMatchObject({
      ok: false,
      status: 409,
      body: { code: 'seat_unavailable', conflicts: [{ seatId: '2', status: 'reserved' }] },
    });
    expect(await seats.extend(of)).toMatchObject({ status: 200 });
    expect(await seats.release({ ...of, seatIds: ['2'] })).toMatchObject({ status: 200 });
    expect(await seats.confirm(of)).toMatchObject({ status: 200, body: { status: 'confirmed' } });
    const best = await seats.reserve({ userId: 'bob', quantity: 3 });
    if (!best.ok) throw new Error(best.body.detail);
    const ofBob = { reservationId: best.body.id, userId: 'bob' };
    expect(await seats.cancel(ofBob)).toMatchObject({ body: { status: 'cancelled' } });
    await until(() => areAllCurrent(server.url));
    expect(seats.counts).toEqual({ available: SEATS - 1, reserved: 0, booked: 1, blocked: 0 });
  });
});
