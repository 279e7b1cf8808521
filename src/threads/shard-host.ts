/**
 * Gives a Shard its ports, its turns and its timer. Owns no rule: what arrives is handed on in order, what the shard sends
 * is posted.
 *
 * 1. Nothing is handed to the shard before it has recovered: until then messages wait in their ports.
 * 2. `endTurn` is called once in an event-loop turn in which anything was handed to the shard, after all of it.
 * 3. A peer posts its word before the answer that goes with it, and what a gateway asks may rest on that answer: all that peers have
 *    posted is heard before a gateway's requests, whichever port the event loop looks at first.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../lib/clock.js';
import type {
  PeerMessage,
  ShardAnswer,
  ShardOutlets,
  StagedTurn,
  StoreLoad,
} from '../shard/ports.js';
import type { Shard } from '../shard/shard.js';
import { postedMessages } from './posted-messages.js';
import type { ShardToStore, StoreToShard } from './thread-messages.js';
import { Turn } from './turn.js';
import { answerForm } from './wire/answer-wire.js';
import { entryForm } from './wire/entry-wire.js';
import { requestForm } from './wire/request-wire.js';
import { snapshotForm } from './wire/snapshot-wire.js';
import { fromWire, toWire, type Wire } from './wire/wire.js';

/** What a host needs of a Shard. */
export type HostedShard = Pick<
  Shard,
  | 'restore'
  | 'receive'
  | 'hear'
  | 'committed'
  | 'loaded'
  | 'peerRestarted'
  | 'tick'
  | 'nextDueAt'
  | 'endTurn'
>;

/** Longer waits are cut into pieces: system timers know nothing of a wall clock that is set ahead meanwhile. */
const TIMER_MS_MAX = 1_000;

export class ShardHost {
  readonly #shard: HostedShard;
  readonly #clock: Clock;
  readonly #turn = new Turn(() => this.#endTurn());
  readonly #gateways = new Map<number, MessagePort>();
  readonly #peers = new Map<number, MessagePort>();
  #store: MessagePort | undefined;
  #open = false;
  #opened: () => void = () => undefined;
  #restartedMeanwhile: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #turnStaged = 0;
  #turnCommitted = 0;
  #stopping = false;
  #allCommitted: () => void = () => undefined;

  /** @param makeShard is given the ways out; called at once */
  constructor(clock: Clock, makeShard: (outlets: ShardOutlets) => HostedShard) {
    this.#clock = clock;
    this.#shard = makeShard({
      store: {
        stage: (turn) => this.#stage(turn),
        load: (ticket, load) => this.#load(ticket, load),
      },
      answer: (gateway, answers) => this.#answer(gateway, answers),
      tell: (shard, messages) => this.#tell(shard, messages),
    });
  }

  /** Recovers from what the store sends. Resolves when the shard serves. */
  attachStore(port: MessagePort): Promise<void> {
    this.#store = port;
    const opened = new Promise<void>((resolve) => {
      this.#opened = resolve;
    });
    port.on('message', (message: StoreToShard) => this.#fromStore(message));
    return opened;
  }

  attachGateway(gateway: number, port: MessagePort): void {
    this.#gateways.set(gateway, port);
    if (this.#open) this.#readGateway(gateway, port);
  }

  /** Also in place of a peer that died: what it had posted is heard first. */
  attachPeer(shard: number, port: MessagePort): void {
    const former = this.#peers.get(shard);
    if (former !== undefined) this.#hearLast(shard, former);
    this.#peers.set(shard, port);
    if (this.#open) this.#readPeer(shard, port);
  }

  peerRestarted(shard: number): void {
    if (!this.#open) {
      this.#restartedMeanwhile.push(shard);
      return;
    }
    this.#shard.peerRestarted(shard);
    this.#turn.want();
  }

  /** The shard has something to send: it tells so itself, where nothing was handed to it. */
  wantTurn(): void {
    this.#turn.want();
  }

  /** Resolves when all that was staged is on disk and told. The gateways have ended: nothing new is asked. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#endTurn();
    if (this.#turnCommitted < this.#turnStaged) {
      await new Promise<void>((resolve) => {
        this.#allCommitted = resolve;
      });
    }
    const ports = [...this.#gateways.values(), ...this.#peers.values()];
    for (const port of [this.#store, ...ports]) port?.close();
  }

  #fromStore(message: StoreToShard): void {
    switch (message.type) {
      case 'snapshot':
        for (const part of fromWire(snapshotForm, message.snapshot)) this.#shard.restore(part);
        return;
      case 'opened':
        this.#becomeOpen();
        break;
      case 'committed':
        this.#turnCommitted = message.ack.turn;
        this.#shard.committed(message.ack);
        break;
      case 'loaded':
        this.#shard.loaded(message.ticket, message.loaded);
        break;
    }
    this.#turn.want();
  }

  #becomeOpen(): void {
    this.#open = true;
    for (const [gateway, port] of this.#gateways) this.#readGateway(gateway, port);
    for (const [shard, port] of this.#peers) this.#readPeer(shard, port);
    for (const shard of this.#restartedMeanwhile) this.#shard.peerRestarted(shard);
    this.#restartedMeanwhile = [];
    this.#opened();
  }

  #readGateway(gateway: number, port: MessagePort): void {
    port.on('message', (requests: Wire) => {
      this.#hearPeers();
      this.#shard.receive(gateway, fromWire(requestForm, requests));
      this.#turn.want();
    });
  }

  #readPeer(shard: number, port: MessagePort): void {
    port.on('message', (messages: readonly PeerMessage[]) => {
      this.#shard.hear(shard, messages);
      this.#turn.want();
    });
  }

  /** (3) */
  #hearPeers(): void {
    for (const [shard, port] of this.#peers) this.#hearPosted(shard, port);
  }

  #hearPosted(shard: number, port: MessagePort): void {
    for (const messages of postedMessages<readonly PeerMessage[]>(port))
      this.#shard.hear(shard, messages);
  }

  /** Before it is open a shard knows nothing that a dead peer could add to: the records are on disk. */
  #hearLast(shard: number, former: MessagePort): void {
    if (this.#open) this.#hearPosted(shard, former);
    former.close();
    this.#turn.want();
  }

  #endTurn(): void {
    if (!this.#open) return;
    this.#shard.endTurn();
    this.#armTimer();
    if (this.#turnCommitted === this.#turnStaged) this.#allCommitted();
  }

  /** One system timer for the next thing due; set anew only when something is due earlier. */
  #armTimer(): void {
    const dueAt = this.#shard.nextDueAt() ?? Number.POSITIVE_INFINITY;
    if (dueAt >= this.#timerAt || this.#stopping) return;
    clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    const waitMs = Math.min(Math.max(dueAt - this.#clock.now(), 0), TIMER_MS_MAX);
    this.#timer = setTimeout(() => this.#wake(), waitMs);
  }

  #wake(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const dueAt = this.#shard.nextDueAt();
    if (dueAt !== undefined && this.#clock.now() >= dueAt) this.#shard.tick();
    this.#turn.want();
  }

  #stage({ turn, entries }: StagedTurn): void {
    this.#turnStaged = turn;
    this.#toStore({ type: 'stage', turn, entries: toWire(entryForm, entries) });
  }

  #load(ticket: number, load: StoreLoad): void {
    this.#toStore({ type: 'load', ticket, load });
  }

  #toStore(message: ShardToStore): void {
    this.#store?.postMessage(message);
  }

  #answer(gateway: number, answers: readonly ShardAnswer[]): void {
    this.#gateways.get(gateway)?.postMessage(toWire(answerForm, answers));
  }

  /** A peer that is down is told nothing: when it is back, `peerRestarted` says so. */
  #tell(shard: number, messages: readonly PeerMessage[]): void {
    this.#peers.get(shard)?.postMessage(messages);
  }
}
