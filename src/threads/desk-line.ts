/** One desk, as the store's thread knows it: its port, the news it is told, the questions it has asked. */
import type { MessagePort } from 'node:worker_threads';
import type { StoreNews, StoreQuery } from '../desk/ports.js';
import { ServerFault } from '../lib/server-fault.js';
import type { Store } from '../store/store.js';
import { faultData } from './fault-data.js';
import { Inbox } from './inbox.js';
import type { DeskToStore, StoreAnswer, StoreToDesk } from './thread-messages.js';
import type { Wire } from './wire/wire.js';

/** What a desk may ask of a Store, beside keeping answers: those are committed with the round. */
export type AskedStore = Pick<Store, 'query' | 'abandon' | 'countConflicts'>;

export class DeskLine {
  readonly #store: AskedStore;
  readonly #inbox: Inbox<readonly DeskToStore[], StoreToDesk>;

  /** @param arrived called when there is something to take */
  constructor(store: AskedStore, port: MessagePort, arrived: () => void) {
    this.#store = store;
    this.#inbox = new Inbox(port, arrived);
  }

  tell(news: Extract<StoreNews, { type: 'opened' }>): void {
    this.#inbox.post({ type: 'news', news });
  }

  /** @param snapshot a part of it, in `snapshotForm`: put once for all desks and shards */
  tellSnapshot(snapshot: Wire): void {
    this.#inbox.post({ type: 'snapshot', snapshot });
  }

  /** @param facts in `factForm`: put once for all desks */
  tellFacts(first: number, facts: Wire): void {
    this.#inbox.post({ type: 'facts', first, facts });
  }

  /**
   * What the desk has asked, oldest first.
   *
   * @param batchesMax batches taken at most; a batch is what the desk asked in one of its turns
   */
  take(batchesMax: number): readonly DeskToStore[] {
    return this.#inbox.drain(batchesMax).flat();
  }

  /** Answers what was taken, in order, all in one message. What it wanted kept is on disk. */
  answer(messages: readonly DeskToStore[]): void {
    const answers = messages.map((each) => this.#answer(each)).filter((each) => each !== undefined);
    if (answers.length > 0) this.#inbox.post({ type: 'answers', answers });
  }

  close(): void {
    this.#inbox.close();
  }

  /** undefined: the message wants no answer. */
  #answer(message: DeskToStore): StoreAnswer | undefined {
    switch (message.type) {
      case 'query':
        return this.#look(message.ticket, message.query);
      case 'remember':
        return { ticket: message.ticket, ok: true, value: undefined };
      case 'abandon':
        this.#store.abandon(message.key);
        return undefined;
      case 'conflicts':
        this.#store.countConflicts(message.counts);
        return undefined;
    }
  }

  /** What cannot be read is that one question's failure; anything else that is thrown is a bug, and goes on up. */
  #look(ticket: number, { name, ask }: StoreQuery): StoreAnswer {
    try {
      return { ticket, ok: true, value: this.#store.query(name, ask) };
    } catch (error) {
      if (!(error instanceof ServerFault) || error.code !== 'storage_corrupt') throw error;
      return { ticket, ok: false, fault: faultData(error) };
    }
  }
}
