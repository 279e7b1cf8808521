/** What one client does, made from a seed and a number: the same two, the same visit. */
import { Random } from '../../simulation/random.js';
import { brokenRequests } from './broken-requests.js';
import { feedMessages } from './feed-messages.js';
import type { RequestMaker } from './request-maker.js';

/** One input: bytes that are sent together. */
export interface Input {
  readonly bytes: Buffer;
  /** An answer is owed: the request is whole, and well-formed as HTTP. */
  readonly isOwed: boolean;
  readonly isHead: boolean;
}

export interface Visit {
  readonly seed: number;
  /** 0.. */
  readonly number: number;
  /** Requests of any meaning, requests of any bytes, or an upgrade and frames of a WebSocket. */
  readonly kind: 'requests' | 'bytes' | 'frames';
  readonly inputs: readonly Input[];
}

export const INPUTS_PER_VISIT = 8;
/** Stands for the id of a reservation that the server gave to somebody; as long as one. */
export const RESERVATION = 'rsv_FUZZFUZZFUZZFUZZFUZZFUZZFUZZFUZZ';

export function visitOf(maker: RequestMaker, seed: number, number: number): Visit {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const kind = random.weighted([
    ['requests', 5],
    ['bytes', 3],
    ['frames', 2],
  ] as const);
  const ownSeed = random.below(0x7fffffff);
  const requests = (count: number) => maker.requests(ownSeed, count);
  const inputs =
    kind === 'requests'
      ? requests(INPUTS_PER_VISIT)
      : kind === 'bytes'
        ? brokenRequests(random, requests(INPUTS_PER_VISIT))
        : feedMessages(random, requests(INPUTS_PER_VISIT - 1));
  return { seed, number, kind, inputs };
}
