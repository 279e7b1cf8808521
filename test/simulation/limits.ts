/** Limits of simulated servers: small enough that what waits for a time, or reaches a bound, does so in every course. */
import type { DeskLimits } from '../../src/desk/desk.js';
import { THREAD_LIMITS } from '../../src/limits.js';
import type { ShardLimits } from '../../src/shard/shard-core.js';

export interface SimulatedLimits {
  readonly shard: ShardLimits;
  readonly desk: DeskLimits;
  readonly threads: typeof THREAD_LIMITS;
}

/** Deaths come as often as the seed wants them: no number of them is too many. */
const PATIENT = [{ deathsMax: 1_000, windowMs: 60_000 }];

/** Bounds that are not met. */
export const ROOMY: SimulatedLimits = {
  shard: {
    parkedCommandsMax: 1000,
    seatActorsMax: 8,
    claimAskMs: 400,
    claimOpenMsMax: 300,
    expiriesPerTurnMax: 3,
  },
  desk: {
    shardCommandsMax: 1000,
    answerMsMax: 10_000,
    commandsPerMessageMax: 64,
    picksMax: 20,
    attemptsMax: 10,
  },
  threads: threads({ restartBudgets: PATIENT }),
};

/** Bounds that are met. */
export const TIGHT: SimulatedLimits = {
  shard: { ...ROOMY.shard, parkedCommandsMax: 1, seatActorsMax: 2, expiriesPerTurnMax: 1 },
  desk: {
    shardCommandsMax: 3,
    answerMsMax: 3_000,
    commandsPerMessageMax: 2,
    picksMax: 3,
    attemptsMax: 4,
  },
  threads: threads({ restartBudgets: PATIENT, storeQueriesInFlightMax: 2, messagesPerRoundMax: 2 }),
};

/** What single shards are tested with. */
export const LIMITS = { shard: ROOMY.shard };

function threads(changed: Readonly<Record<string, unknown>>): typeof THREAD_LIMITS {
  // The limits are written down as constants, and typed as their values.
  return { ...THREAD_LIMITS, ...changed } as typeof THREAD_LIMITS;
}
