/**
 * Sockets, publications and timers of one simulated gateway. A frame is in the pipe until its reader takes it; what the
 * pipe does not hold waits in the server, and is dropped where too much waits already, as uWebSockets does it.
 */

import type {
  FeedOutlet,
  FeedTimers,
  Frame,
  ViewerSocket,
} from '../../../../src/gateway/feed/feed-ports.js';
import type { Viewer } from '../../../../src/gateway/feed/viewer.js';

/** Less than a snapshot. */
const PIPE_BYTES = 100;

export interface SimulatedSocketOptions {
  readonly bytesMax: number;
  /** Whether a frame is lost that could have been taken, though others wait. */
  isLost(): boolean;
  closed(): void;
}

export class SimulatedSocket implements ViewerSocket {
  readonly frames: Frame[] = [];
  readonly topics = new Set<string>();
  isOpen = true;
  /** Whose it is on the server. */
  viewer: Viewer | undefined;
  readonly #options: SimulatedSocketOptions;
  /** Published, and handed over when the turn ends or something else is sent. */
  readonly #published: Frame[] = [];

  constructor(options: SimulatedSocketOptions) {
    this.#options = options;
  }

  bufferedBytes(): number {
    const bytes = this.frames.reduce((sum, frame) => sum + frame.length, 0);
    return Math.max(0, bytes - PIPE_BYTES);
  }

  send(frame: Frame): boolean {
    this.endTurn();
    return this.#write(frame);
  }

  publish(frame: Frame): void {
    this.#published.push(frame);
  }

  endTurn(): void {
    for (const frame of this.#published.splice(0)) {
      const isLost = this.bufferedBytes() > 0 && this.#options.isLost();
      if (isLost || !this.#write(frame)) this.viewer?.missed();
    }
  }

  subscribe(topic: string): void {
    this.topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }

  end(): void {
    this.cut();
  }

  cut(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#options.closed();
  }

  #write(frame: Frame): boolean {
    if (!this.isOpen || this.bufferedBytes() > this.#options.bytesMax) return false;
    this.frames.push(frame);
    return true;
  }
}

export class SimulatedOutlet implements FeedOutlet {
  readonly sockets = new Set<SimulatedSocket>();

  publish(topic: string, frame: Frame): void {
    for (const socket of this.sockets) if (socket.topics.has(topic)) socket.publish(frame);
  }

  endTurn(): void {
    for (const socket of this.sockets) socket.endTurn();
  }
}

export class SimulatedTimers implements FeedTimers {
  readonly #clock: () => number;
  readonly #waiting = new Set<{ readonly dueAt: number; readonly run: () => void }>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { dueAt: this.#clock() + ms, run };
    this.#waiting.add(timer);
    return () => void this.#waiting.delete(timer);
  }

  /** Runs one that is due. @returns false: none is. */
  fire(): boolean {
    for (const timer of this.#waiting) {
      if (timer.dueAt > this.#clock()) continue;
      this.#waiting.delete(timer);
      timer.run();
      return true;
    }
    return false;
  }
}
