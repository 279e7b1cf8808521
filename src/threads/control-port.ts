/**
 * Questions and answers between the supervisor and one thread, over a MessagePort of their own. Either side asks; each
 * question is answered once. A handler that throws is a bug and ends its thread: nothing is caught in order to carry on.
 */
import type { MessagePort, TransferListItem } from 'node:worker_threads';
import { present } from '../lib/assert.js';

/** What one side may be asked: for each name the question and the type of its answer. Plain data and ports. */
export type CallsOf<T> = { [Name in keyof T]: { ask: unknown; answer: unknown } };

/** One function for every call of `C`. */
export type HandlersOf<C extends CallsOf<C>> = {
  readonly [Name in keyof C]: (
    ask: C[Name]['ask'],
  ) => C[Name]['answer'] | Promise<C[Name]['answer']>;
};

type Frame =
  | { readonly type: 'ask'; readonly ticket: number; readonly name: string; readonly ask: unknown }
  | { readonly type: 'answer'; readonly ticket: number; readonly answer: unknown };

interface Pending {
  resolve(answer: unknown): void;
  reject(reason: Error): void;
}

/** @template Mine what this side answers @template Theirs what the other side answers */
export class ControlPort<Mine extends CallsOf<Mine>, Theirs extends CallsOf<Theirs>> {
  readonly #port: MessagePort;
  readonly #handlers: ReadonlyMap<string, (ask: never) => unknown>;
  readonly #pending = new Map<number, Pending>();
  #ticket = 0;
  #closed: Error | undefined;

  constructor(port: MessagePort, handlers: HandlersOf<Mine>) {
    this.#port = port;
    this.#handlers = new Map(Object.entries<(ask: never) => unknown>(handlers));
    port.on('message', (frame: Frame) => this.#receive(frame));
  }

  /** Resolves with the answer; rejects only when the port is closed first. */
  ask<Name extends keyof Theirs & string>(
    name: Name,
    ask: Theirs[Name]['ask'],
    transfer: readonly TransferListItem[] = [],
  ): Promise<Theirs[Name]['answer']> {
    if (this.#closed) return Promise.reject(this.#closed);
    this.#ticket += 1;
    const ticket = this.#ticket;
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(ticket, { resolve, reject });
      this.#post({ type: 'ask', ticket, name, ask }, transfer);
    });
  }

  /** Nothing more is asked or answered here; what was asked and not answered fails with `reason`. */
  close(reason: Error): void {
    this.#closed ??= reason;
    this.#port.close();
    for (const pending of this.#pending.values()) pending.reject(reason);
    this.#pending.clear();
  }

  #receive(frame: Frame): void {
    if (frame.type === 'ask') {
      void this.#serve(frame.ticket, frame.name, frame.ask);
      return;
    }
    this.#pending.get(frame.ticket)?.resolve(frame.answer);
    this.#pending.delete(frame.ticket);
  }

  async #serve(ticket: number, name: string, ask: unknown): Promise<void> {
    const handler = present(this.#handlers.get(name), `a handler of ${name}`);
    const answer = await handler(ask as never); // the sender's types named the handler's own question
    if (!this.#closed) this.#post({ type: 'answer', ticket, answer }, []);
  }

  #post(frame: Frame, transfer: readonly TransferListItem[]): void {
    this.#port.postMessage(frame, transfer);
  }
}
