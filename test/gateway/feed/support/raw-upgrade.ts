/** A WebSocket by hand: what is answered before the upgrade, and a reader that does as it is told. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface UpgradeOptions {
  readonly path?: string;
  /** Beside those of the handshake; an empty value takes one of them out. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The handshake as a browser sends it. */
export function upgradeText({
  path = '/v1/events/hall/feed',
  headers = {},
}: UpgradeOptions = {}): string {
  const all: Record<string, string> = {
    Host: 'localhost',
    Connection: 'keep-alive, Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== '');
  return `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

export interface UpgradeAnswer {
  readonly status: number;
  readonly text: string;
  /** The problem's code, where it is one. */
  readonly code: string | undefined;
  readonly socket: Socket;
}

/** Resolves when an answer has come; what was upgraded stays open and unread, until the test is over. */
export function askUpgrade(port: number, options?: UpgradeOptions): Promise<UpgradeAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', reject);
    socket.once('data', (data) => {
      socket.pause();
      const text = data.toString('latin1');
      const status = Number(text.split(' ')[1]);
      resolve({ status, text, code: /"code":"(\w+)"/.exec(text)?.[1], socket });
    });
    socket.write(upgradeText(options));
  });
}

/** A frame of a WebSocket as the server sends it: whole and not masked. */
export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

export const OPCODE = { text: 1, close: 8, ping: 9 } as const;

/** Takes whole frames out of what has come; what is left is the beginning of the next. */
export function takeFrames(bytes: Buffer): { frames: RawFrame[]; rest: Buffer } {
  const frames: RawFrame[] = [];
  let at = 0;
  for (;;) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < at + head) break;
    const length = lengthAt(bytes, at + 2, short);
    if (bytes.length < at + head + length) break;
    const payload = bytes.subarray(at + head, at + head + length);
    frames.push({ opcode: (bytes[at] ?? 0) & 0x0f, payload });
    at += head + length;
  }
  return { frames, rest: bytes.subarray(at) };
}

function lengthAt(bytes: Buffer, at: number, short: number): number {
  if (short === 126) return bytes.readUInt16BE(at);
  return short === 127 ? Number(bytes.readBigUInt64BE(at)) : short;
}
