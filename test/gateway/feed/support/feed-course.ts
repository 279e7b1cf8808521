/** One whole simulated course of buyers and viewers from one seed, with two gateways over the real shards and store. */
import { eventId } from '../../../../src/domain/ids.js';
import { Feed } from '../../../../src/gateway/feed/feed.js';
import { FeedCounts } from '../../../../src/gateway/feed/feed-counts.js';
import { Viewer } from '../../../../src/gateway/feed/viewer.js';
import { FEED_LIMITS } from '../../../../src/limits.js';
import { Buyers } from '../../../simulation/buyers.js';
import { Clients } from '../../../simulation/clients.js';
import { Promises } from '../../../simulation/promises.js';
import { smallHouse } from '../../../simulation/venue.js';
import { World } from '../../../simulation/world.js';
import { FactFold } from './fact-fold.js';
import { SimulatedOutlet, SimulatedSocket, SimulatedTimers } from './simulated-network.js';
import { SimulatedViewer } from './simulated-viewer.js';

const ID = eventId('show');
const ROWS = 6;
const SEATS = 30;
const TOTAL = ROWS * SEATS;
const GATEWAYS = 2;
const VIEWERS = 8;

interface Gateway {
  readonly feed: Feed;
  readonly outlet: SimulatedOutlet;
  readonly timers: SimulatedTimers;
}

/** What the viewers of a course have seen, so that a test can tell that there was something to see. */
export interface FeedCourseResult {
  readonly snapshots: number;
  readonly deltas: number;
  readonly resumes: number;
  readonly drops: number;
  readonly resyncs: number;
  /** Viewers who took too long for a snapshot. */
  readonly cutOffs: number;
}

export async function runFeedCourse(seed: number, steps: number): Promise<FeedCourseResult> {
  const course = new FeedCourse(seed);
  try {
    return await course.run(steps);
  } catch (error) {
    const text = error instanceof Error ? error.stack : String(error);
    throw new Error(`seed ${seed}: ${text}\n${course.world.trace.lines.slice(-40).join('\n')}`);
  }
}

class FeedCourse {
  readonly world: World;
  readonly #fold = new FactFold(TOTAL);
  readonly #viewers: SimulatedViewer[];
  readonly #clients: Clients;
  readonly #buyers: Buyers;
  readonly #counts = new FeedCounts();
  readonly #gatherMs: number;
  #gateways: Gateway[] = [];
  #cutOffs = 0;

  constructor(seed: number) {
    const shardCount = 1 + (seed % 3);
    this.world = new World({ seed, shardCount, gatewayCount: GATEWAYS });
    this.world.onFacts.push((fact) => this.#fold.add(fact));
    this.#gatherMs = [0, 20, 50][seed % 3] ?? 0;
    this.#viewers = Array.from({ length: VIEWERS }, () => new SimulatedViewer(this.#fold, TOTAL));
    const { world } = this;
    this.#clients = new Clients(world);
    this.#buyers = new Buyers({
      world,
      clients: this.#clients,
      promises: new Promises(world.history),
      eventId: ID,
      totalSeats: TOTAL,
      users: 12,
    });
  }

  async run(steps: number): Promise<FeedCourseResult> {
    await this.#open();
    for (let step = 0; step < steps; step += 1) await this.#step();
    await this.#rest();
    const taken = this.#viewers.map((viewer) => viewer.taken);
    const { resumes, drops, resyncs } = this.#counts;
    return {
      snapshots: taken.reduce((sum, { snapshot }) => sum + snapshot, 0),
      deltas: taken.reduce((sum, { delta }) => sum + delta, 0),
      resumes,
      drops,
      resyncs,
      cutOffs: this.#cutOffs,
    };
  }

  async #open(): Promise<void> {
    await this.world.boot();
    await this.world.settle();
    const created = this.world.desk().createEvent({
      id: ID,
      name: 'Show',
      currency: 'EUR',
      holdMs: 1_500,
      maxSeatsPerUser: null,
      preventOrphans: false,
      plan: smallHouse(ROWS, SEATS),
    });
    await this.world.settle();
    if (!(await created).ok) throw new Error('the event was not created');
    this.#startGateways();
  }

  #startGateways(): void {
    this.#gateways = Array.from({ length: GATEWAYS }, (_, index) => {
      const outlet = new SimulatedOutlet();
      const timers = new SimulatedTimers(() => this.world.now);
      // Small enough to be met in every course.
      const limits = {
        ...FEED_LIMITS,
        gatherMs: this.#gatherMs,
        viewersMax: 100,
        waitingBytesMax: 200,
        socketBytesMax: 500,
        snapshotBytesMax: 300,
        snapshotMsMax: 200,
        deltaSeatsMax: 12,
        recalledFactsMax: 8,
        resumeMsMax: 150,
      };
      const counts = this.#counts;
      const feed = new Feed({ desk: this.world.desk(index), outlet, timers, limits, counts });
      return { feed, outlet, timers };
    });
  }

  async #step(): Promise<void> {
    const { random } = this.world;
    const roll = random.next();
    if (roll < 0.08 && this.#buyers.inFlight < 20)
      await this.#clients.act(() => this.#buyers.act(random));
    else if (roll < 0.085) this.#blockSome();
    else if (roll < 0.12) this.world.advance(random.below(100));
    else if (roll < 0.122) this.world.killShard(random.below(this.world.shardCount));
    else if (roll < 0.1225) await this.#killProcess();
    else if (roll < 0.22) this.#fireTimer();
    else if (roll < 0.45) this.#viewerActs(random.pick(this.#viewers));
    else if (roll < 0.46) this.#checkReplicas();
    else await this.world.step();
    for (const { outlet } of this.#gateways) outlet.endTurn();
    if (this.world.failure !== undefined) throw this.world.failure;
  }

  #blockSome(): void {
    const { random } = this.world;
    const seats = [1 + random.below(TOTAL)];
    const desk = this.world.desk(random.below(GATEWAYS));
    const act = random.chance(0.5) ? desk.block : desk.unblock;
    act.call(desk, { eventId: ID, seats }).catch(() => undefined); // a shard that died has faults
  }

  async #killProcess(): Promise<void> {
    for (const viewer of this.#viewers) this.#disconnect(viewer);
    await this.world.killProcess();
    this.#startGateways();
  }

  #fireTimer(): boolean {
    return this.#gateways.map(({ timers }) => timers.fire()).some(Boolean);
  }

  #viewerActs(viewer: SimulatedViewer): void {
    const { random } = this.world;
    if (viewer.socket?.isOpen !== true) this.#connect(viewer);
    else if (random.chance(0.02)) this.#disconnect(viewer);
    else if (random.chance(0.03)) viewer.isStalled = !viewer.isStalled;
    else if (!viewer.isStalled || random.chance(0.02)) this.#take(viewer);
  }

  /** What was on its way may arrive or not; what arrived is kept. */
  #disconnect(viewer: SimulatedViewer): void {
    const { random } = this.world;
    while (random.chance(0.5) && viewer.take());
    const { socket } = viewer;
    viewer.socket = undefined;
    socket?.cut();
  }

  #connect(viewer: SimulatedViewer): void {
    const { random } = this.world;
    const { feed, outlet } = random.pick(this.#gateways);
    const event = this.world.desk(this.#gateways.findIndex((each) => each.feed === feed)).event(ID);
    if (event === undefined) throw new Error('the event is there');
    const socket: SimulatedSocket = new SimulatedSocket({
      bytesMax: 500,
      isLost: () => random.chance(0.1),
      closed: () => {
        outlet.sockets.delete(socket);
        feed.leave(served);
        if (viewer.socket === socket) this.#cutOffs += 1;
      },
    });
    const served = new Viewer(socket);
    socket.viewer = served;
    outlet.sockets.add(socket);
    viewer.socket = socket;
    viewer.isStalled = false;
    feed.join(event, served, random.chance(0.95) ? viewer.cursor : 'what is this');
  }

  #take(viewer: SimulatedViewer): boolean {
    const { socket } = viewer;
    if (!viewer.take()) return false;
    const served = socket?.viewer;
    if (served !== undefined && socket?.isOpen === true) {
      for (const { feed } of this.#gateways) feed.drained(served);
    }
    return true;
  }

  /** The seat list itself, at its cursor. */
  #checkReplicas(): void {
    const { now } = this.world;
    for (const { desk } of this.world.desks) {
      const event = desk.event(ID);
      const cursor = event?.cursor(now) ?? '';
      const seen = Array.from({ length: TOTAL }, (_, index) => event?.statusAt(index + 1, now));
      const expected = this.#fold.at(cursor);
      if (seen.join('') !== expected.join('')) throw new Error(`I8: the replica at ${cursor}`);
    }
  }

  /** Everybody who is there reads again, and ends with what is so. */
  async #rest(): Promise<void> {
    for (const viewer of this.#viewers) {
      viewer.isStalled = false;
      if (viewer.socket?.isOpen !== true) this.#connect(viewer);
    }
    for (let round = 0; round < 60; round += 1) {
      this.world.advance(100);
      await this.world.settle();
      while (this.#fireTimer() || this.#viewers.some((viewer) => this.#take(viewer))) {
        for (const { outlet } of this.#gateways) outlet.endTurn();
      }
    }
    this.#checkReplicas();
    const expected = this.#fold.at(`${Number.MAX_SAFE_INTEGER.toString(36)}-0-0`).join('');
    for (const viewer of this.#viewers) {
      if (viewer.socket?.isOpen !== true) continue; // cut off for holding room
      const seen = viewer.seats?.join('');
      if (seen !== expected) throw new Error(`not current\nis     ${seen}\nshould ${expected}`);
    }
  }
}
