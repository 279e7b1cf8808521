/** A channel and one viewer, whose socket does as it is told. */
import { expect, test } from 'vitest';
import { eventId } from '../../../src/domain/ids.js';
import { Feed } from '../../../src/gateway/feed/feed.js';
import { FeedCounts } from '../../../src/gateway/feed/feed-counts.js';
import { Viewer } from '../../../src/gateway/feed/viewer.js';
import { present } from '../../../src/lib/assert.js';
import { FEED_LIMITS } from '../../../src/limits.js';
import type { MemoryDesk } from '../support/memory-desk.js';
import { testGateway } from '../support/test-gateway.js';
import { SimulatedOutlet, SimulatedSocket, SimulatedTimers } from './support/simulated-network.js';

/** Its snapshot is more than the simulated pipe holds. */
const ARENA = eventId('arena');

async function arenaDesk(): Promise<MemoryDesk> {
  const gateway = await testGateway();
  await gateway.post('/v1/events', { id: ARENA, name: 'Arena', totalSeats: 400 });
  return gateway.desk;
}

class Scene {
  readonly socket = new SimulatedSocket({
    bytesMax: 1_000,
    isLost: () => false,
    closed: () => undefined,
  });
  readonly viewer = new Viewer(this.socket);
  readonly change: (seat: number) => Promise<void>;

  constructor(desk: MemoryDesk, waitingBytesMax: number) {
    const [outlet, timers] = [new SimulatedOutlet(), new SimulatedTimers(() => desk.now())];
    const limits = { ...FEED_LIMITS, gatherMs: 0, viewersMax: 10, waitingBytesMax };
    const feed = new Feed({ desk, outlet, timers, limits, counts: new FeedCounts() });
    outlet.sockets.add(this.socket);
    feed.join(present(desk.event(ARENA), 'the arena'), this.viewer, undefined);
    this.change = async (seat) => {
      await desk.block({ eventId: ARENA, seats: [seat] });
      while (timers.fire());
      outlet.endTurn();
    };
  }

  /** The types of all frames that wait; they do not any more. */
  take(): string[] {
    return this.socket.frames
      .splice(0)
      .map((frame) => JSON.parse(Buffer.from(frame).toString()).type);
  }
}

test('a viewer who missed a frame and has taken all others gets all seats with the next change', async () => {
  const scene = new Scene(await arenaDesk(), 1_000);
  await scene.change(1);
  expect(scene.take()).toEqual(['snapshot', 'delta']);
  scene.viewer.missed();
  await scene.change(2);
  expect(scene.take()).toEqual(['snapshot']);
  await scene.change(3);
  expect(scene.take()).toEqual(['delta']);
});

test('a snapshot on its way is not what makes a viewer slow', async () => {
  const scene = new Scene(await arenaDesk(), 10);
  expect(scene.socket.bufferedBytes()).toBeGreaterThan(10);
  await scene.change(1);
  await scene.change(2);
  // The second change found it behind by the first one.
  expect(scene.take()).toEqual(['snapshot', 'delta']);
});
