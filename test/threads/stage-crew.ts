/** A crew without threads: every thread is a control port whose far end writes down what it is asked. */
import { MessageChannel } from 'node:worker_threads';
import { present } from '../../src/lib/assert.js';
import { type CallsOf, ControlPort, type HandlersOf } from '../../src/threads/control-port.js';
import type { GatewayThread, ShardCrew, ShardThread, StoreThread } from '../../src/threads/crew.js';
import type {
  GatewayCalls,
  NoCalls,
  ShardCalls,
  StoreCalls,
  SupervisorCalls,
  ThreadCalls,
} from '../../src/threads/thread-messages.js';
import { Thread } from '../../src/threads/thread-pool.js';

/** Holds answers back until the test lets them go. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  isShut = false;

  pass(): Promise<undefined> {
    return new Promise((resolve) => {
      if (this.isShut) this.#waiting.push(() => resolve(undefined));
      else resolve(undefined);
    });
  }

  open(): void {
    this.isShut = false;
    for (const go of this.#waiting.splice(0)) go();
  }
}

export class StageCrew implements ShardCrew {
  /** What was asked, in order: `store: detachShard 0`, `gateway-0: shardDown 1`, `shard-0: attachPeer 1`, … */
  readonly asked: string[] = [];
  readonly store: StoreThread;
  readonly gateways: readonly GatewayThread[];
  readonly detaching = new Gate();
  readonly settling = new Gate();
  readonly meeting = new Gate();
  readonly recovering = new Gate();
  readonly #shards = new Map<number, ShardThread>();
  readonly #kill = new Map<number, (cause: Error) => void>();
  readonly #far: { close(reason: Error): void }[] = [];

  constructor(gatewayCount: number) {
    this.store = this.#thread<NoCalls, StoreCalls>('store', {}, (note) => ({
      hello: () => 0,
      open: async ({ shards, gateways }) => {
        await note(`open for ${shards.length} and ${gateways.length}`);
        return { ok: true, opened: { events: 0, seats: 0, recovered: 0, empty: true } };
      },
      attachShard: ({ shard }) => note(`attachShard ${shard}`),
      detachShard: ({ shard }) => note(`detachShard ${shard}`, this.detaching),
      measure: () => ({}),
      stop: () => note('stop'),
    })).thread;
    this.gateways = Array.from(
      { length: gatewayCount },
      (_, index) =>
        this.#thread<SupervisorCalls, GatewayCalls>(`gateway-${index}`, collecting, (note) => ({
          hello: () => 0,
          attachStore: () => note('attachStore'),
          attachShard: ({ shard }) => note(`attachShard ${shard}`),
          shardDown: ({ shard }) => note(`shardDown ${shard}`, this.settling),
          shardUp: ({ shard }) => note(`shardUp ${shard}`),
          listen: ({ port }) => ({ ok: true, port }),
          makeDefaultEvent: () => note('makeDefaultEvent'),
          measure: () => ({ sample: undefined, desk: {} }),
          stop: () => note('stop'),
          halt: () => note('halt'),
        })).thread,
    );
  }

  startShard(shard: number): ShardThread {
    this.asked.push(`start shard-${shard}`);
    const { thread, kill } = this.#thread<NoCalls, ShardCalls>(`shard-${shard}`, {}, (note) => ({
      hello: () => 0,
      attachStore: () => note('attachStore', this.recovering),
      attachGateway: ({ gateway }) => note(`attachGateway ${gateway}`),
      attachPeer: ({ shard: peer }) => note(`attachPeer ${peer}`, this.meeting),
      peerRestarted: ({ shard: peer }) => note(`peerRestarted ${peer}`),
      measure: () => ({}),
      stop: () => note('stop'),
    }));
    this.#shards.set(shard, thread);
    this.#kill.set(shard, kill);
    return thread;
  }

  buryShard(shard: number): void {
    this.#shards.delete(shard);
  }

  shard(shard: number): ShardThread {
    return present(this.#shards.get(shard), `shard ${shard}`);
  }

  livingShards(): readonly (readonly [number, ShardThread])[] {
    return [...this.#shards];
  }

  /** The present life of the shard ends by a fault. */
  kill(shard: number): void {
    present(this.#kill.get(shard), `shard ${shard}`)(new Error('killed'));
  }

  close(): void {
    for (const far of this.#far) far.close(new Error('the test is over'));
  }

  #thread<Mine extends CallsOf<Mine>, Theirs extends CallsOf<Theirs> & ThreadCalls>(
    name: string,
    near: HandlersOf<Mine>,
    far: (note: Note) => HandlersOf<Theirs>,
  ): { thread: Thread<Mine, Theirs>; kill: (cause: Error) => void } {
    const { port1, port2 } = new MessageChannel();
    const note = async (what: string, gate?: Gate): Promise<undefined> => {
      this.asked.push(`${name}: ${what}`);
      await gate?.pass();
    };
    this.#far.push(new ControlPort<Theirs, Mine>(port2, far(note)));
    let kill: (cause: Error) => void = () => undefined;
    const task = new Promise<void>((_, reject) => {
      kill = reject;
    });
    const control = new ControlPort<Mine, Theirs>(port1, near);
    return { thread: new Thread<Mine, Theirs>(name, control, task, () => undefined), kill };
  }
}

type Note = (what: string, gate?: Gate) => Promise<undefined>;

const collecting = { collect: () => ({ threads: [], samples: [] }) };
