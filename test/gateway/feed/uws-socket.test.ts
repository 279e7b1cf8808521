import type { WebSocket } from 'uWebSockets.js';
import { expect, test } from 'vitest';
import { EVENT_DELETED } from '../../../src/gateway/feed/closings.js';
import { UwsSocket } from '../../../src/gateway/feed/uws-socket.js';

/** A socket with so much in its buffer, and what was done with it. */
function socketWith(bufferedBytes: number): { socket: UwsSocket<unknown>; done: unknown[] } {
  const done: unknown[] = [];
  const port: Pick<WebSocket<unknown>, 'getBufferedAmount' | 'end' | 'close'> = {
    getBufferedAmount: () => bufferedBytes,
    end: (code, reason) => void done.push([code, reason]),
    close: () => void done.push('cut'),
  };
  // `as`: of uWebSockets' socket it needs no more.
  return { socket: new UwsSocket(port as WebSocket<unknown>, 1_000), done };
}

test.each([
  [0, [[4404, '{"code":"event_not_found"}']]],
  [1_000, [[4404, '{"code":"event_not_found"}']]],
  // Its buffer would outlive it, and nobody would read why.
  [1_001, ['cut']],
])('a socket with %d bytes unread is told why it is ended, or cut off', (bytes, expected) => {
  const { socket, done } = socketWith(bytes);
  socket.end(EVENT_DELETED);
  expect(done).toEqual(expected);
});

test('a socket that was let go is not touched any more', () => {
  const { socket, done } = socketWith(0);
  socket.letGo();
  socket.end(EVENT_DELETED);
  socket.cut();
  expect([socket.bufferedBytes(), socket.send(new Uint8Array(1)), done]).toEqual([0, false, []]);
});
