/** A double of the WebSocket port: the test is the server. */
import type { SocketClose, WebSocketPort } from '../../../src/client/ports.js';

type Listener = (event: { data: unknown } & SocketClose) => void;

export class ScriptedSocket implements WebSocketPort {
  readonly url: URL;
  /** What the client sent, read as JSON. */
  readonly sent: Record<string, unknown>[] = [];
  /** The code the client closed it with. */
  closedWith: number | undefined;
  readonly #listeners = new Map<string, Listener>();

  constructor(url: string) {
    this.url = new URL(url);
  }

  /** Resumes from here; null: asks for a snapshot. */
  get cursor(): string | null {
    return this.url.searchParams.get('cursor');
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code = 1005): void {
    this.closedWith = code;
  }

  open(): void {
    this.#tell('open');
  }

  say(frame: object): void {
    this.sayRaw(JSON.stringify(frame));
  }

  /** Whatever it is. */
  sayRaw(data: unknown): void {
    this.#tell('message', { data });
  }

  /** The end of a connection, or of the attempt at one. */
  drop(code = 1006, reason = ''): void {
    if (code === 1006) this.#tell('error');
    this.#tell('close', { code, reason });
  }

  #tell(type: string, event: Partial<Parameters<Listener>[0]> = {}): void {
    this.#listeners.get(type)?.({ data: undefined, code: 0, reason: '', ...event });
  }
}
