/**
 * The desk's line to the shards: numbers the commands, sends them in batches once a turn, and brings each answer back to
 * whoever waits, not before the replica shows what the answer speaks of.
 *
 * 1. To one shard commands go in the order in which they were given.
 * 2. What waits for answers is bounded (I9); past the bound the fault is `overloaded`.
 * 3. A dead shard's commands end as `shard_restarting`: whether they happened is not known then.
 */

import type { Command, CommandOutcome } from '../domain/commands.js';
import { present } from '../lib/assert.js';
import type { ElapsedMs, SteadyClock } from '../lib/clock.js';
import { ServerFault } from '../lib/server-fault.js';
import type { ShardAnswer, ShardRequest, Undecided } from '../shard/ports.js';
import { overloaded } from './desk-faults.js';

export interface ShardLinkOptions {
  readonly shardCount: number;
  readonly clock: SteadyClock;
  /** Commands in flight to one shard. */
  readonly inFlightMax: number;
  /** Commands that go out together; with so many they do not wait for the end of the turn, so that the shard works meanwhile. */
  readonly batchMax: number;
  /** After so long without an answer the command is given up, milliseconds. */
  readonly answerMsMax: number;
  readonly send: (shard: number, requests: readonly ShardRequest[]) => void;
  /** Called once when something begins to wait for `endTurn`. */
  readonly wantsTurn: () => void;
}

export type LinkOutcome<C extends Command> = CommandOutcome<C> | Undecided;

interface Waiting {
  readonly shard: number;
  readonly sentAt: ElapsedMs;
  readonly resolve: (outcome: CommandOutcome | Undecided) => void;
  readonly reject: (fault: ServerFault) => void;
}

interface Line {
  batch: ShardRequest[];
  inFlight: number;
  isUp: boolean;
  whenUp: (() => void)[];
}

export class ShardLink {
  readonly #options: ShardLinkOptions;
  readonly #lines: Line[];
  readonly #waiting = new Map<number, Waiting>();
  /** Answers that came before the facts they speak of. */
  #early: ShardAnswer[] = [];
  #lastId = 0;
  #isWanted = false;

  constructor(options: ShardLinkOptions) {
    this.#options = options;
    this.#lines = Array.from({ length: options.shardCount }, () => ({
      batch: [],
      inFlight: 0,
      isUp: true,
      whenUp: [],
    }));
  }

  get inFlight(): number {
    return this.#waiting.size;
  }

  /** @throws ServerFault `overloaded`, `shard_restarting` (as a rejection) */
  ask<C extends Command>(shard: number, command: C): Promise<LinkOutcome<C>> {
    const line = this.#line(shard);
    if (!line.isUp) return Promise.reject(restarting(shard));
    if (line.inFlight >= this.#options.inFlightMax) return Promise.reject(overloaded(shard));
    this.#lastId += 1;
    const id = this.#lastId;
    line.batch.push({ id, command });
    line.inFlight += 1;
    if (line.batch.length >= this.#options.batchMax) this.#flush(line, shard);
    else this.#want();
    return new Promise((resolve, reject) => {
      const sentAt = this.#options.clock.elapsed();
      // An answer to a command of type C carries C's value: the shard answers what it was asked.
      this.#waiting.set(id, { shard, sentAt, resolve: resolve as Waiting['resolve'], reject });
    });
  }

  /** Resolves when the shard serves again, at once where it does. */
  whenUp(shard: number): Promise<void> {
    const line = this.#line(shard);
    return line.isUp ? Promise.resolve() : new Promise((resolve) => line.whenUp.push(resolve));
  }

  /** @param replicated the sequence that the replica has come to */
  answered(answers: readonly ShardAnswer[], replicated: number): void {
    for (const answer of answers) {
      if (answer.sequence > replicated) this.#early.push(answer);
      else this.#settle(answer);
    }
  }

  /** The replica has moved on. */
  replicated(sequence: number): void {
    if (this.#early.length === 0) return;
    const early = this.#early;
    this.#early = [];
    this.answered(early, sequence);
  }

  shardDown(shard: number): void {
    const line = this.#line(shard);
    line.isUp = false;
    line.batch = [];
    this.#early = this.#early.filter(({ id }) => this.#waiting.get(id)?.shard !== shard);
    for (const [id, waiting] of this.#waiting) {
      if (waiting.shard === shard) this.#end(id, waiting).reject(restarting(shard));
    }
  }

  shardUp(shard: number): void {
    const line = this.#line(shard);
    line.isUp = true;
    const waiting = line.whenUp;
    line.whenUp = [];
    for (const resolve of waiting) resolve();
  }

  /** Gives up on what has waited too long. */
  tick(): void {
    const horizon = this.#options.clock.elapsed() - this.#options.answerMsMax;
    for (const [id, waiting] of this.#waiting) {
      if (waiting.sentAt > horizon) return;
      this.#end(id, waiting).reject(givenUp(waiting.shard));
    }
  }

  endTurn(): void {
    this.#isWanted = false;
    this.#lines.forEach((line, shard) => {
      if (line.batch.length > 0) this.#flush(line, shard);
    });
  }

  #flush(line: Line, shard: number): void {
    this.#options.send(shard, line.batch);
    line.batch = [];
  }

  #settle({ id, outcome }: ShardAnswer): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) this.#end(id, waiting).resolve(outcome);
  }

  #end(id: number, waiting: Waiting): Waiting {
    this.#waiting.delete(id);
    this.#line(waiting.shard).inFlight -= 1;
    return waiting;
  }

  #line(shard: number): Line {
    return present(this.#lines[shard], `shard ${shard}`);
  }

  #want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#options.wantsTurn();
  }
}

function restarting(shard: number): ServerFault {
  return new ServerFault(`shard ${shard} is starting again`, {
    code: 'shard_restarting',
    hint: 'wait a moment and send the same request again; with an Idempotency-Key it takes effect once',
  });
}

function givenUp(shard: number): ServerFault {
  return new ServerFault(`shard ${shard} has not answered in time`, {
    code: 'overloaded',
    hint: 'look whether it has happened; with an Idempotency-Key the same request can be sent again',
    mayHappenYet: true,
  });
}
