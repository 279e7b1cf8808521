/**
 * Gives a Desk its ports, its turns and its ticks. Owns no rule: what arrives is handed on in order, what the desk sends is
 * posted.
 */
import { randomFillSync } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import type { Config } from '../config.js';
import { Desk } from '../desk/desk.js';
import type { StoreNews } from '../desk/ports.js';
import { present } from '../lib/assert.js';
import type { Clock } from '../lib/clock.js';
import { systemClock } from '../lib/system-clock.js';
import type { ShardRequest } from '../shard/ports.js';
import { PortDeskStore } from './desk-store.js';
import { postedMessages } from './posted-messages.js';
import { Turn } from './turn.js';
import { answerForm } from './wire/answer-wire.js';
import { requestForm } from './wire/request-wire.js';
import { fromWire, toWire, type Wire } from './wire/wire.js';

/** What a desk takes from the machine it runs on. */
export interface DeskMachine {
  readonly clock: Clock;
  /** 16 url-safe characters, unguessable. */
  readonly random: () => string;
}

export class GatewayHost {
  readonly #config: Config;
  readonly #machine: DeskMachine;
  readonly #shards = new Map<number, MessagePort>();
  readonly #turn = new Turn(() => this.#desk?.endTurn());
  #store: PortDeskStore | undefined;
  #desk: Desk | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #opened: () => void = () => undefined;

  constructor(config: Config, machine: DeskMachine = { clock: systemClock, random: randomName }) {
    this.#config = config;
    this.#machine = machine;
  }

  /** Trips before the store is attached. */
  get desk(): Desk {
    return present(this.#desk, 'the desk is made when the store is attached');
  }

  /** Makes the desk. Resolves when its replica is complete. */
  attachStore(port: MessagePort): Promise<void> {
    const { gatewayCount, shardCount, desk: limits, threads } = this.#config;
    const opened = new Promise<void>((resolve) => {
      this.#opened = resolve;
    });
    const store = new PortDeskStore({
      port,
      inFlightMax: threads.storeQueriesInFlightMax,
      news: (news) => this.#news(news),
    });
    this.#store = store;
    this.#desk = new Desk({
      gatewayCount,
      shardCount,
      limits,
      store,
      ...this.#machine,
      send: (shard, requests) => this.#send(shard, requests),
      wantsTurn: () => this.#turn.want(),
    });
    this.#ticking = setInterval(() => this.#desk?.tick(), threads.deskTickMs);
    return opened;
  }

  /** A new life of the shard; nothing is sent to it before `shardUp`. */
  attachShard(shard: number, port: MessagePort): void {
    this.#shards.set(shard, port);
    port.on('message', (answers: Wire) => this.#answered(answers));
  }

  /** Takes the dead shard's last answers. Resolves when the desk has settled with it. */
  async shardDown(shard: number): Promise<void> {
    const port = this.#shards.get(shard);
    this.#shards.delete(shard);
    if (port !== undefined) this.#answeredLast(port);
    await this.desk.shardDown(shard);
  }

  shardUp(shard: number): void {
    this.desk.shardUp(shard);
  }

  /** Sends what waits to be sent and lets go of all ports. */
  stop(): void {
    clearInterval(this.#ticking);
    this.#desk?.tick();
    this.#desk?.endTurn();
    this.#store?.close();
    for (const port of this.#shards.values()) port.close();
  }

  #news(news: StoreNews): void {
    this.desk.news(news);
    if (news.type === 'opened') this.#opened();
  }

  /** Without a port the shard is dead: the desk hears of it in a moment, and ends what was asked. */
  #send(shard: number, requests: readonly ShardRequest[]): void {
    this.#shards.get(shard)?.postMessage(toWire(requestForm, requests));
  }

  #answered(answers: Wire): void {
    this.desk.answered(fromWire(answerForm, answers));
  }

  #answeredLast(port: MessagePort): void {
    for (const answers of postedMessages<Wire>(port)) this.#answered(answers);
    port.close();
  }
}

const RANDOM_BYTES = 12;
/** Names drawn from the system at once: a draw costs microseconds, a name one. */
const pool = Buffer.alloc(RANDOM_BYTES * 512);
let poolAt = pool.length;

/** 16 url-safe characters, 96 bits, unguessable. */
function randomName(): string {
  if (poolAt === pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += RANDOM_BYTES;
  return pool.toString('base64url', poolAt - RANDOM_BYTES, poolAt);
}
