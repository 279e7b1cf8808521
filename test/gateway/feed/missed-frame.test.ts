import { expect, test } from 'vitest';
import { eventId } from '../../../src/domain/ids.js';
import { Feed } from '../../../src/gateway/feed/feed.js';
import { FeedCounts } from '../../../src/gateway/feed/feed-counts.js';
import { Viewer } from '../../../src/gateway/feed/viewer.js';
import { present } from '../../../src/lib/assert.js';
import { FEED_LIMITS } from '../../../src/limits.js';
import { hallGateway } from '../support/test-gateway.js';
import { SimulatedOutlet, SimulatedSocket, SimulatedTimers } from './support/simulated-network.js';

const HALL = eventId('hall');

test('a viewer who missed a frame and has taken all others gets all seats with the next change', async () => {
  const { desk } = await hallGateway();
  const [outlet, timers] = [new SimulatedOutlet(), new SimulatedTimers(() => desk.now())];
  const limits = { ...FEED_LIMITS, gatherMs: 0, viewersMax: 10 };
  const feed = new Feed({ desk, outlet, timers, limits, counts: new FeedCounts() });
  const options = { bytesMax: 1_000, isLost: () => false, closed: () => undefined };
  const socket = new SimulatedSocket(options);
  const viewer = new Viewer(socket);
  outlet.sockets.add(socket);
  const heard = (): string[] =>
    socket.frames.splice(0).map((one) => JSON.parse(`${Buffer.from(one)}`).type);
  const change = async (seat: number): Promise<void> => {
    await desk.block({ eventId: HALL, seats: [seat] });
    while (timers.fire());
    outlet.endTurn();
  };
  feed.join(present(desk.event('hall'), 'the hall'), viewer, undefined);
  await change(1);
  expect(heard()).toEqual(['snapshot', 'delta']);
  viewer.missed();
  await change(2);
  expect(heard()).toEqual(['snapshot']);
  await change(3);
  expect(heard()).toEqual(['delta']);
});
