/** MessagePorts for tests that look at what was posted, and when. */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/** A channel whose near end is given away; the far end is read here. */
export class FarEnd<Received, Sent> {
  readonly near: MessagePort;
  readonly #far: MessagePort;

  /** @param posted called as the near end posts, before anyone can read it */
  constructor(posted: (message: Received) => void = () => undefined) {
    const { port1, port2 } = new MessageChannel();
    const post = port1.postMessage.bind(port1);
    port1.postMessage = (message: Received) => {
      posted(message);
      post(message);
    };
    this.near = port1;
    this.#far = port2;
  }

  send(message: Sent): void {
    this.#far.postMessage(message);
  }

  /** Everything that was posted since the last call. */
  received(): Received[] {
    const all: Received[] = [];
    for (let next = receiveMessageOnPort(this.#far); next; next = receiveMessageOnPort(this.#far)) {
      all.push(next.message as Received); // the near end's own messages
    }
    return all;
  }

  close(): void {
    this.#far.close();
  }
}

/** Lets every message that was sent be delivered, and every turn that was wanted end. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
