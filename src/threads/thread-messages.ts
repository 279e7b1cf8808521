/**
 * Everything that crosses between threads, by name. Ports of the mesh carry data, one kind at each end; a control port
 * carries the supervisor's questions and their answers (`ControlPort`). Plain data and MessagePorts only.
 *
 * What one thread posts on one port arrives in that order; nothing is promised between ports.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Config } from '../config.js';
import type { KeptAnswer, StoreNews, StoreQueries, StoreQuery } from '../desk/ports.js';
import type { IdempotencyMark } from '../domain/commands.js';
import type { EventId } from '../domain/ids.js';
import type { MetricsSample } from '../gateway/gateway-metrics.js';
import type { StoreLoad, StoreLoaded, TurnCommitted } from '../shard/ports.js';
import type { FaultData } from './fault-data.js';
import type { Wire } from './wire/wire.js';

/** Plain numbers by name, for `/metrics`. */
export type Measures = Readonly<Record<string, number>>;

/** What one thread measured. */
export interface ThreadMeasures {
  /** `store`, `shard-0` */
  readonly thread: string;
  readonly measures: Measures;
}

/** What every thread can be asked. */
export interface ThreadCalls {
  /** The first question: which worker runs this? Its `threadId`. */
  hello: { ask: null; answer: number };
}

// Shard and store.

export type ShardToStore =
  /** A `StagedTurn`; the entries in `entryForm`. */
  | { readonly type: 'stage'; readonly turn: number; readonly entries: Wire }
  | { readonly type: 'load'; readonly ticket: number; readonly load: StoreLoad };

export type StoreToShard =
  /** The next part, in `snapshotForm`. */
  | { readonly type: 'snapshot'; readonly snapshot: Wire }
  | { readonly type: 'opened' }
  | { readonly type: 'committed'; readonly ack: TurnCommitted }
  | { readonly type: 'loaded'; readonly ticket: number; readonly loaded: StoreLoaded };

// Desk and store. A desk's messages of one turn are one array.

export type DeskToStore =
  | { readonly type: 'query'; readonly ticket: number; readonly query: StoreQuery }
  | {
      readonly type: 'remember';
      readonly ticket: number;
      readonly mark: IdempotencyMark;
      readonly answer: KeptAnswer;
    }
  | { readonly type: 'abandon'; readonly key: string }
  | { readonly type: 'conflicts'; readonly counts: ReadonlyMap<EventId, number> };

export type StoreToDesk =
  | { readonly type: 'news'; readonly news: Extract<StoreNews, { type: 'opened' }> }
  /** The news of a part of the snapshot; it in `snapshotForm`. */
  | { readonly type: 'snapshot'; readonly snapshot: Wire }
  /** The news of facts; these in `factForm`. */
  | { readonly type: 'facts'; readonly first: number; readonly facts: Wire }
  | { readonly type: 'answers'; readonly answers: readonly StoreAnswer[] };

/** To a query or a remember. `value` is of the query's type in `StoreQueries`, undefined for a remember. */
export type StoreAnswer =
  | {
      readonly ticket: number;
      readonly ok: true;
      readonly value: StoreQueries[keyof StoreQueries]['answer'];
    }
  | { readonly ticket: number; readonly ok: false; readonly fault: FaultData };

// Gateways and shards send each other requests in `requestForm` and answers in `answerForm`, shards `PeerMessage[]`.

// Control.

/** What a store was found to hold. */
export interface StoreOpened {
  /** Events that are not deleted. */
  readonly events: number;
  /** Their seats. */
  readonly seats: number;
  /** Holds taken over from disk. */
  readonly recovered: number;
  /** No event was ever made. */
  readonly empty: boolean;
}

export interface StoreCalls extends ThreadCalls {
  /**
   * Opens the data (the lock, the files), and sends every shard and every desk, by index, the snapshot, then `opened`. Once, before all
   * else. Answered when these are posted.
   */
  open: {
    ask: { shards: readonly MessagePort[]; gateways: readonly MessagePort[] };
    answer: { ok: true; opened: StoreOpened } | { ok: false; fault: FaultData };
  };
  /** A new life of a shard, the same. */
  attachShard: { ask: { shard: number; port: MessagePort }; answer: undefined };
  /** The shard is dead: commit all it posted and take nothing more from it. Answered when that is on disk and told. */
  detachShard: { ask: { shard: number }; answer: undefined };
  measure: { ask: null; answer: Measures };
  /** Commit what was posted, close the files; the thread's task ends then. */
  stop: { ask: null; answer: undefined };
}

export interface ShardCalls extends ThreadCalls {
  /** Answered when the shard has recovered and serves. */
  attachStore: { ask: { port: MessagePort }; answer: undefined };
  attachGateway: { ask: { gateway: number; port: MessagePort }; answer: undefined };
  /** Also in place of a peer that died: what it had posted is heard first. */
  attachPeer: { ask: { shard: number; port: MessagePort }; answer: undefined };
  peerRestarted: { ask: { shard: number }; answer: undefined };
  measure: { ask: null; answer: Measures };
  /** Everything staged is on disk and told; the thread's task ends then. */
  stop: { ask: null; answer: undefined };
}

/** What a gateway has counted, and what its desk measures. */
export interface GatewayMeasures {
  readonly sample: MetricsSample | undefined;
  readonly desk: Measures;
}

export interface GatewayCalls extends ThreadCalls {
  /** Answered when the desk's replica is complete. */
  attachStore: { ask: { port: MessagePort }; answer: undefined };
  attachShard: { ask: { shard: number; port: MessagePort }; answer: undefined };
  /** Answered when the desk has settled everything that the dead shard took part in. */
  shardDown: { ask: { shard: number }; answer: undefined };
  shardUp: { ask: { shard: number }; answer: undefined };
  /** Port 0: any free one. The answer has the port. */
  listen: {
    ask: { port: number };
    answer: { ok: true; port: number } | { ok: false; fault: FaultData };
  };
  /** Makes the event `default`. */
  makeDefaultEvent: { ask: null; answer: undefined };
  measure: { ask: null; answer: GatewayMeasures };
  /** Readiness off, requests in flight finished, sockets closed; the thread's task ends then. */
  stop: { ask: null; answer: undefined };
  /** The process is about to end: let go of the port, answer nothing. */
  halt: { ask: null; answer: undefined };
}

/** What a gateway may ask of the supervisor. */
export interface SupervisorCalls {
  /** Everything that is measured anywhere, for one `/metrics` answer. */
  collect: { ask: null; answer: Collected };
}

/** A thread that did not answer in time is missing. */
export interface Collected {
  readonly threads: readonly ThreadMeasures[];
  readonly samples: readonly MetricsSample[];
}

/** Stores and shards ask the supervisor nothing. */
export type NoCalls = Record<never, never>;

export interface StoreThreadData {
  readonly config: Config;
}

export interface ShardThreadData {
  readonly config: Config;
  readonly shard: number;
}

export interface GatewayThreadData {
  readonly config: Config;
  readonly gateway: number;
}
