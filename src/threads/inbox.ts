/**
 * The reading end of a MessagePort whose messages are taken in batches, when the reader is ready for them: those that were
 * delivered already and those that still wait in the port, in the order in which they were posted.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

export class Inbox<Incoming, Outgoing> {
  readonly #port: MessagePort;
  #delivered: Incoming[] = [];

  /** @param arrived called at every message: there is something to drain */
  constructor(port: MessagePort, arrived: () => void) {
    this.#port = port;
    port.on('message', (message: Incoming) => {
      this.#delivered.push(message);
      arrived();
    });
  }

  /** Up to `max` messages, oldest first; what is beyond stays. */
  drain(max = Number.POSITIVE_INFINITY): Incoming[] {
    if (this.#delivered.length > max) return this.#delivered.splice(0, max);
    const taken = this.#delivered;
    this.#delivered = [];
    while (taken.length < max) {
      const next = receiveMessageOnPort(this.#port);
      if (next === undefined) break;
      taken.push(next.message as Incoming); // the ports of a mesh are typed at both ends by thread-messages
    }
    return taken;
  }

  post(message: Outgoing): void {
    this.#port.postMessage(message);
  }

  /** What was posted and not drained is gone. */
  close(): void {
    this.#port.close();
    this.#delivered = [];
  }
}
