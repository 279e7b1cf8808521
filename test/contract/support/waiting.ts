/** Waiting for a hold to end, without sleeps: the test and the server read the same machine's clock. */
import type { Reply } from './contract-client.js';

/** No hold of these tests is longer than a second. */
const WAIT_MS_MAX = 15_000;

/** An answer, and between which times it was decided. */
export interface TimedReply {
  readonly reply: Reply;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Asks until an answer is a success; throws where none was for too long. */
export async function askUntilTaken(ask: () => Promise<Reply>): Promise<readonly TimedReply[]> {
  const replies: TimedReply[] = [];
  const startedAt = Date.now();
  while (Date.now() < startedAt + WAIT_MS_MAX) {
    const sentAt = Date.now();
    const reply = await ask();
    replies.push({ reply, sentAt, receivedAt: Date.now() });
    if (reply.status < 300) return replies;
  }
  throw new Error(`still refused after ${WAIT_MS_MAX} ms`);
}

/** Asks, with whatever the server may be asked, until the time has come. */
export async function askUntil(time: number, ask: () => Promise<Reply>): Promise<void> {
  const startedAt = Date.now();
  while (Date.now() < time) {
    if (Date.now() >= startedAt + WAIT_MS_MAX) throw new Error('the hold is longer than thought');
    await ask();
  }
}

/**
 * What does not fit a hold that is over at `expiresAt` and not a millisecond before; empty: nothing. A refusal of a request
 * that was sent when the hold was over, or a success that came while it still ran.
 */
export function boundaryBreaches(replies: readonly TimedReply[], expiresAt: number): string[] {
  return replies.flatMap(({ reply, sentAt, receivedAt }) => {
    if (reply.status < 300) {
      return receivedAt < expiresAt ? [`taken ${expiresAt - receivedAt} ms early`] : [];
    }
    return sentAt >= expiresAt ? [`refused ${sentAt - expiresAt} ms late`] : [];
  });
}
