/**
 * Connections that cost a server a place and bring it nothing: half say nothing at all, half drip their head. uWebSockets
 * closes each after 10 to 14 s; whoever goes comes back, so that there are always as many.
 */
import { connect, type Socket } from 'node:net';

const HEAD = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ';
/** Each drips twice a second. They take turns: all at once would hold up those who are timed beside them. */
const DRIP_MS = 10;
const TURNS = 50;
/** Connections under way at once: more, and the kernel's queue drops them. */
const OPENING_MAX = 64;
/** Of one address there are 28,000 ports, and a server may bound them. */
const ADDRESSES = 50;

export class Idlers {
  /** The server has closed so many. */
  closedCount = 0;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #dripping: NodeJS.Timeout;
  #isOver = false;
  #turn = 0;

  private constructor(port: number) {
    this.#port = port;
    this.#dripping = setInterval(() => this.#drip(), DRIP_MS);
  }

  /** Resolves when all are connected. */
  static async open(port: number, count: number): Promise<Idlers> {
    const idlers = new Idlers(port);
    let opened = 0;
    const some = async (): Promise<void> => {
      while (opened < count) {
        opened += 1;
        await idlers.#connect(opened);
      }
    };
    await Promise.all(Array.from({ length: OPENING_MAX }, some));
    return idlers;
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Resolves when all are gone. */
  async leave(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#dripping);
    const all = [...this.#sockets].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(all);
  }

  #connect(number: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const localAddress = `127.4.0.${(number % ADDRESSES) + 1}`;
      const socket = connect({ host: '127.0.0.1', port: this.#port, localAddress });
      socket.once('connect', () => {
        this.#sockets.add(socket);
        if (number % 2 === 0) socket.write(HEAD);
        resolve();
      });
      socket.on('error', reject); // before it is connected; later it says nothing new
      socket.resume();
      socket.once('close', () => {
        this.#sockets.delete(socket);
        if (this.#isOver) return;
        this.closedCount += 1;
        this.#connect(number).catch(() => undefined); // the server has gone, and that is looked at elsewhere
      });
    });
  }

  #drip(): void {
    this.#turn = (this.#turn + 1) % TURNS;
    let number = 0;
    for (const socket of this.#sockets) {
      number += 1;
      if (number % TURNS === this.#turn && socket.bytesWritten > 0) socket.write('x');
    }
  }
}
