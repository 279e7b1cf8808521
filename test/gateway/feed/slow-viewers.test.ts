import { describe, expect, test } from 'vitest';
import { eventId } from '../../../src/domain/ids.js';
import { SnapshotRoom } from '../../../src/gateway/feed/snapshot-room.js';
import { Viewer } from '../../../src/gateway/feed/viewer.js';
import { TwoBitMap } from '../../../src/lib/bitmap.js';
import { FEED_LIMITS } from '../../../src/limits.js';
import { hallGateway, type TestGateway, testGateway } from '../support/test-gateway.js';
import { openFeed } from './support/feed-client.js';
import { askUpgrade, OPCODE, takeFrames } from './support/raw-upgrade.js';
import { SimulatedSocket, SimulatedTimers } from './support/simulated-network.js';

const SEATS = 20_000;
const CHANGES = 4_000;
const FEED = { ...FEED_LIMITS, gatherMs: 1, viewersMax: 100 };

async function metric(gateway: TestGateway, name: string): Promise<number> {
  const { text } = await gateway.get('/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

describe('a viewer that stops reading', () => {
  test('takes bounded memory, holds up nobody, and gets all seats when it reads again', async () => {
    const gateway = await testGateway({ config: { feed: FEED } });
    await gateway.post('/v1/events', { id: 'arena', name: 'Arena', totalSeats: SEATS });
    const other = await openFeed(gateway.port, 'arena');
    await other.one();
    const { socket } = await askUpgrade(gateway.port, { path: '/v1/events/arena/feed' });
    const id = eventId('arena');
    const seats = Array.from({ length: CHANGES }, (_, index) => index * 5 + 1);
    let rounds = 0;
    const change = async (): Promise<void> => {
      if (rounds % 2 === 0) await gateway.desk.block({ eventId: id, seats });
      else await gateway.desk.unblock({ eventId: id, seats });
      rounds += 1;
      expect(await other.one()).toMatchObject({ type: 'delta' });
    };
    // What the kernel takes for a reader comes first: some megabytes.
    while ((await metric(gateway, 'holdfast_feed_drops_total')) === 0) {
      for (let count = 0; count < 10; count += 1) await change();
      expect(rounds).toBeLessThan(2_000);
    }
    const waiting = await metric(gateway, 'holdfast_feed_buffered_bytes');
    for (let count = 0; count < 25; count += 1) await change();
    expect(await metric(gateway, 'holdfast_feed_buffered_bytes')).toBe(waiting);
    expect(waiting).toBeLessThan(FEED.waitingBytesMax + 2 * CHANGES * 10);
    expect(await metric(gateway, 'holdfast_feed_resyncs_total')).toBe(0);

    let bytes: Buffer = Buffer.alloc(0);
    const statuses = new TwoBitMap(SEATS);
    const types: string[] = [];
    const caughtUp = new Promise<void>((resolve) => {
      socket.on('data', (data: Buffer) => {
        const { frames, rest } = takeFrames(Buffer.concat([bytes, data]));
        bytes = rest;
        for (const { payload } of frames) {
          const frame = JSON.parse(payload.toString());
          types.push(frame.type);
          if (frame.type === 'snapshot') statuses.bytes.set(Buffer.from(frame.statuses, 'base64'));
          if (frame.cursor === other.cursor) resolve();
        }
      });
    });
    socket.resume();
    await caughtUp;
    // What it was sent before it fell behind, and then one snapshot for all that it missed.
    expect(types.filter((type) => type === 'snapshot')).toHaveLength(1);
    expect(types.at(-1)).toBe('snapshot');
    expect(types.length).toBeLessThan(rounds);
    expect([...statuses.bytes]).toEqual([
      ...(gateway.desk.event('arena')?.statuses(gateway.desk.time) ?? []),
    ]);
    expect(await metric(gateway, 'holdfast_feed_resyncs_total')).toBe(1);
    expect(await metric(gateway, 'holdfast_feed_buffered_bytes')).toBe(0);
  }, 60_000);

  test('and answers no ping is closed, and one that does is not', async () => {
    const gateway = await hallGateway({ config: { feed: { ...FEED, idleMsMax: 8_000 } } });
    const lively = await openFeed(gateway.port, 'hall');
    const { socket } = await askUpgrade(gateway.port);
    const opcodes: number[] = [];
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (data: Buffer) => {
      for (const { opcode } of takeFrames(data).frames) opcodes.push(opcode);
    });
    socket.resume();
    await closed;
    expect(opcodes).toContain(OPCODE.ping);
    await gateway.post('/v1/events/hall/reservations', { userId: 'ann', seatIds: ['A1'] });
    await lively.until(() => lively.frames.some(({ type }) => type === 'delta'));
  }, 40_000);
});

describe('a socket that asks and does not read the answers', () => {
  test('is cut off before much waits for it', async () => {
    const feed = { ...FEED, socketBytesMax: 100_000, badMessagesMax: 1_000_000 };
    const gateway = await hallGateway({ config: { feed } });
    const { socket } = await askUpgrade(gateway.port);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    // 64 masked text frames of junk; each is answered by a longer error.
    const junk = Buffer.concat(Array.from({ length: 64 }, () => masked('x')));
    const write = (): void => {
      if (!socket.destroyed) socket.write(junk, () => setImmediate(write));
    };
    write();
    while (!socket.destroyed) {
      const waiting = await metric(gateway, 'holdfast_feed_buffered_bytes');
      expect(waiting).toBeLessThan(100_000 + 65_536);
      if (waiting === 0 && (await metric(gateway, 'holdfast_feed_viewers')) === 0) break;
    }
    socket.resume();
    await closed;
    expect((await gateway.get('/livez')).status).toBe(200);
  }, 40_000);
});

function masked(text: string): Buffer {
  // A mask of zeros leaves the text as it is.
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

describe('room for snapshots', () => {
  function roomFor(bytesMax: number) {
    let now = 0;
    const timers = new SimulatedTimers(() => now);
    const room = new SnapshotRoom({ bytesMax, holdMsMax: 100, timers });
    const viewer = (): { viewer: Viewer; socket: SimulatedSocket } => {
      const options = { bytesMax: 1_000, isLost: () => false };
      const socket: SimulatedSocket = new SimulatedSocket({
        ...options,
        closed: () => room.leave(made),
      });
      const made = new Viewer(socket);
      return { viewer: made, socket };
    };
    const pass = (ms: number): void => {
      now += ms;
      while (timers.fire());
    };
    return { room, viewer, pass };
  }

  test('is given in the order in which it was asked for', () => {
    const { room, viewer } = roomFor(100);
    const [a, b, c] = [viewer(), viewer(), viewer()];
    const served: string[] = [];
    const wants = (name: string, bytes: number, who: Viewer) => () => {
      if (!room.hasRoom(bytes)) return false;
      served.push(name);
      room.hold(who, bytes);
      return true;
    };
    room.hold(a.viewer, 80);
    room.wait(b.viewer, wants('b', 60, b.viewer));
    room.wait(c.viewer, wants('c', 10, c.viewer)); // would fit, but came later
    room.shrink(a.viewer, 70);
    room.shrink(b.viewer, 0); // has none
    expect(served).toEqual([]);
    room.shrink(a.viewer, 40);
    expect(served).toEqual(['b']);
    room.leave(a.viewer);
    expect(served).toEqual(['b', 'c']);
    expect(room.usedBytes).toBe(70);
  });

  test('is there for one snapshot, however large', () => {
    const { room, viewer } = roomFor(100);
    expect(room.hasRoom(1_000)).toBe(true);
    room.hold(viewer().viewer, 1);
    expect(room.hasRoom(1_000)).toBe(false);
  });

  test('is left to who holds it where those who waited have been admitted meanwhile', () => {
    const { room, viewer, pass } = roomFor(100);
    const [holder, leaver, waiting] = [viewer(), viewer(), viewer()];
    room.hold(holder.viewer, 60);
    room.hold(leaver.viewer, 40);
    room.wait(waiting.viewer, () => room.hasRoom(30));
    leaver.socket.cut();
    pass(200);
    expect([holder.socket.isOpen, waiting.socket.isOpen]).toEqual([true, true]);
  });

  test('is taken from who holds it too long, but only where somebody waits', () => {
    const { room, viewer, pass } = roomFor(100);
    const [a, b] = [viewer(), viewer()];
    room.hold(a.viewer, 90);
    pass(1_000);
    expect(a.socket.isOpen).toBe(true);
    let isServed = false;
    room.wait(b.viewer, () => {
      isServed = room.hasRoom(90);
      return isServed;
    });
    pass(99);
    expect(a.socket.isOpen).toBe(true);
    pass(1);
    expect([a.socket.isOpen, isServed]).toEqual([false, true]);
  });
});
