/**
 * The outside world's side of the wire: requests that arrive at a gateway some time later, answers that come back some time
 * later or never, when the server ends meanwhile. Clients live on a thread of their own, which no fault touches.
 */
import type { Desk } from '../../src/desk/desk.js';
import type { World } from './world.js';

/** Whether the request has happened is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** What came back, and how far the answering desk's replica was when it left. */
export interface Served<T> {
  readonly value: T;
  readonly sequence: number;
}

interface Open {
  readonly lose: () => void;
  /** Its answer has left the server. */
  isAnswered: boolean;
}

export class Clients {
  readonly #world: World;
  readonly #open = new Set<Open>();

  constructor(world: World) {
    this.#world = world;
    world.onEnd.push((how) => this.#lose(how));
  }

  /** Requests without an answer. */
  get waiting(): number {
    return this.#open.size;
  }

  /** Something a client does. */
  async act(work: () => void): Promise<void> {
    await this.#world.enter(this.#world.clients, work);
  }

  /** @param work what the gateway does with the request. Rejects with what it rejects with, or with ConnectionLost. */
  request<T>(gateway: number, work: (desk: Desk) => Promise<T>): Promise<Served<T>> {
    const { crew, isServing, clients } = this.#world;
    const living = crew?.desks[gateway];
    if (!isServing || living === undefined) return Promise.reject(new ConnectionLost('no server'));
    return new Promise<Served<T>>((resolve, reject) => {
      const lose = () => clients.calls.push(() => reject(new ConnectionLost('the server ended')));
      const open: Open = { lose, isAnswered: false };
      this.#open.add(open);
      const answer = (tell: () => void) => {
        open.isAnswered = true;
        clients.calls.push(() => {
          if (this.#open.delete(open)) tell();
        });
      };
      living.thread.calls.push(() => {
        const { desk } = living.host;
        work(desk).then(
          (value) => {
            const served = { value, sequence: desk.sequence };
            answer(() => resolve(served));
          },
          (fault: unknown) => answer(() => reject(fault)),
        );
      });
    });
  }

  /** What had left the server arrives; but of what a power cut has taken back nobody shall hear. */
  #lose(how: 'killed' | 'power'): void {
    for (const open of this.#open) {
      if (open.isAnswered && (how === 'killed' || this.#world.durability === 'sync')) continue;
      this.#open.delete(open);
      open.lose();
    }
  }
}

/** Some time passes for a client. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
