/** uWebSockets' sockets and publications, as the feed has them. A socket that is closed must not be touched: here it is let go. */
import type { TemplatedApp, WebSocket } from 'uWebSockets.js';
import type { Closing, FeedOutlet, Frame, ViewerSocket } from './feed-ports.js';

/** What `send` of uWebSockets says of a message that was not taken for want of room. */
const DROPPED = 2;

export class UwsSocket<Data> implements ViewerSocket {
  #ws: WebSocket<Data> | undefined;
  readonly #unreadBytesMax: number;

  /** @param unreadBytesMax with more than this in its buffer a socket is cut off where it should have been ended. */
  constructor(ws: WebSocket<Data>, unreadBytesMax: number) {
    this.#ws = ws;
    this.#unreadBytesMax = unreadBytesMax;
  }

  bufferedBytes(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  send(frame: Frame): boolean {
    return this.#ws !== undefined && this.#ws.send(frame, false) !== DROPPED;
  }

  subscribe(topic: string): void {
    this.#ws?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#ws?.unsubscribe(topic);
  }

  end({ code, reason }: Closing): void {
    // Who does not read would not read the reason, and its buffer would outlive the socket.
    if (this.bufferedBytes() > this.#unreadBytesMax) this.cut();
    else this.#ws?.end(code, reason);
  }

  cut(): void {
    this.#ws?.close();
  }

  /** It is closed, or about to be. */
  letGo(): void {
    this.#ws = undefined;
  }
}

export function uwsOutlet(app: TemplatedApp): FeedOutlet {
  return { publish: (topic, frame) => void app.publish(topic, frame, false) };
}
