import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/**
 * What was posted to the port and has not been delivered, oldest first, until there is nothing left.
 *
 * @template T what the other end posts
 */
export function* postedMessages<T>(port: MessagePort): Iterable<T> {
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    yield next.message as T; // the ports of a mesh are typed at both ends by thread-messages
  }
}
