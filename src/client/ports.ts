/**
 * All that the client needs of the world. Browsers and Node have it as globals; tests bring doubles of their own.
 *
 * 1. Nothing here is of Node alone, or of browsers alone.
 */
import type { SteadyClock } from '../lib/clock.js';

/** What is used of a WebSocket. A browser's is one, undici's, and that of `ws`. */
export interface WebSocketPort {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: SocketClose) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

/** How a socket ended: the code and the reason of the close frame, or 1006 where there was none. */
export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

export type WebSocketClass = new (url: string) => WebSocketPort;

/** What is used of an answer to `fetch`. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export interface FetchRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  readonly signal: AbortSignal | null;
}

/** Rejects where no answer came. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchAnswer>;

export interface Timers {
  /**
   * Runs `run` once, `ms` from now.
   *
   * @returns takes it back; does nothing once it has run.
   */
  after(ms: number, run: () => void): () => void;
}

export interface ClientPorts {
  readonly webSocket: WebSocketClass;
  readonly fetch: Fetch;
  readonly clock: SteadyClock;
  readonly timers: Timers;
  /** 0 <= x < 1 */
  readonly random: () => number;
}

/**
 * The ports given, and the platform's own for the others.
 *
 * @throws TypeError where no WebSocket class is given and the platform has none (Node 20).
 */
export function portsWith(given: Partial<ClientPorts>): ClientPorts {
  return {
    webSocket: given.webSocket ?? platformWebSocket(),
    fetch: given.fetch ?? platformFetch,
    clock: given.clock ?? { elapsed: () => performance.now() },
    timers: given.timers ?? platformTimers,
    random: given.random ?? Math.random,
  };
}

function platformWebSocket(): WebSocketClass {
  // `as`: whether the global is there depends on the platform, and its types are not in ours.
  const { WebSocket } = globalThis as { readonly WebSocket?: WebSocketClass };
  if (WebSocket !== undefined) return WebSocket;
  throw new TypeError('this platform has no WebSocket: pass a class as `webSocket`');
}

/** Called as a function: a browser refuses its `fetch` as the method of anything else. */
export const platformFetch: Fetch = (url, request) => fetch(url, request);

/** `setTimeout`. */
export const platformTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
