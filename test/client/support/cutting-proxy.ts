/** A TCP proxy that is the bad network between a client and a server. All its luck comes from one seed. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../../simulation/random.js';

/**
 * - `reset`: both ends are told, and not politely.
 * - `end`: both are told that there is no more.
 * - `torn`: the next bytes from the server come half, and then a reset.
 * - `mute`: nothing passes any more, and nobody is told.
 */
const CUTS = ['reset', 'end', 'torn', 'mute'] as const;
export type Cut = (typeof CUTS)[number];

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  state: 'sound' | 'torn' | 'mute';
}

export class CuttingProxy {
  /** `http://127.0.0.1:40124` */
  readonly url: string;
  /** How often each cut was made, and connections refused. */
  readonly cuts: Record<Cut | 'refused', number> = {
    reset: 0,
    end: 0,
    torn: 0,
    mute: 0,
    refused: 0,
  };
  /** Of new connections, the part that is refused: 0..1. */
  refusal = 0;
  readonly #listener: Server;
  readonly #lines = new Set<Line>();
  readonly #random: Random;

  private constructor(listener: Server, serverPort: number, random: Random) {
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    this.url = `http://127.0.0.1:${address.port}`;
    this.#listener = listener;
    this.#random = random;
    listener.on('connection', (client) => this.#accept(client, serverPort));
  }

  static async start(serverPort: number, random: Random): Promise<CuttingProxy> {
    const listener = createServer({ allowHalfOpen: false }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new CuttingProxy(listener, serverPort, random);
  }

  /** Cuts each connection with this probability, each in its own way. */
  cutSome(probability: number): void {
    for (const line of [...this.#lines]) {
      if (line.state === 'sound' && this.#random.chance(probability)) this.#cut(line);
    }
  }

  async close(): Promise<void> {
    for (const line of [...this.#lines]) this.#reset(line);
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #accept(client: Socket, serverPort: number): void {
    client.on('error', () => {});
    if (this.#random.chance(this.refusal)) {
      this.cuts.refused += 1;
      client.resetAndDestroy();
      return;
    }
    const server = connect(serverPort, '127.0.0.1').setNoDelay(true);
    const line: Line = { client: client.setNoDelay(true), server, state: 'sound' };
    this.#lines.add(line);
    server.on('error', () => {});
    client.on('data', (bytes: Buffer) => this.#pass(line, server, bytes));
    server.on('data', (bytes: Buffer) => this.#answer(line, bytes));
    for (const end of [client, server]) end.on('close', () => this.#ended(line));
  }

  #pass(line: Line, to: Socket, bytes: Buffer): void {
    if (line.state !== 'mute') to.write(bytes);
  }

  #answer(line: Line, bytes: Buffer): void {
    if (line.state !== 'torn') return this.#pass(line, line.client, bytes);
    line.client.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => this.#reset(line));
  }

  #cut(line: Line): void {
    const cut = this.#random.pick(CUTS);
    this.cuts[cut] += 1;
    if (cut === 'reset') this.#reset(line);
    else if (cut === 'end') this.#ended(line);
    else line.state = cut;
  }

  #reset({ client, server }: Line): void {
    client.resetAndDestroy();
    server.resetAndDestroy();
  }

  /** Of a mute line, each end is left with its belief that the other is there. */
  #ended(line: Line): void {
    if (line.state === 'mute') return;
    this.#lines.delete(line);
    line.client.end();
    line.server.end();
  }
}
