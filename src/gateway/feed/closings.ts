/**
 * Every way in which the server ends a socket. The reason is JSON with the code that an HTTP answer would have had, and
 * where it is worth while to come back, when: `{"code":"shutting_down","retryAfterMs":1000}`.
 */
import type { ProblemCode } from '../problem.js';
import type { Closing } from './feed-ports.js';

function closing(code: number, reason: ProblemCode, retryAfterMs?: number): Closing {
  return { code, reason: JSON.stringify({ code: reason, retryAfterMs }) };
}

/** 4000 and the status that the path answers with from now on. */
export const EVENT_DELETED = closing(4404, 'event_not_found');

/** Text only. */
export const BINARY = closing(1003, 'unsupported_media_type');

export const MESSAGE_TOO_LARGE = closing(1009, 'body_too_large');

/** Too much that is no command. */
export const BAD_MESSAGES = closing(1008, 'invalid_request');

/** Too many commands, though it was told so. */
export const FLOODED = closing(1008, 'rate_limited');

/** 1012: the service restarts. */
export function shuttingDown(retryAfterMs: number): Closing {
  return closing(1012, 'shutting_down', retryAfterMs);
}

/** Every closing, for the documentation. */
export const CLOSINGS: readonly { readonly closing: Closing; readonly when: string }[] = [
  { closing: EVENT_DELETED, when: 'The event was deleted.' },
  { closing: shuttingDown(1_000), when: 'The server shuts down; come back after that time.' },
  { closing: BINARY, when: 'A binary message.' },
  { closing: BAD_MESSAGES, when: 'Too many messages that are no commands.' },
  { closing: FLOODED, when: 'Commands went on though they were refused for being too many.' },
  { closing: MESSAGE_TOO_LARGE, when: 'A message of more than 65,536 bytes.' },
];
