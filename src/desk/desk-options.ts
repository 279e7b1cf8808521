/** What a desk is made with, and what it measures of itself. */
import type { Clock } from '../lib/clock.js';
import type { ShardRequest } from '../shard/ports.js';
import type { DeskStore } from './ports.js';

/** Limits of one desk; all from `config.ts`. */
export interface DeskLimits {
  /** Commands in flight to one shard; past it the answer is `overloaded`. */
  readonly shardCommandsMax: number;
  /** A command without an answer for so long is given up, milliseconds. */
  readonly answerMsMax: number;
  /** So many commands for one shard do not wait for more. */
  readonly commandsPerMessageMax: number;
  /** Picks of best available seats for one request. */
  readonly picksMax: number;
  /** How often something is tried again because an event or a shard changed under it. */
  readonly attemptsMax: number;
}

export interface DeskOptions {
  readonly gatewayCount: number;
  readonly shardCount: number;
  readonly clock: Clock;
  readonly limits: DeskLimits;
  readonly store: DeskStore;
  /** 16 url-safe characters, unguessable. */
  readonly random: () => string;
  readonly send: (shard: number, requests: readonly ShardRequest[]) => void;
  /** Called once when something begins to wait for `endTurn`. */
  readonly wantsTurn: () => void;
}

export interface DeskMeasures {
  readonly commandsInFlight: number;
  readonly spreadReservations: number;
  readonly sequence: number;
}
