import { describe, expect, test } from 'vitest';
import { EventReplica } from '../../../src/desk/event-replica.js';
import { eventId } from '../../../src/domain/ids.js';
import { TwoBitMap } from '../../../src/lib/bitmap.js';
import { FEED_LIMITS } from '../../../src/limits.js';
import { MemoryDesk } from '../support/memory-desk.js';
import { hallGateway, type TestGateway, testGateway } from '../support/test-gateway.js';
import { type FeedClient, openFeed } from './support/feed-client.js';

const HALL_SEATS = 13;
const RESERVE = '/v1/events/hall/reservations';

async function reserve(gateway: TestGateway, ...seatIds: string[]): Promise<string> {
  const reply = await gateway.post(RESERVE, { userId: 'ann', seatIds });
  expect(reply.status).toBe(201);
  return reply.json.id;
}

/** What the seat list shows, and at which cursor. */
async function seatList(gateway: TestGateway): Promise<{ cursor: string; seats: number[] }> {
  const { json } = await gateway.get('/v1/events/hall/seats');
  const codes = ['available', 'reserved', 'booked', 'blocked'];
  const seats = json.data.map(({ status }: { status: string }) => codes.indexOf(status));
  return { cursor: json.cursor, seats };
}

async function expectCurrent(viewer: FeedClient, gateway: TestGateway): Promise<void> {
  const { cursor, seats } = await seatList(gateway);
  await viewer.until(() => viewer.cursor === cursor);
  expect(viewer.seats(HALL_SEATS)).toEqual(seats);
}

describe('a viewer', () => {
  test('gets all seats first, then what changes, and has what the seat list shows', async () => {
    const gateway = await hallGateway();
    await reserve(gateway, 'A2');
    const viewer = await openFeed(gateway.port, 'hall');
    const snapshot = await viewer.one();
    const { cursor } = await seatList(gateway);
    const { totalSeats } = (await gateway.get('/v1/events/hall')).json;
    expect(snapshot).toMatchObject({ type: 'snapshot', eventId: 'hall', cursor, totalSeats });
    await expectCurrent(viewer, gateway);
    const id = await reserve(gateway, 'A1', 'B5');
    expect(await viewer.one()).toMatchObject({
      type: 'delta',
      changes: [
        [1, 1],
        [10, 1],
      ],
    });
    await gateway.post(`/v1/reservations/${id}/confirm`, { userId: 'ann' });
    expect(await viewer.one()).toMatchObject({ type: 'delta' });
    await expectCurrent(viewer, gateway);
  });

  test('gets changes together that come together, and none that was undone', async () => {
    const gateway = await hallGateway({ config: { feed: { ...FEED, gatherMs: 100 } } });
    const viewer = await openFeed(gateway.port, 'hall');
    await viewer.one();
    const id = await reserve(gateway, 'A1');
    await reserve(gateway, 'A2');
    await gateway.post(`/v1/reservations/${id}/cancel`, { userId: 'ann' });
    expect(await viewer.one()).toMatchObject({ changes: [[2, 1]] });
    await expectCurrent(viewer, gateway);
    expect(viewer.frames).toEqual([]);
  });

  test('gets each turn’s changes at its end where nothing is gathered', async () => {
    const gateway = await hallGateway({ config: { feed: { ...FEED, gatherMs: 0 } } });
    const viewer = await openFeed(gateway.port, 'hall');
    await viewer.one();
    for (const seat of ['A1', 'A2', 'A3']) {
      await reserve(gateway, seat);
      expect(await viewer.one()).toMatchObject({ type: 'delta' });
    }
    await expectCurrent(viewer, gateway);
  });

  test('sees a hold end when its time is over', async () => {
    const gateway = await hallGateway();
    await reserve(gateway, 'A1');
    const viewer = await openFeed(gateway.port, 'hall');
    await viewer.one();
    gateway.desk.time += 300_000;
    gateway.desk.event('hall')?.noticeLapses(gateway.desk.time);
    expect(await viewer.one()).toMatchObject({ type: 'delta', changes: [[1, 0]] });
    await expectCurrent(viewer, gateway);
  });

  test('is one of many that all get the same', async () => {
    const gateway = await hallGateway();
    const viewers = await Promise.all(
      Array.from({ length: 30 }, () => openFeed(gateway.port, 'hall')),
    );
    for (const viewer of viewers) await viewer.one();
    await reserve(gateway, 'A3');
    const frames = await Promise.all(viewers.map((viewer) => viewer.one()));
    expect(new Set(frames.map((frame) => JSON.stringify(frame))).size).toBe(1);
    const { text } = await gateway.get('/metrics');
    for (const line of [
      'holdfast_feed_viewers 30',
      'holdfast_feed_frames_total{type="snapshot"} 30',
      'holdfast_feed_frames_total{type="delta"} 30',
      'holdfast_feed_drops_total 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(Number(/^holdfast_feed_bytes_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(30 * 100);
  });

  test('is told so when its event is deleted', async () => {
    const gateway = await hallGateway();
    const viewer = await openFeed(gateway.port, 'hall');
    await viewer.one();
    await gateway.ask('DELETE', '/v1/events/hall');
    expect(await viewer.ended).toEqual({ code: 4404, reason: '{"code":"event_not_found"}' });
    await expect(openFeed(gateway.port, 'hall')).rejects.toThrow('refused');
  });

  test('of another event sees nothing of it', async () => {
    const gateway = await hallGateway();
    await gateway.post('/v1/events', { id: 'other', name: 'Other', totalSeats: 4 });
    const viewer = await openFeed(gateway.port, 'other');
    await viewer.one();
    await reserve(gateway, 'A1');
    await gateway.post('/v1/events/other/reservations', { userId: 'ann', seatIds: ['2'] });
    expect(await viewer.one()).toMatchObject({ changes: [[2, 1]] });
  });

  test('leaves nothing behind: an event that nobody watches is not watched', async () => {
    const gateway = await hallGateway();
    const watches: { isEnded: boolean }[] = [];
    const watch = EventReplica.prototype.watch;
    const event = gateway.desk.event('hall');
    if (event === undefined) throw new Error('the hall is there');
    // What the feed asks of this event is looked at, and done.
    event.watch = (options) => {
      const made = watch.call(event, options);
      const seen = { isEnded: false };
      watches.push(seen);
      const end = made.end.bind(made);
      made.end = () => {
        seen.isEnded = true;
        end();
      };
      return made;
    };
    for (let round = 1; round <= 2; round += 1) {
      const viewers = [await openFeed(gateway.port, 'hall'), await openFeed(gateway.port, 'hall')];
      await viewers[0]?.close();
      expect(watches.map(({ isEnded }) => isEnded)).toEqual([
        ...Array(round - 1).fill(true),
        false,
      ]);
      await viewers[1]?.close();
      await expect.poll(() => watches.every(({ isEnded }) => isEnded)).toBe(true);
    }
  });
});

const FEED = { ...FEED_LIMITS, gatherMs: 10, viewersMax: 100 };

describe('a viewer who comes back', () => {
  test('with its cursor gets only what came since, on any gateway', async () => {
    const desk = new MemoryDesk();
    const gateway = await hallGateway({ desk });
    const other = await testGateway({ desk, index: 1 });
    const viewer = await openFeed(gateway.port, 'hall');
    await reserve(gateway, 'A1');
    await viewer.next(2);
    await viewer.close();
    await reserve(gateway, 'A2', 'A3');
    const again = await openFeed(other.port, 'hall', { from: viewer });
    const frame = await again.one();
    expect(frame).toMatchObject({ type: 'delta' });
    expect('changes' in frame && frame.changes).toEqual([
      [2, 1],
      [3, 1],
    ]);
    await expectCurrent(again, gateway);
    const { text } = await other.get('/metrics');
    expect(text).toContain('holdfast_feed_resumes_total 1\n');
  });

  test('and has missed nothing is told so at once', async () => {
    const gateway = await hallGateway();
    const viewer = await openFeed(gateway.port, 'hall');
    await viewer.one();
    const again = await openFeed(gateway.port, 'hall', { cursor: viewer.cursor });
    expect(await again.one()).toEqual({ type: 'delta', cursor: viewer.cursor, changes: [] });
  });

  test.each([
    ['is no cursor', 'yesterday'],
    ['is of another life of the event', '1-0-abc'],
    ['is from the future', '%s'],
  ])('with what %s gets all seats', async (_, cursor) => {
    const gateway = await hallGateway({ config: { feed: { ...FEED, resumeMsMax: 50 } } });
    const { cursor: now } = await seatList(gateway);
    const future = now.replace(/^\w+/, 'zzzz');
    // The gateway waits for the future by its own clock.
    const ticking = setInterval(() => {
      gateway.desk.time += 10;
    }, 10);
    const viewer = await openFeed(gateway.port, 'hall', { cursor: cursor.replace('%s', future) });
    expect(await viewer.one()).toMatchObject({ type: 'snapshot' });
    clearInterval(ticking);
  });

  test('from too long ago gets all seats, and the store is not asked for all of it', async () => {
    const gateway = await hallGateway({ config: { feed: { ...FEED, recalledFactsMax: 3 } } });
    const { cursor } = await seatList(gateway);
    for (const seat of ['A1', 'A2', 'A3', 'A4']) await reserve(gateway, seat);
    const viewer = await openFeed(gateway.port, 'hall', { cursor });
    expect(await viewer.one()).toMatchObject({ type: 'snapshot' });
    await expectCurrent(viewer, gateway);
  });

  test('when the store is too busy to say what came since gets all seats', async () => {
    const gateway = await hallGateway();
    const { cursor } = await seatList(gateway);
    await reserve(gateway, 'A1');
    const { ServerFault } = await import('../../../src/lib/server-fault.js');
    gateway.desk.fault = new ServerFault('busy', { code: 'overloaded', hint: 'wait' });
    const viewer = await openFeed(gateway.port, 'hall', { cursor });
    expect(await viewer.one()).toMatchObject({ type: 'snapshot' });
  });
});

test('a change of more seats than a snapshot is worth is sent as one', async () => {
  const feed = { ...FEED, deltaSeatsMax: 10 };
  const gateway = await testGateway({ config: { feed } });
  await gateway.post('/v1/events', { id: 'arena', name: 'Arena', totalSeats: 400 });
  const viewer = await openFeed(gateway.port, 'arena');
  await viewer.one();
  const seats = Array.from({ length: 300 }, (_, index) => index + 1);
  await gateway.desk.block({ eventId: eventId('arena'), seats });
  expect(await viewer.one()).toMatchObject({ type: 'snapshot' });
  const map = new TwoBitMap(400, gateway.desk.event('arena')?.statuses(gateway.desk.time));
  expect(viewer.seats(400)).toEqual(Array.from({ length: 400 }, (_, index) => map.get(index)));
  await gateway.desk.unblock({ eventId: eventId('arena'), seats: [1, 2] });
  expect(await viewer.one()).toMatchObject({ type: 'delta' });
});
