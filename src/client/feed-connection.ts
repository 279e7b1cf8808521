/**
 * One socket to the live feed, from its opening to its end. What it says is read; it is not understood here.
 *
 * 1. Its end is told once, whoever ended it; after that nothing is told.
 * 2. It never waits for ever: for the opening, for the first frame, for a sign of life.
 */
import { type FeedFrame, parseFeedFrame } from './feed-frame.js';
import { jsonFields } from './json-fields.js';
import type { ClientPorts, SocketClose, WebSocketPort } from './ports.js';

/** Milliseconds. */
export interface ConnectionLimits {
  /** For the socket to open. */
  readonly openMsMax: number;
  /** For the first frame: the server may have a line of viewers who wait for their snapshots. */
  readonly firstFrameMsMax: number;
  /** Without a frame. The true bound is drawn between its half and it, so that viewers do not act together. */
  readonly silenceMsMax: number;
}

/**
 * - `refused`: before it opened: the server did not want it, or nobody is there. Or the server said that the event is gone.
 * - `lost`: it was open.
 * - `silent`: ended by us, for nothing was heard for long: no sign that anything is wrong, and none that all is well.
 * - `unreadable`: ended by us, for what came made no sense.
 */
export type ConnectionEndKind = 'refused' | 'lost' | 'silent' | 'unreadable';

/** How a connection ended. */
export interface ConnectionEnd {
  readonly kind: ConnectionEndKind;
  /** For people. */
  readonly why: string;
  /** What the server asked to be waited, milliseconds. */
  readonly retryAfterMs: number | undefined;
}

export interface ConnectionListener {
  onFrame(frame: FeedFrame): void;
  onEnd(end: ConnectionEnd): void;
}

/** A close code of our own (RFC 6455 leaves 4000..4999 to applications): the frame made no sense. */
const CLOSE_UNREADABLE = 4400;
const CLOSE_NORMAL = 1000;
/** The server's, for a deleted event. */
const CLOSE_EVENT_GONE = 4404;

export class FeedConnection {
  readonly #ports: ClientPorts;
  readonly #limits: ConnectionLimits;
  readonly #listener: ConnectionListener;
  readonly #socket: WebSocketPort;
  #phase: 'opening' | 'open' | 'ended' = 'opening';
  /** Something was sent since the last frame; before the first one, the opening is such a question. */
  #isAsked = true;
  #takeBack: () => void = () => {};

  constructor(
    url: string,
    ports: ClientPorts,
    limits: ConnectionLimits,
    listener: ConnectionListener,
  ) {
    this.#ports = ports;
    this.#limits = limits;
    this.#listener = listener;
    this.#socket = new ports.webSocket(url);
    this.#listen();
    this.#expect(limits.openMsMax, () => this.#drop('refused', 'it did not open in time'));
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** Only while it is open. */
  send(text: string): void {
    this.#socket.send(text);
    // Time for the answer; but not for ever, to one who asks and asks and is not answered.
    if (!this.#isAsked) this.#expectSignOfLife();
    this.#isAsked = true;
  }

  /** What came makes no sense: ends it, and tells. */
  unreadable(why: string): void {
    this.#drop('unreadable', why, CLOSE_UNREADABLE);
  }

  /** Ends it, and tells nobody. */
  close(): void {
    if (this.#phase === 'ended') return;
    this.#ended();
    this.#socket.close(CLOSE_NORMAL);
  }

  #listen(): void {
    this.#socket.addEventListener('open', () => this.#opened());
    this.#socket.addEventListener('message', ({ data }) => this.#received(data));
    this.#socket.addEventListener('close', (close) => this.#closed(close));
    // Says no more than the `close` that follows; but `ws` throws where nobody listens.
    this.#socket.addEventListener('error', () => {});
  }

  #opened(): void {
    if (this.#phase !== 'opening') return;
    this.#phase = 'open';
    const ms = this.#limits.firstFrameMsMax;
    this.#expect(ms, () => this.#drop('lost', 'it said nothing at first'));
  }

  #received(data: unknown): void {
    if (this.#phase !== 'open') return;
    const frame = parseFeedFrame(data);
    if (frame === undefined) return this.unreadable('the server sent what is no frame');
    this.#isAsked = false;
    this.#expectSignOfLife();
    this.#listener.onFrame(frame);
  }

  #expectSignOfLife(): void {
    const ms = (this.#limits.silenceMsMax * (1 + this.#ports.random())) / 2;
    this.#expect(ms, () => this.#drop('silent', 'nothing was heard for long'));
  }

  #closed({ code, reason }: SocketClose): void {
    const said = reason === '' ? `code ${code}` : `code ${code}, ${reason}`;
    const isRefusal = this.#phase === 'opening' || code === CLOSE_EVENT_GONE;
    const kind = isRefusal ? 'refused' : 'lost';
    this.#end({ kind, why: `the connection ended: ${said}`, retryAfterMs: retryHint(reason) });
  }

  #drop(kind: ConnectionEndKind, why: string, code = CLOSE_NORMAL): void {
    this.#end({ kind, why, retryAfterMs: undefined });
    this.#socket.close(code);
  }

  #end(end: ConnectionEnd): void {
    if (this.#phase === 'ended') return;
    this.#ended();
    this.#listener.onEnd(end);
  }

  #ended(): void {
    this.#phase = 'ended';
    this.#takeBack();
  }

  /** Instead of what was expected before. */
  #expect(ms: number, otherwise: () => void): void {
    this.#takeBack();
    this.#takeBack = this.#ports.timers.after(ms, otherwise);
  }
}

/** Milliseconds, out of the reason of a close frame: `{"code":"shutting_down","retryAfterMs":1000}`. */
function retryHint(reason: string): number | undefined {
  const ms = jsonFields(reason)?.retryAfterMs;
  return typeof ms === 'number' && ms >= 0 ? ms : undefined;
}
