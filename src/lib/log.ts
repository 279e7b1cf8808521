/** The log: JSON lines on stderr, one a thing that happened. Every line is written before the call returns. */
import { type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * A logger of this thread. Writes are synchronous: the last line before the process ends is there, and the lines of
 * different threads never mix within a line.
 *
 * @param thread who speaks: `main`, `store`, `shard-0`, `gateway-0`
 * @param level the least severe level that is written; `silent`: nothing
 */
export function openLog(thread: string, level: string): Log {
  return pino(
    { level, base: { thread }, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    pino.destination({ fd: 2, sync: true }),
  );
}
