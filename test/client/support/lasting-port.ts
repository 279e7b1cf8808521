/**
 * A port that is free now and that nobody takes by accident while a server is down. One that the system chose (port 0) is of
 * the range that it gives to outgoing connections too: clients that try to come back may then get it as their own.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Random } from '../../simulation/random.js';

/** Below the range for outgoing connections of Linux (32768..60999), macOS and Windows (49152..65535). */
const LOWEST = 20_000;
const HIGHEST = 32_000;

export async function lastingPort(random: Random): Promise<number> {
  for (;;) {
    const port = LOWEST + random.below(HIGHEST - LOWEST);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const listener = createServer();
  const isListening = new Promise<boolean>((resolve) => {
    listener.once('error', () => resolve(false));
    listener.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!(await isListening)) return false;
  listener.close();
  await once(listener, 'close');
  return true;
}
