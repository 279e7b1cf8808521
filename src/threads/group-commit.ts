/**
 * The store's side of every port. One round: take whatever all shards staged and all desks asked while the last commit was
 * on its way, put it on disk in one transaction, tell, answer. No timer, no fixed delay: a round begins as soon as there
 * is something to do and the last one is over.
 *
 * 1. Committed facts are posted to every desk before the shards hear that they may answer.
 * 2. What a shard or a desk asks is answered after everything that it had staged before is on disk.
 * 3. A new life of a shard, or a desk, is sent a snapshot that stands between two rounds, and every fact after it. Each part is posted
 *    as it is read: they rebuild themselves meanwhile.
 * 4. A failed commit is thrown: nothing is told or answered any more (I3).
 */
import type { MessagePort } from 'node:worker_threads';
import type { StagedTurn } from '../shard/ports.js';
import type { MarkedAnswer, Store } from '../store/store.js';
import { type AskedStore, DeskLine } from './desk-line.js';
import { Inbox } from './inbox.js';
import { StoreCensus } from './store-census.js';
import type { DeskToStore, ShardToStore, StoreOpened, StoreToShard } from './thread-messages.js';
import { Turn } from './turn.js';
import { entryForm } from './wire/entry-wire.js';
import { factForm } from './wire/fact-wire.js';
import { snapshotForm } from './wire/snapshot-wire.js';
import { fromWire, toWire } from './wire/wire.js';

/** What the rounds need of a Store. */
export type CommittingStore = AskedStore &
  Pick<Store, 'commit' | 'load' | 'snapshot' | 'sequence' | 'incarnation'>;

type ShardInbox = Inbox<ShardToStore, StoreToShard>;
type ShardLoad = Extract<ShardToStore, { type: 'load' }>;

/** What one shard posted since the last round. */
interface ShardPart {
  readonly inbox: ShardInbox;
  readonly turns: readonly StagedTurn[];
  readonly loads: readonly ShardLoad[];
}

/** What one desk posted since the last round. */
interface DeskPart {
  readonly desk: DeskLine;
  readonly messages: readonly DeskToStore[];
}

/** Plain numbers for the metrics; totals since the start. */
export interface StoreMeasures {
  readonly commits: number;
  /** Spent in transactions, milliseconds. */
  readonly commitMs: number;
  readonly turns: number;
  readonly facts: number;
  /** Of the last fact in the store. */
  readonly sequence: number;
}

export class GroupCommit {
  readonly #store: CommittingStore;
  readonly #messagesMax: number;
  readonly #shards = new Map<number, ShardInbox>();
  readonly #desks: DeskLine[] = [];
  readonly #turn = new Turn(() => this.#round());
  readonly #totals = { commits: 0, commitMs: 0, turns: 0, facts: 0 };

  /** @param messagesMax of one port in one round; the rest waits for the next */
  constructor(store: CommittingStore, messagesMax: number) {
    this.#store = store;
    this.#messagesMax = messagesMax;
  }

  /** All who start together, by index: what the store holds is read once for them. */
  open(shards: readonly MessagePort[], gateways: readonly MessagePort[]): StoreOpened {
    for (const port of gateways)
      this.#desks.push(new DeskLine(this.#store, port, () => this.#turn.want()));
    return this.#inform(
      shards.map((port, shard) => this.#addShard(shard, port)),
      this.#desks,
    );
  }

  /** A new life of the shard. */
  attachShard(shard: number, port: MessagePort): void {
    this.#inform([this.#addShard(shard, port)], []);
  }

  /** The shard is dead: what it had staged is committed and told, and its port is closed. */
  detachShard(shard: number): void {
    const inbox = this.#shards.get(shard);
    if (inbox === undefined) return;
    this.#settle([takeOf(inbox, Number.POSITIVE_INFINITY)], []);
    inbox.close();
    this.#shards.delete(shard);
  }

  /** Everything that was posted is on disk; nothing more is taken. */
  stop(): void {
    while (this.#round());
    this.abandon();
  }

  /** Nothing more is taken, told or answered (4). */
  abandon(): void {
    for (const line of [...this.#shards.values(), ...this.#desks]) line.close();
    this.#shards.clear();
    this.#desks.length = 0;
  }

  measures(): StoreMeasures {
    return { ...this.#totals, sequence: this.#store.sequence };
  }

  #addShard(shard: number, port: MessagePort): ShardInbox {
    const inbox: ShardInbox = new Inbox(port, () => this.#turn.want());
    this.#shards.set(shard, inbox);
    return inbox;
  }

  /** (3) */
  #inform(shards: readonly ShardInbox[], desks: readonly DeskLine[]): StoreOpened {
    const census = new StoreCensus();
    for (const part of this.#store.snapshot()) {
      census.count(part);
      const snapshot = toWire(snapshotForm, [part]);
      for (const inbox of shards) inbox.post({ type: 'snapshot', snapshot });
      for (const desk of desks) desk.tellSnapshot(snapshot);
    }
    const { sequence, incarnation } = this.#store;
    for (const inbox of shards) inbox.post({ type: 'opened' });
    for (const desk of desks) desk.tell({ type: 'opened', sequence, incarnation });
    return census.found;
  }

  /** @returns whether there was anything to do */
  #round(): boolean {
    const max = this.#messagesMax;
    const shards = [...this.#shards.values()]
      .map((inbox) => takeOf(inbox, max))
      .filter(isSomething);
    const desks = this.#desks
      .map((desk) => ({ desk, messages: desk.take(max) }))
      .filter(({ messages }) => messages.length > 0);
    if (shards.length === 0 && desks.length === 0) return false;
    this.#settle(shards, desks);
    // Each took at most its share, and more has come meanwhile.
    this.#turn.want();
    return true;
  }

  /** One transaction over all parts; then everyone is told (1), then answered (2). */
  #settle(shards: readonly ShardPart[], desks: readonly DeskPart[]): void {
    const turns = shards.flatMap((part) => part.turns);
    const answers = desks.flatMap(({ messages }) =>
      messages.filter((each) => each.type === 'remember'),
    );
    if (turns.length + answers.length > 0) this.#commit(turns, answers);
    for (const part of shards) this.#acknowledge(part);
    for (const { inbox, loads } of shards) {
      for (const { ticket, load } of loads) {
        inbox.post({ type: 'loaded', ticket, loaded: this.#store.load(load) });
      }
    }
    for (const { desk, messages } of desks) desk.answer(messages);
  }

  #commit(turns: readonly StagedTurn[], answers: readonly MarkedAnswer[]): void {
    const startedAt = performance.now();
    const { first, facts } = this.#store.commit(turns, answers);
    this.#totals.commitMs += performance.now() - startedAt;
    this.#totals.commits += 1;
    this.#totals.turns += turns.length;
    this.#totals.facts += facts.length;
    if (facts.length === 0) return;
    const wire = toWire(factForm, facts);
    for (const desk of this.#desks) desk.tellFacts(first, wire);
  }

  /** One word for all of the shard's turns. */
  #acknowledge({ inbox, turns }: ShardPart): void {
    const last = turns.at(-1);
    if (last === undefined) return;
    inbox.post({ type: 'committed', ack: { turn: last.turn, sequence: this.#store.sequence } });
  }
}

function takeOf(inbox: ShardInbox, messagesMax: number): ShardPart {
  const messages = inbox.drain(messagesMax);
  return {
    inbox,
    turns: messages.filter((message) => message.type === 'stage').map(stagedTurn),
    loads: messages.filter((message) => message.type === 'load'),
  };
}

function stagedTurn({ turn, entries }: Extract<ShardToStore, { type: 'stage' }>): StagedTurn {
  return { turn, entries: fromWire(entryForm, entries) };
}

function isSomething(part: ShardPart): boolean {
  return part.turns.length > 0 || part.loads.length > 0;
}
