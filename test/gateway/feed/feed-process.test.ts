import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ApiClient } from '../../support/api-client.js';
import { runHoldfast, startServer, type TestServer } from '../../support/server.js';
import { temporaryDir } from '../../support/temporary-dir.js';
import { type FeedClient, openFeed } from './support/feed-client.js';

const RESERVE = '/v1/events/default/reservations';
const SEATS = 100;
const ENV = { HOLDFAST_GATEWAYS: '2', HOLDFAST_FEED_MS: '10' };

interface SeatsBody {
  readonly cursor: string;
  readonly data: readonly { readonly status: string }[];
}

async function reserve(server: TestServer, seatId: string): Promise<void> {
  const api = new ApiClient(server.url, 1);
  expect((await api.post(RESERVE, { userId: 'ann', seatIds: [seatId] })).status).toBe(201);
  await api.close();
}

async function listed(server: TestServer): Promise<number[]> {
  const api = new ApiClient(server.url, 1);
  const { body } = await api.get<SeatsBody>('/v1/events/default/seats');
  await api.close();
  const codes = ['available', 'reserved', 'booked', 'blocked'];
  return body.data.map(({ status }) => codes.indexOf(status));
}

const open = (server: TestServer, from?: FeedClient): Promise<FeedClient> =>
  openFeed(server.port, 'default', from === undefined ? {} : { from });

test('every gateway of a server tells its viewers, and a cursor outlives them all', async () => {
  const first = await startServer({ env: ENV });
  const viewers = await Promise.all(Array.from({ length: 16 }, () => open(first)));
  for (const viewer of viewers) expect(await viewer.one()).toMatchObject({ type: 'snapshot' });
  await reserve(first, 'A1');
  for (const viewer of viewers) {
    expect(await viewer.one()).toMatchObject({ type: 'delta', changes: [[1, 1]] });
  }
  const cursors = new Set(viewers.map(({ cursor }) => cursor));
  expect(cursors.size).toBe(1);
  const [viewer] = viewers;
  if (viewer === undefined) throw new Error('there are sixteen');
  // Over the socket too; both gateways hear of it.
  const result = await viewer.command({ type: 'reserve', userId: 'bob', seatIds: ['A2', 'B1'] });
  expect(result.status).toBe(201);
  for (const each of viewers) await each.until(() => each.seats(SEATS)[1] === 1);

  // While nobody watches: kill -9, and a seat is taken in the next life.
  await first.kill9();
  await viewer.ended;
  const second = await startServer({ env: ENV, dataDir: first.dataDir });
  await reserve(second, 'C1');
  const back = await Promise.all(Array.from({ length: 16 }, () => open(second, viewer)));
  for (const each of back) {
    expect(await each.one()).toMatchObject({ type: 'delta', changes: [[21, 1]] });
    expect(each.seats(SEATS)).toEqual(await listed(second));
  }

  const ending = second.stop();
  for (const each of back) {
    expect(await each.ended).toEqual({
      code: 1012,
      reason: '{"code":"shutting_down","retryAfterMs":1000}',
    });
  }
  expect((await ending).code).toBe(0);
}, 60_000);

test('a server that was set back tells who comes back everything', async () => {
  const backup = join(temporaryDir(), 'backup');
  const first = await startServer();
  await runHoldfast(['backup', backup], { HOLDFAST_DATA_DIR: first.dataDir });
  const viewer = await open(first);
  await viewer.one();
  await reserve(first, 'A1');
  await viewer.one();
  await first.stop();

  const dataDir = temporaryDir();
  expect(await runHoldfast(['restore', backup], { HOLDFAST_DATA_DIR: dataDir })).toMatchObject({
    code: 0,
  });
  const second = await startServer({ dataDir });
  // The first of them has the number that A1's reservation had.
  for (const seat of ['A2', 'A3']) await reserve(second, seat);
  const back = await open(second, viewer);
  expect(await back.one()).toMatchObject({ type: 'snapshot' });
  expect(back.seats(SEATS)).toEqual(await listed(second));
  await second.stop();
}, 60_000);

test('a server that forgets tells who comes back everything', async () => {
  const env = { HOLDFAST_DURABILITY: 'memory' };
  const first = await startServer({ env });
  const viewer = await open(first);
  await viewer.one();
  await reserve(first, 'A1');
  await viewer.one();
  await first.kill9();
  const second = await startServer({ env });
  for (const seat of ['A2', 'A3', 'A4']) await reserve(second, seat);
  const back = await open(second, viewer);
  expect(await back.one()).toMatchObject({ type: 'snapshot' });
  expect(back.seats(SEATS)).toEqual(await listed(second));
  await second.stop();
}, 60_000);
