/**
 * One connection by hand: bytes go out as they are told, in one packet or dripping, and what comes back is read until the
 * server closes or the caller has seen enough.
 */
import { connect, type Socket } from 'node:net';
import { RawAnswers } from './raw-answers.js';

export interface RawExchangeOptions {
  readonly port: number;
  /**
   * The client's own address. A server that was told something ambiguous distrusts the whole address for a moment, so who
   * wants to be heard beside others has one of its own. 127.0.0.0/8 is all loopback on Linux.
   */
  readonly from?: string;
  readonly isHead?: (answer: number) => boolean;
}

export class RawExchange {
  readonly heard: RawAnswers;
  /** Resolves when the server has closed, or broken, the connection. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  /** Rejects where nobody listens. */
  static open(options: RawExchangeOptions): Promise<RawExchange> {
    return new Promise((resolve, reject) => {
      const { port, from } = options;
      const local = from === undefined ? {} : { localAddress: from };
      const socket = connect({ host: '127.0.0.1', port, noDelay: true, ...local });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawExchange(socket, options));
      });
    });
  }

  private constructor(socket: Socket, { isHead }: RawExchangeOptions) {
    this.#socket = socket;
    this.heard = new RawAnswers(isHead);
    socket.on('data', (bytes: Buffer) => {
      this.heard.add(bytes);
      this.#look();
    });
    socket.on('error', () => undefined); // `close` follows
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isClosed = true;
        this.#look();
        resolve();
      });
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Into a connection that the server has closed, nothing is written. */
  write(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Stops reading: the kernel's buffers fill up, then the server's. */
  pause(): void {
    this.#socket.pause();
  }

  /** Resolves with true when it is so, with false when the connection is closed or the time is up and it is not. */
  until(isSo: () => boolean, msMax: number): Promise<boolean> {
    if (isSo() || this.#isClosed) return Promise.resolve(isSo());
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(isSo());
      };
      const look = (): void => {
        if (isSo() || this.#isClosed) done();
      };
      const timer = setTimeout(done, msMax);
      this.#waiting.add(look);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
