/** An upgrade, and frames of every kind behind it (RFC 6455 §5): commands, junk, fragments, control frames, lengths that lie. */
import type { Random } from '../../simulation/random.js';
import { mutated } from './broken-requests.js';
import type { MadeRequest } from './request-maker.js';
import { type Input, RESERVATION } from './visit.js';

/** Asks for the feed of an event as RFC 6455 has it. */
export function upgradeTo(eventId: string): string {
  return [
    `GET /v1/events/${eventId}/feed HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    '\r\n',
  ].join('\r\n');
}

const TEXT = 1;
const CONTINUED = 0;

export interface FrameParts {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly isLast?: boolean;
  /** The three bits that are nobody's without an extension. */
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** What it says; absent: the truth. */
  readonly length?: bigint;
  /** Bytes that the length takes, 1, 3 or 9; absent: as few as there may be. */
  readonly lengthBytes?: 1 | 3 | 9;
}

/** As a client sends it, unless it is told otherwise. */
export function frame(parts: FrameParts): Buffer {
  const { opcode, payload, isLast = true, reserved = 0, isMasked = true } = parts;
  const length = parts.length ?? BigInt(payload.length);
  const first = (isLast ? 0x80 : 0) | ((reserved & 7) << 4) | (opcode & 15);
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  const body = isMasked ? payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)) : payload;
  const lengthBytes = parts.lengthBytes ?? (length < 126n ? 1 : length < 65_536n ? 3 : 9);
  const head = lengthOf(length, lengthBytes, isMasked ? 0x80 : 0);
  return Buffer.concat([Buffer.from([first]), head, isMasked ? mask : Buffer.alloc(0), body]);
}

function lengthOf(length: bigint, bytes: 1 | 3 | 9, maskBit: number): Buffer {
  const head = Buffer.alloc(bytes);
  if (bytes === 1) head[0] = maskBit | Number(length & 0x7fn);
  else head[0] = maskBit | (bytes === 3 ? 126 : 127);
  if (bytes === 3) head.writeUInt16BE(Number(length & 0xffffn), 1);
  if (bytes === 9) head.writeBigUInt64BE(BigInt.asUintN(64, length), 1);
  return head;
}

/** The first input is the upgrade; now and then it is not quite one. */
export function feedMessages(random: Random, made: readonly MadeRequest[]): Input[] {
  const upgrade = Buffer.from(upgradeTo('default'));
  const opening = random.chance(0.05) ? mutated(random, upgrade) : upgrade;
  return [
    { bytes: opening, isOwed: false, isHead: false },
    ...made.map((request) => ({
      bytes: random.weighted(KINDS)(random, command(random, request)),
      isOwed: false,
      isHead: false,
    })),
  ];
}

/** The body of a request as a command; often of the wrong route. */
function command(random: Random, { body }: MadeRequest): Buffer {
  const type = random.pick(['reserve', 'confirm', 'cancel', 'extend', 'release', 'x']);
  const fields = `"type":"${type}","requestId":"r${random.below(9)}","reservationId":"${RESERVATION}"`;
  return Buffer.from(body.startsWith('{"') ? `{${fields},${body.slice(1)}` : body);
}

type Kind = (random: Random, payload: Buffer) => Buffer;

const LIES = [
  0n,
  1n,
  125n,
  126n,
  65_535n,
  65_536n,
  131_073n,
  2n ** 31n,
  2n ** 32n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const text = (payload: Buffer): Buffer => frame({ opcode: TEXT, payload });

const KINDS: readonly (readonly [Kind, number])[] = [
  [(_, payload) => text(payload), 6],
  [(random, payload) => text(mutated(random, payload)), 4],
  [(random, payload) => mutated(random, text(payload)), 3],
  [
    (random, payload) =>
      frame({
        opcode: random.below(16),
        payload,
        reserved: random.below(8),
        isLast: random.chance(0.5),
        isMasked: random.chance(0.5),
      }),
    2,
  ],
  [(random, payload) => frame({ opcode: TEXT, payload, length: random.pick(LIES) }), 1],
  [
    (random, payload) =>
      frame({ opcode: TEXT, payload, length: random.pick(LIES), lengthBytes: 9 }),
    1,
  ],
  [(_, payload) => frame({ opcode: TEXT, payload, lengthBytes: 9 }), 1],
  [(random, payload) => fragments(random, payload), 3],
  [
    (random) =>
      frame({
        opcode: random.pick([8, 9, 10]),
        payload: Buffer.alloc(random.pick([0, 1, 2, 124, 125, 126, 300]), 0x61),
      }),
    2,
  ],
  [
    (random) =>
      frame({ opcode: 8, payload: Buffer.from([random.below(20), random.below(256), 0xff, 0xc0]) }),
    1,
  ],
  [() => frame({ opcode: 2, payload: Buffer.from([0xff, 0, 1]) }), 1],
  [() => text(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), 1],
  [() => text(Buffer.alloc(66_000, 0x20)), 0.2],
];

/** In up to five pieces, with control frames between; sometimes without a first or a last. */
function fragments(random: Random, payload: Buffer): Buffer {
  const count = 2 + random.below(4);
  const size = Math.ceil(payload.length / count);
  const pieces = Array.from({ length: count }, (_, index) =>
    frame({
      opcode: index === 0 && random.chance(0.95) ? TEXT : CONTINUED,
      payload: payload.subarray(index * size, (index + 1) * size),
      isLast: index === count - 1 && random.chance(0.9),
    }),
  );
  const ping = frame({ opcode: 9, payload: Buffer.from('p') });
  return Buffer.concat(pieces.flatMap((piece) => (random.chance(0.3) ? [ping, piece] : [piece])));
}
