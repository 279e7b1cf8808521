/** Every limit that is not set from outside (I9). `config.ts` hands them out; times are milliseconds, sizes bytes. */
import type { DeskLimits } from './desk/desk.js';
import type { ShardLimits } from './shard/shard-core.js';

/** What of a gateway's config is not set from outside. */
export const GATEWAY_LIMITS = {
  bodyBytesMax: 64 * 1024,
  eventBodyBytesMax: 8 * 1024 * 1024,
  requestsInFlightMax: 16_384,
  seatListBytesMax: 64 * 1024 * 1024,
} as const;

/** What of the live feed is not set from outside; `gateway-config.ts` says what each is. */
export const FEED_LIMITS = {
  waitingBytesMax: 64 * 1024,
  /** Room for the snapshot of a million seats (334 kB), what may wait behind it, and answers. */
  socketBytesMax: 1024 * 1024,
  snapshotBytesMax: 64 * 1024 * 1024,
  snapshotMsMax: 10_000,
  deltaSeatsMax: 4_096,
  recalledFactsMax: 1_024,
  resumeMsMax: 1_000,
  messageBytesMax: 64 * 1024,
  commandsInFlightMax: 32,
  commandsPerSecondMax: 100,
  badMessagesMax: 10,
  floodedCommandsMax: 1_000,
  idleMsMax: 120_000,
  retryMs: 1_000,
} as const;

export interface SocketsAsked {
  /** Viewers of one gateway; undefined: as many as there is room for, `VIEWERS_MAX` at most. */
  readonly viewers: number | undefined;
  readonly gatewayCount: number;
  readonly shardCount: number;
  /** Of the process; Infinity: no limit is known. */
  readonly openFilesMax: number;
}

const VIEWERS_MAX = 20_000;
/** Connections of a gateway beside its viewers; where files are few, a quarter of them. */
const HTTP_CONNECTIONS = 1_024;
/** A server without a client has 41 files open with four threads, and about five more for each further one. */
const FILES_OF_PROCESS = 64;
const FILES_OF_THREAD = 8;

/**
 * How many sockets a gateway takes. Each is an open file, and all gateways are one process, which may have so many and no
 * more: beyond that the system takes no connection at all, not even to tell it that there is no room.
 *
 * @returns `connectionsMax`: viewers, HTTP, and the one viewer too many who is told so.
 */
export function socketLimits({ viewers, gatewayCount, shardCount, openFilesMax }: SocketsAsked): {
  readonly viewersMax: number;
  readonly connectionsMax: number;
} {
  const taken = FILES_OF_PROCESS + FILES_OF_THREAD * (gatewayCount + shardCount);
  const left = Math.floor((openFilesMax - taken) / gatewayCount);
  const forHttp = Math.max(1, Math.min(HTTP_CONNECTIONS, Math.floor(left / 4)));
  const viewersMax = Math.max(1, Math.min(viewers ?? VIEWERS_MAX, left - forHttp));
  return { viewersMax, connectionsMax: viewersMax + forHttp };
}

/** Commands in flight to a shard and what the shard may park agree: a desk's share is never refused by the shard first. */
export const DESK_LIMITS: DeskLimits = {
  shardCommandsMax: 16_384,
  commandsPerMessageMax: 64,
  answerMsMax: 10_000,
  picksMax: 8,
  attemptsMax: 4,
};

export const SHARD_LIMITS: ShardLimits = {
  parkedCommandsMax: 16_384,
  /** About 2 kB each. */
  seatActorsMax: 2_048,
  claimAskMs: 2_000,
  claimOpenMsMax: 10_000,
  expiriesPerTurnMax: 500,
};

export const THREAD_LIMITS = {
  /** What the store takes from one port for one transaction. */
  messagesPerRoundMax: 512,
  /** Questions of one desk to the store that wait for an answer; beyond it `overloaded`. */
  storeQueriesInFlightMax: 4_096,
  deskTickMs: 25,
  /** How often the store brings to disk what need not be there at once. */
  flushMs: 1_000,
  /** From a shard's death until every desk has settled with it; beyond it the process ends. */
  settleMsMax: 15_000,
  /** How long threads may take to start and recover. */
  startMsMax: 120_000,
  /** How long an orderly end may take, the gateways' own part included. */
  closeMsMax: 10_000,
  /** How long a gateway waits for requests in flight when it is asked to stop. */
  drainMsMax: 5_000,
  /** A second signal within this time is the echo of the first. */
  signalEchoMs: 500,
  /** How long a server that cannot go on waits for its threads to let go of port and files. */
  haltMsMax: 500,
  /** How long `/metrics` waits for a busy thread. */
  measureMsMax: 1_000,
  /**
   * Deaths of one shard that end the process. The first catches a loop (a shard that dies as it recovers is back within a
   * tenth of a second), the second one that takes its time; a kill every second passes both for half a minute.
   */
  restartBudgets: [
    { deathsMax: 5, windowMs: 3_000 },
    { deathsMax: 30, windowMs: 60_000 },
  ],
} as const;
