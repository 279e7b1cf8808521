/**
 * The store as a desk sees it, on the desk's side of a port: a turn's messages are one array, answers find their question
 * by its ticket, and questions without an answer are bounded (I9).
 */
import type { MessagePort } from 'node:worker_threads';
import type { DeskStore, KeptAnswer, StoreNews, StoreQueries, StoreQuery } from '../desk/ports.js';
import type { IdempotencyMark } from '../domain/commands.js';
import type { EventId } from '../domain/ids.js';
import { ServerFault } from '../lib/server-fault.js';
import { faultFrom } from './fault-data.js';
import type { DeskToStore, StoreAnswer, StoreToDesk } from './thread-messages.js';
import { Turn } from './turn.js';
import { factForm } from './wire/fact-wire.js';
import { snapshotForm } from './wire/snapshot-wire.js';
import { fromWire } from './wire/wire.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(fault: ServerFault): void;
}

export interface PortDeskStoreOptions {
  readonly port: MessagePort;
  /** Questions without an answer; beyond it `overloaded`. */
  readonly inFlightMax: number;
  /** What the store sends unasked, in order. */
  news(news: StoreNews): void;
}

export class PortDeskStore implements DeskStore {
  readonly #options: PortDeskStoreOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #turn = new Turn(() => this.#send());
  #outgoing: DeskToStore[] = [];
  #ticket = 0;

  constructor(options: PortDeskStoreOptions) {
    this.#options = options;
    options.port.on('message', (message: StoreToDesk) => this.#receive(message));
  }

  query<Name extends keyof StoreQueries>(
    name: Name,
    ask: StoreQueries[Name]['ask'],
  ): Promise<StoreQueries[Name]['answer']> {
    const query = { name, ask } as StoreQuery; // TypeScript does not see that the pair is one of the union's members
    return this.#ask((ticket) => ({ type: 'query', ticket, query }));
  }

  async remember(mark: IdempotencyMark, answer: KeptAnswer): Promise<void> {
    await this.#ask((ticket) => ({ type: 'remember', ticket, mark, answer }));
  }

  abandon(key: string): void {
    this.#post({ type: 'abandon', key });
  }

  countConflicts(counts: ReadonlyMap<EventId, number>): void {
    this.#post({ type: 'conflicts', counts });
  }

  /** Sends what waits and lets go of the port. */
  close(): void {
    this.#send();
    this.#options.port.close();
  }

  /** @template T the caller's: the store answers every query with its own type */
  #ask<T>(message: (ticket: number) => DeskToStore): Promise<T> {
    if (this.#waiting.size >= this.#options.inFlightMax) return Promise.reject(overloaded());
    this.#ticket += 1;
    const ticket = this.#ticket;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(ticket, { resolve: resolve as (value: unknown) => void, reject });
      this.#post(message(ticket));
    });
  }

  #post(message: DeskToStore): void {
    this.#outgoing.push(message);
    this.#turn.want();
  }

  #send(): void {
    if (this.#outgoing.length === 0) return;
    this.#options.port.postMessage(this.#outgoing);
    this.#outgoing = [];
  }

  #receive(message: StoreToDesk): void {
    switch (message.type) {
      case 'news':
        return this.#options.news(message.news);
      case 'snapshot':
        for (const part of fromWire(snapshotForm, message.snapshot))
          this.#options.news({ type: 'snapshot', part });
        return;
      case 'facts': {
        const { type, first, facts } = message;
        return this.#options.news({ type, first, facts: fromWire(factForm, facts) });
      }
      case 'answers':
        for (const answer of message.answers) this.#settle(answer);
    }
  }

  #settle(answer: StoreAnswer): void {
    const waiting = this.#waiting.get(answer.ticket);
    this.#waiting.delete(answer.ticket);
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(faultFrom(answer.fault));
  }
}

function overloaded(): ServerFault {
  return new ServerFault('the store has too many questions to answer', {
    code: 'overloaded',
    hint: 'Wait a little and ask again; if it lasts, the disk is too slow for the load.',
  });
}
