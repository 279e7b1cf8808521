/** The viewers that the feed's benches make: that they read what is sent, and that a feed that lies is found out. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

/** What of the benches' modules, which have no types, is used here. */
interface ViewerCrowd {
  join(address: Address): Promise<void>;
  counts(): Promise<{ frames: number; bytes: number }>;
  settle(address: Address): Promise<void>;
  end(): void;
}
interface Address {
  readonly url: string;
  readonly path: string;
  readonly protocol: 'plain';
}
type Framed = (opcode: number, text: string, bytes: number) => void;
interface Modules {
  readonly ViewerCrowd: new (options: object) => ViewerCrowd;
  readonly FrameReader: new (
    keptMax: number,
    framed: Framed,
  ) => { read(bytes: Buffer, from: number, to: number): void };
}

const { ViewerCrowd } = await benchModule('viewer-crowd');
const { FrameReader } = await benchModule('frame-reader');
const VIEWERS = 6;

describe('a reader of frames', () => {
  it.each([1, 2, 3, 7, 1_000, 100_000])('reads them in pieces of %i bytes', (pieceBytes) => {
    const sent = [0, 5, 125, 126, 65_535, 65_536, 1].map((length) => 'x'.repeat(length));
    const bytes = Buffer.concat(sent.map(frameOf));
    const received: [text: string, bytes: number][] = [];
    const reader = new FrameReader(100, (_, text, size) => received.push([text, size]));
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      reader.read(piece, 0, piece.length);
    }
    expect(received).toEqual(sent.map((text) => [text.slice(0, 100), frameOf(text).length]));
  });
});

describe('a crowd of viewers', { timeout: 30_000 }, () => {
  it('is current where all have what one who comes now is shown', async () => {
    await withFeed(
      () => 'same',
      async (crowd, address) => {
        await crowd.join(address);
        await crowd.settle(address);
        expect(await crowd.counts()).toMatchObject({ frames: VIEWERS });
      },
    );
  });

  it('is not where one of them was shown something else', async () => {
    await withFeed(
      (visitor) => (visitor === 3 ? 'other' : 'same'),
      async (crowd, address) => {
        await crowd.join(address);
        await expect(crowd.settle(address)).rejects.toThrow('5 of 6 viewers are current');
      },
    );
  });

  it('says so when the server ends a connection', async () => {
    await withFeed(
      () => undefined,
      async (crowd, address) => {
        await expect(crowd.join(address)).rejects.toThrow(
          /viewers were lost: closed by the server/,
        );
      },
    );
  });
});

/** A feed that shows each visitor this cursor; undefined: the door. */
async function withFeed(
  shown: (visitor: number) => string | undefined,
  run: (crowd: ViewerCrowd, address: Address) => Promise<void>,
): Promise<void> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  let visitors = 0;
  server.on('connection', (client) => {
    const cursor = shown(visitors);
    visitors += 1;
    if (cursor === undefined) client.close();
    else client.send(JSON.stringify({ type: 'snapshot', eventId: 'e', cursor, statuses: '' }));
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const crowd = new ViewerCrowd({ viewers: VIEWERS, seatsPerGroup: 100, settleMsMax: 500 });
  try {
    await run(crowd, { url: `http://127.0.0.1:${port}`, path: '/', protocol: 'plain' });
  } finally {
    crowd.end();
    for (const client of server.clients) client.terminate();
    server.close();
  }
}

/** As a server sends it (RFC 6455 §5.2). */
function frameOf(text: string): Buffer {
  const { length } = text;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.alloc(head);
  frame[0] = 0x81;
  frame[1] = head === 2 ? length : head === 4 ? 126 : 127;
  if (head === 4) frame.writeUInt16BE(length, 2);
  if (head === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([frame, Buffer.from(text)]);
}

async function benchModule(name: string): Promise<Modules> {
  return await import(new URL(`../../bench/feed/${name}.mjs`, import.meta.url).href);
}
