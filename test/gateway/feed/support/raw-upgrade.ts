/** A WebSocket by hand: what is answered before the upgrade, and a reader that does as it is told. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export { OPCODE, type RawFrame, takeFrames } from './raw-frames.js';

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
