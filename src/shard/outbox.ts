/**
 * What leaves a shard, and when. Everything that one turn produced leaves together, and nothing overtakes the disk:
 *
 * 1. An answer, accepting or refusing, and a word to a peer leave only when everything staged before them is on disk (I3). A
 *    refusal waits too: what it refused for might otherwise be undone by a crash.
 * 2. What was said first leaves first, to each receiver.
 */
import { assert } from '../lib/assert.js';
import type {
  PeerMessage,
  ShardAnswer,
  ShardOutlets,
  StagedEntry,
  StoreLoad,
  TurnCommitted,
} from './ports.js';

interface Gated {
  /** Leaves when this turn is on disk. */
  readonly turn: number;
  readonly answers: Map<number, ShardAnswer[]>;
  readonly tells: Map<number, PeerMessage[]>;
  readonly whenCommitted: (() => void)[];
}

export class Outbox {
  readonly #outlets: ShardOutlets;
  readonly #wantsTurn: () => void;
  readonly #gated: Gated[] = [];
  #staged = 0;
  #committed = 0;
  #sequence = 0;
  #entries: StagedEntry[] = [];
  #loads: { ticket: number; load: StoreLoad }[] = [];
  #current: Gated | undefined;
  #isWanted = false;

  /** @param wantsTurn called once when something begins to wait for `endTurn` */
  constructor(outlets: ShardOutlets, wantsTurn: () => void) {
    this.#outlets = outlets;
    this.#wantsTurn = wantsTurn;
  }

  /** Turns staged and not yet on disk. */
  get turnsInFlight(): number {
    return this.#staged - this.#committed;
  }

  stage(entry: StagedEntry): void {
    this.#entries.push(entry);
    this.#want();
  }

  load(ticket: number, load: StoreLoad): void {
    this.#loads.push({ ticket, load });
    this.#want();
  }

  answer(gateway: number, id: number, outcome: ShardAnswer['outcome']): void {
    append(this.#open().answers, gateway, { id, outcome, sequence: 0 });
  }

  tell(shard: number, message: PeerMessage): void {
    append(this.#open().tells, shard, message);
  }

  /** Runs when everything staged so far is on disk. */
  whenCommitted(run: () => void): void {
    this.#open().whenCommitted.push(run);
  }

  endTurn(): void {
    this.#isWanted = false;
    if (this.#entries.length > 0) {
      this.#staged += 1;
      this.#outlets.store.stage({ turn: this.#staged, entries: this.#entries });
      this.#entries = [];
    }
    for (const { ticket, load } of this.#loads) this.#outlets.store.load(ticket, load);
    this.#loads = [];
    if (this.#current === undefined) return;
    this.#gated.push({ ...this.#current, turn: this.#staged });
    this.#current = undefined;
    this.#release();
  }

  committed({ turn, sequence }: TurnCommitted): void {
    assert(turn > this.#committed && turn <= this.#staged, 'turns are committed once, in order');
    this.#committed = turn;
    this.#sequence = sequence;
    this.#release();
  }

  #release(): void {
    for (
      let first = this.#gated[0];
      first !== undefined && first.turn <= this.#committed;
      first = this.#gated[0]
    ) {
      this.#gated.shift();
      for (const run of first.whenCommitted) run();
      for (const [shard, messages] of first.tells) this.#outlets.tell(shard, messages);
      for (const [gateway, answers] of first.answers) {
        for (const answer of answers) answer.sequence = this.#sequence;
        this.#outlets.answer(gateway, answers);
      }
    }
  }

  #open(): Gated {
    this.#current ??= { turn: 0, answers: new Map(), tells: new Map(), whenCommitted: [] };
    this.#want();
    return this.#current;
  }

  #want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#wantsTurn();
  }
}

function append<T>(lists: Map<number, T[]>, key: number, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
