/** Whether an event is there: the question behind a connection that is refused, whose socket does not say why. */
import type { HoldfastClient } from './holdfast-client.js';
import type { Timers } from './ports.js';

export type EventLookup =
  | { readonly type: 'found' }
  | { readonly type: 'missing' }
  /** No answer, or one that says nothing of the event. */
  | { readonly type: 'unknown'; readonly why: string; readonly retryAfterMs: number | undefined };

export interface LookupLimits {
  readonly timers: Timers;
  /** Longer than this, it is unknown. */
  readonly msMax: number;
  /** Ends the question; it is unknown then. */
  readonly signal: AbortSignal;
}

const NOT_FOUND = 404;

/** Never rejects: a server that cannot be asked is an answer. */
export async function lookUpEvent(
  client: HoldfastClient,
  eventId: string,
  { timers, msMax, signal }: LookupLimits,
): Promise<EventLookup> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  signal.addEventListener('abort', end);
  const takeBack = timers.after(msMax, end);
  try {
    return await asked(client, eventId, ending.signal);
  } catch (cause) {
    return {
      type: 'unknown',
      why: `the server cannot be asked: ${cause}`,
      retryAfterMs: undefined,
    };
  } finally {
    takeBack();
    signal.removeEventListener('abort', end);
  }
}

async function asked(
  client: HoldfastClient,
  eventId: string,
  signal: AbortSignal,
): Promise<EventLookup> {
  const reply = await client.event(eventId, { signal });
  if (reply.ok) return { type: 'found' };
  if (reply.status === NOT_FOUND) return { type: 'missing' };
  const { title, retryAfterMs } = reply.body;
  return { type: 'unknown', why: `${reply.status}: ${title}`, retryAfterMs };
}
