/**
 * A simulated Holdfast: the real shards, desks and store, unchanged, in one thread, joined by channels whose messages a
 * seeded scheduler delivers in any order (within a channel: in theirs) and as late as it likes. It owns time, thread deaths
 * and process deaths. One seed, one course of events.
 */
import { Desk } from '../../src/desk/desk.js';
import type { DeskStore, StoreNews } from '../../src/desk/ports.js';
import type { Clock } from '../../src/lib/clock.js';
import type {
  PeerMessage,
  ShardAnswer,
  ShardRequest,
  StagedTurn,
  StoreLoad,
  StoreLoaded,
  TurnCommitted,
} from '../../src/shard/ports.js';
import { Shard } from '../../src/shard/shard.js';
import { MemoryRows } from '../../src/store/memory-rows.js';
import { Store } from '../../src/store/store.js';
import { Random } from './random.js';

export interface WorldOptions {
  readonly seed: number;
  readonly shardCount: number;
  readonly gatewayCount: number;
}

type ToStore = { staged: StagedTurn } | { ticket: number; load: StoreLoad };
type FromStore = { committed: TurnCommitted } | { ticket: number; loaded: StoreLoaded };

/** One way from one part to another; messages arrive in the order in which they were sent, or not at all once it is cut. */
class Channel {
  readonly queue: (() => void)[] = [];
  isCut = false;

  send(deliver: () => void): void {
    if (!this.isCut) this.queue.push(deliver);
  }
}

interface LivingShard {
  readonly shard: Shard;
  readonly life: number;
  wantsTurn: boolean;
}

interface LivingDesk {
  readonly desk: Desk;
  readonly life: number;
  wantsTurn: boolean;
}

export const LIMITS = {
  shard: {
    parkedCommandsMax: 1000,
    seatActorsMax: 8,
    claimAskMs: 400,
    claimOpenMsMax: 300,
    expiriesPerTurnMax: 3,
  },
  desk: { shardCommandsMax: 1000, answerMsMax: 60_000, picksMax: 20, attemptsMax: 10 },
};

export class World {
  readonly random: Random;
  readonly shardCount: number;
  readonly gatewayCount: number;
  readonly rows = new MemoryRows();
  now = 1_800_000_000_000;
  readonly clock: Clock = { now: () => this.now };
  store: Store;
  shards: (LivingShard | undefined)[] = [];
  desks: LivingDesk[] = [];
  /** What happened, for a reader of a failure. */
  readonly trace: string[] = [];
  #channels = new Map<string, Channel>();
  #life = 0;
  #ids = 0;
  /** Facts in the order in which the store numbered them. */
  readonly onFacts: ((news: Extract<StoreNews, { type: 'facts' }>) => void)[] = [];

  constructor(options: WorldOptions) {
    this.random = new Random(options.seed);
    this.shardCount = options.shardCount;
    this.gatewayCount = options.gatewayCount;
    this.store = new Store(this.rows, this.clock);
    this.boot();
  }

  /** The process starts: everything is read from the store. */
  boot(): void {
    this.#life += 1;
    this.#channels = new Map();
    this.store = new Store(this.rows, this.clock);
    this.shards = [];
    this.desks = [];
    for (let index = 0; index < this.shardCount; index += 1)
      this.shards[index] = this.#startShard(index);
    for (let gateway = 0; gateway < this.gatewayCount; gateway += 1)
      this.desks[gateway] = this.#startDesk(gateway);
    this.note(`boot, life ${this.#life}`);
  }

  note(line: string): void {
    this.trace.push(`${this.now} ${line}`);
  }

  /** `kill -9`: what is not in the store is gone. */
  killProcess(): void {
    this.note('process killed');
    this.boot();
  }

  /** The thread dies; what it had sent is on its way, what was sent to it is lost. Started again when all desks have settled. */
  killShard(index: number): void {
    if (this.shards[index] === undefined) return;
    this.note(`shard ${index} killed`);
    this.shards[index] = undefined;
    for (const [name, channel] of this.#channels) {
      if (name.endsWith(`>shard${index}`)) channel.queue.length = 0;
      if (name.startsWith(`shard${index}>`) && !name.endsWith('>store')) channel.isCut = true;
    }
    this.#drain(`shard${index}>store`);
    const process = this.#life;
    const settled = this.desks.map(({ desk }) => desk.shardDown(index));
    void Promise.all(settled).then(() => {
      if (process === this.#life) this.#revive(index);
    });
  }

  /** One thing happens. @returns false when nothing is left to happen but the passing of time */
  async step(): Promise<boolean> {
    const actions = this.#enabled();
    if (actions.length > 0) this.random.pick(actions)();
    await new Promise((resolve) => setImmediate(resolve));
    return actions.length > 0;
  }

  /** Everything that is under way comes to its end; time stands still, but for what is due now. */
  async settle(stepsMax = 20_000): Promise<void> {
    for (let steps = 0; steps < stepsMax; steps += 1) {
      if (!(await this.step())) return;
    }
    throw new Error('the world does not come to rest');
  }

  advance(ms: number): void {
    this.now += ms;
    for (const { desk } of this.desks) desk.tick();
  }

  desk(gateway = 0): Desk {
    const living = this.desks[gateway];
    if (living === undefined) throw new RangeError(`no gateway ${gateway}`);
    return living.desk;
  }

  #enabled(): (() => void)[] {
    const actions: (() => void)[] = [];
    for (const channel of this.#channels.values()) {
      if (channel.queue.length > 0) actions.push(() => channel.queue.shift()?.());
    }
    for (const living of [...this.shards, ...this.desks]) {
      if (living?.wantsTurn) actions.push(() => this.#endTurn(living));
    }
    for (const living of this.shards) {
      const dueAt = living?.shard.nextDueAt();
      if (living !== undefined && dueAt !== undefined && dueAt <= this.now) {
        actions.push(() => {
          living.shard.tick();
          living.wantsTurn = true;
        });
      }
    }
    return actions;
  }

  #endTurn(living: LivingShard | LivingDesk): void {
    living.wantsTurn = false;
    if ('shard' in living) living.shard.endTurn();
    else living.desk.endTurn();
  }

  #channel(from: string, to: string): Channel {
    const name = `${from}>${to}`;
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    const made = new Channel();
    this.#channels.set(name, made);
    return made;
  }

  #drain(name: string): void {
    const queue = this.#channels.get(name)?.queue ?? [];
    for (let deliver = queue.shift(); deliver !== undefined; deliver = queue.shift()) deliver();
  }

  #startShard(index: number): LivingShard {
    const process = this.#life;
    this.#ids += 1;
    const life = this.#ids;
    const alive = () =>
      process === this.#life && this.shards[index]?.life === life ? this.shards[index] : undefined;
    const outlets = {
      store: {
        stage: (staged: StagedTurn) => this.#toStore(index, life, { staged }),
        load: (ticket: number, load: StoreLoad) => this.#toStore(index, life, { ticket, load }),
      },
      answer: (gateway: number, answers: readonly ShardAnswer[]) =>
        this.#channel(`shard${index}`, `desk${gateway}`).send(() =>
          this.desks[gateway]?.desk.answered(answers),
        ),
      tell: (to: number, messages: readonly PeerMessage[]) =>
        this.#channel(`shard${index}`, `shard${to}`).send(() => {
          const peer = this.shards[to];
          if (peer === undefined) return;
          peer.shard.hear(index, messages);
          peer.wantsTurn = true;
        }),
    };
    const wantsTurn = () => {
      const me = alive();
      if (me !== undefined) me.wantsTurn = true;
    };
    const { shardCount, clock } = this;
    const shard = new Shard({ index, shardCount, clock, limits: LIMITS.shard, outlets, wantsTurn });
    for (const snapshot of this.store.snapshots()) shard.restore(snapshot);
    return { shard, life, wantsTurn: false };
  }

  #revive(index: number): void {
    for (const [name, channel] of this.#channels) {
      if (name.startsWith(`shard${index}>`) && channel.isCut) this.#channels.delete(name);
    }
    this.shards[index] = this.#startShard(index);
    this.note(`shard ${index} revived`);
    this.shards.forEach((peer, at) => {
      if (peer === undefined || at === index) return;
      peer.shard.peerRestarted(index);
      peer.wantsTurn = true;
    });
    for (const { desk } of this.desks) desk.shardUp(index);
  }

  #toStore(index: number, life: number, message: ToStore): void {
    this.#channel(`shard${index}`, 'store').send(() => {
      const answer = this.#serve(message);
      this.#channel('store', `shard${index}`).send(() => {
        const living = this.shards[index];
        if (living?.life !== life) return;
        if ('committed' in answer) living.shard.committed(answer.committed);
        else living.shard.loaded(answer.ticket, answer.loaded);
        living.wantsTurn = true;
      });
    });
  }

  #serve(message: ToStore): FromStore {
    if ('load' in message) return { ticket: message.ticket, loaded: this.store.load(message.load) };
    const { sequence, first, facts } = this.store.commit([message.staged]);
    if (facts.length > 0) {
      const news = { type: 'facts', first, facts } as const;
      for (const hear of this.onFacts) hear(news);
      this.desks.forEach((living, gateway) => {
        this.#channel('store', `desk${gateway}`).send(() => living.desk.news(news));
      });
    }
    return { committed: { turn: message.staged.turn, sequence } };
  }

  #startDesk(gateway: number): LivingDesk {
    const process = this.#life;
    const send = (shard: number, requests: readonly ShardRequest[]) =>
      this.#channel(`desk${gateway}`, `shard${shard}`).send(() => {
        const living = this.shards[shard];
        if (living === undefined) return;
        living.shard.receive(gateway, requests);
        living.wantsTurn = true;
      });
    const desk = new Desk({
      gatewayCount: this.gatewayCount,
      shardCount: this.shardCount,
      clock: this.clock,
      limits: LIMITS.desk,
      store: this.#deskStore(gateway, process),
      random: () => {
        this.#ids += 1;
        return this.#ids.toString(36).padStart(16, '0');
      },
      send,
      wantsTurn: () => {
        const living = this.desks[gateway];
        if (process === this.#life && living !== undefined) living.wantsTurn = true;
      },
    });
    for (const snapshot of this.store.snapshots()) desk.news({ type: 'snapshot', snapshot });
    const { sequence, incarnation } = this.store;
    desk.news({ type: 'opened', sequence, incarnation });
    return { desk, life: process, wantsTurn: false };
  }

  /** Questions and answers take their time too. */
  #deskStore(gateway: number, process: number): DeskStore {
    const ask = <T>(work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        this.#channel(`desk${gateway}`, 'store').send(() => {
          let value: T;
          try {
            value = work();
          } catch (error) {
            reject(error);
            return;
          }
          this.#channel('store', `desk${gateway}`).send(() => {
            if (process === this.#life) resolve(value);
          });
        });
      });
    return {
      query: (name, question) => ask(() => this.store.query(name, question)),
      remember: (mark, answer) => ask(() => this.store.remember(mark, answer)),
      abandon: (key) => void ask(() => this.store.abandon(key)),
      countConflicts: (counts) => void ask(() => this.store.countConflicts(counts)),
    };
  }
}
