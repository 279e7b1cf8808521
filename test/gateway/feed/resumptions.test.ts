import { expect, test } from 'vitest';
import { parseSeatCursor } from '../../../src/desk/seat-cursor.js';
import { eventId } from '../../../src/domain/ids.js';
import { Resumptions } from '../../../src/gateway/feed/resumptions.js';
import { Viewer } from '../../../src/gateway/feed/viewer.js';
import { present } from '../../../src/lib/assert.js';
import { FEED_LIMITS } from '../../../src/limits.js';
import { hallGateway } from '../support/test-gateway.js';
import { SimulatedSocket } from './support/simulated-network.js';

const HALL = eventId('hall');

test('facts that are forgotten while older ones are recalled are not taken for known', async () => {
  const { desk } = await hallGateway();
  const seats = Array.from({ length: 11 }, (_, index) => index + 1);
  const take = async (count: number): Promise<void> => {
    for (const seat of seats.splice(0, count)) {
      expect((await desk.block({ eventId: HALL, seats: [seat] })).ok).toBe(true);
    }
  };
  const event = present(desk.event('hall'), 'the hall');
  const cursor = present(parseSeatCursor(event.cursor(desk.now())), 'a cursor');
  await take(3);
  const watch = event.watch({ now: desk.now(), recentSeatsMax: 6, changed: () => undefined });
  const ended: string[] = [];
  let answer = (): void => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const resumptions = new Resumptions({
    eventId: HALL,
    watch,
    desk: {
      now: () => desk.now(),
      sequence: desk.sequence,
      // What there was when it was asked, said later.
      query: async (name, ask) => {
        const found = await desk.query(name, ask);
        await asked;
        return found;
      },
    },
    limits: { ...FEED_LIMITS, recalledFactsMax: 3 },
    resumed: () => ended.push('resumed'),
    startOver: () => ended.push('starts over'),
    later: () => undefined,
  });
  const { since } = watch;
  const socket = new SimulatedSocket({
    bytesMax: 1_000,
    isLost: () => false,
    closed: () => undefined,
  });
  resumptions.add(new Viewer(socket), cursor);
  await take(7);
  watch.takeChanges(desk.now());
  expect(watch.since).toBeGreaterThan(since);
  answer();
  while (ended.length === 0) await new Promise(setImmediate);
  expect(ended).toEqual(['starts over']);
});
