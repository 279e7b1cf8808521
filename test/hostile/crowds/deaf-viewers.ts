/** Viewers of an event that are let in and never read what they are sent. */
import { upgradeTo } from '../fuzz/feed-messages.js';
import { RawExchange } from '../support/raw-exchange.js';

const OPENING_MAX = 64;

export class DeafViewers {
  readonly #exchanges: RawExchange[] = [];

  /** Resolves when all are upgraded, and have stopped reading. */
  static async open(port: number, eventId: string, count: number): Promise<DeafViewers> {
    const viewers = new DeafViewers();
    let opened = 0;
    const some = async (): Promise<void> => {
      while (opened < count) {
        opened += 1;
        await viewers.#open(port, eventId);
      }
    };
    await Promise.all(Array.from({ length: OPENING_MAX }, some));
    return viewers;
  }

  leave(): void {
    for (const exchange of this.#exchanges) exchange.end();
  }

  async #open(port: number, eventId: string): Promise<void> {
    const exchange = await RawExchange.open({ port });
    exchange.write(Buffer.from(upgradeTo(eventId)));
    const isLetIn = await exchange.until(() => exchange.heard.isUpgraded, 20_000);
    if (!isLetIn) throw new Error(`a viewer is not let in: ${exchange.heard.answers[0]?.status}`);
    exchange.pause();
    this.#exchanges.push(exchange);
  }
}
