/** When a channel publishes, on a clock of the test's own: one change every millisecond, and publishing takes its time. */
import { describe, expect, it } from 'vitest';
import type { EventReplica } from '../../../src/desk/event-replica.js';
import { Feed } from '../../../src/gateway/feed/feed.js';
import { FeedCounts } from '../../../src/gateway/feed/feed-counts.js';
import { Viewer } from '../../../src/gateway/feed/viewer.js';
import { present } from '../../../src/lib/assert.js';
import { FEED_LIMITS } from '../../../src/limits.js';
import { smallHouse } from '../../simulation/venue.js';
import { MemoryDesk } from '../support/memory-desk.js';
import { SimulatedSocket, SimulatedTimers } from './support/simulated-network.js';

const SEATS = 1_000;

interface Pace {
  readonly gatherMs: number;
  /** From the call to the end of the turn, in which the transport writes to all sockets. */
  readonly publishingMs: number;
}

describe('publications to many viewers', () => {
  it('begin as far apart as changes are gathered, however long each takes', async () => {
    expect(await publishedAt({ gatherMs: 100, publishingMs: 0 })).toEqual([100, 200, 300, 400]);
    expect(await publishedAt({ gatherMs: 100, publishingMs: 60 })).toEqual([100, 200, 300, 400]);
  });

  it('leave a fifth of the time to others where they take longer than that', async () => {
    expect(await publishedAt({ gatherMs: 50, publishingMs: 80 })).toEqual([50, 150, 250, 350]);
  });

  it('are not held up for longer than changes are gathered', async () => {
    expect(await publishedAt({ gatherMs: 10, publishingMs: 200 })).toEqual([10, 220, 430, 640]);
  });
});

/** The first four, in milliseconds since the first change. */
async function publishedAt({ gatherMs, publishingMs }: Pace): Promise<number[]> {
  const desk = new MemoryDesk();
  const event = await hallOf(desk);
  const startedAt = desk.time;
  const published: number[] = [];
  const publish = (): void => {
    published.push(desk.time - startedAt);
    desk.time += publishingMs;
  };
  const timers = new SimulatedTimers(() => desk.time);
  const limits = { ...FEED_LIMITS, gatherMs, viewersMax: 1 };
  const feed = new Feed({ desk, outlet: { publish }, timers, limits, counts: new FeedCounts() });
  feed.join(event, new Viewer(attentiveSocket()), undefined);
  for (let seat = 1; seat <= SEATS && published.length < 4; seat += 1) {
    await desk.block({ eventId: event.record.id, seats: [seat] });
    while (timers.fire());
    desk.time += 1;
  }
  return published;
}

async function hallOf(desk: MemoryDesk): Promise<EventReplica> {
  await desk.createEvent({
    name: 'Hamlet',
    currency: 'EUR',
    holdMs: 60_000,
    maxSeatsPerUser: null,
    preventOrphans: false,
    plan: smallHouse(1, SEATS),
  });
  return present(desk.events()[0], 'the event just made');
}

/** Takes everything at once. */
function attentiveSocket(): SimulatedSocket {
  return new SimulatedSocket({ bytesMax: 1_000, isLost: () => false, closed: () => undefined });
}
