/** One whole course of events, from its plan: what is written there is done, step by step, and then everything comes to rest. */
import type { Fact } from '../../src/domain/facts.js';
import { eventId } from '../../src/domain/ids.js';
import { seatHomeKey, shardOf } from '../../src/domain/ownership.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';
import { checkAtRest, checkStore } from './at-rest.js';
import type { Breakage } from './breakages.js';
import { Buyers } from './buyers.js';
import { Clients } from './clients.js';
import { inject } from './faults.js';
import { Guests } from './guests.js';
import { HouseStaff } from './house-staff.js';
import { ROOMY, TIGHT } from './limits.js';
import { catchRejections } from './node-in-place.js';
import { type Act, type Entry, FAULTS, type Fault, type Plan } from './plan.js';
import { Promises } from './promises.js';
import { Random } from './random.js';
import { smallHouse } from './venue.js';
import { World } from './world.js';

export interface CourseResult {
  /** undefined: everything held. */
  readonly failure: Error | undefined;
  /** Equal for equal courses. */
  readonly hash: string;
  /** What happened, for a person to read. */
  readonly lines: readonly string[];
  /** How often what happened. */
  readonly counts: ReadonlyMap<string, number>;
  readonly steps: number;
}

const ID = eventId('show');
const ROWS = 8;
const SEATS = 30;
const TOTAL = ROWS * SEATS;
const PLAN = new VenuePlan(smallHouse(ROWS, SEATS));
const HOLD_MS = 1_500;
const BUYERS_MAX = 20;
/** Longer than a claim is waited for: see `limits.ts`. */
const CLAIM_MS = 500;
/** Claims that are asked about once more, as their home had heard of them later. */
const ROUNDS_OF_CLAIMS = 3;
/** An hour, by which a clock may have been set back, and what a hold may last. */
const LAST_HOLD_MS = 3_600_000 + 10 * HOLD_MS;
const HOURS_MAX = 12;

export async function runCourse(plan: Plan, breakage?: Breakage): Promise<CourseResult> {
  const course = new Course(plan, breakage);
  const release = catchRejections();
  let failure: Error | undefined;
  try {
    await course.run();
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  } finally {
    release();
  }
  const { trace, counts } = course.world;
  return { failure, hash: trace.hash(), lines: trace.lines, counts, steps: course.steps };
}

class Course {
  readonly world: World;
  readonly #plan: Plan;
  readonly #clients: Clients;
  readonly #promises: Promises;
  readonly #buyers: Buyers;
  readonly #guests: Guests;
  readonly #staff: HouseStaff;
  steps = 0;

  constructor(plan: Plan, breakage: Breakage | undefined) {
    const { seed, shardCount, gatewayCount, durability, isTight } = plan;
    this.#plan = plan;
    const world = new World({
      seed,
      shardCount,
      gatewayCount,
      durability,
      limits: isTight ? TIGHT : ROOMY,
      ...(breakage === undefined ? {} : { breakage }),
    });
    const clients = new Clients(world);
    const promises = new Promises(world.history);
    const scene = { world, clients, promises, eventId: ID, totalSeats: TOTAL };
    this.world = world;
    this.#clients = clients;
    this.#promises = promises;
    this.#buyers = new Buyers({ ...scene, users: 12 });
    this.#guests = new Guests(scene);
    this.#staff = new HouseStaff(scene);
    world.onLoss.push((sequence) => promises.goBack(sequence));
    world.onFacts.push(({ fact }) => this.#countSpread(fact));
  }

  async run(): Promise<void> {
    const { world } = this;
    await world.boot();
    await world.settle();
    await this.#createEvent();
    const waiting = [...this.#plan.entries];
    for (let step = 0; step < this.#plan.steps; step += 1) {
      for (let next = waiting[0]; next !== undefined && next.step <= step; next = waiting[0]) {
        waiting.shift();
        await this.#enact(next);
        this.#mind();
      }
      await this.#step();
    }
    await this.#rest();
  }

  /** How many shards a reservation was made on. */
  #countSpread(fact: Fact): void {
    if (fact.type !== 'reservation.reserved' || fact.eventId !== ID) return;
    const owners = fact.seats.map((seat) =>
      shardOf(seatHomeKey(ID, PLAN, seat), this.world.shardCount),
    );
    if (new Set(owners).size > 1) this.world.count('reservation over several shards');
  }

  async #createEvent(): Promise<void> {
    const { world } = this;
    if (!world.isServing) throw new Error('the server does not start');
    let isCreated = false;
    const wish = {
      id: ID,
      name: 'Show',
      currency: 'EUR',
      holdMs: HOLD_MS,
      maxSeatsPerUser: this.#plan.seatsPerUserMax,
      preventOrphans: false,
      plan: smallHouse(ROWS, SEATS),
    };
    await this.#clients.act(() => {
      void this.#clients
        .request(0, (desk) => desk.createEvent(wish))
        .then(({ value }) => {
          isCreated = value.ok;
        });
    });
    await world.settle();
    this.#mind();
    if (!isCreated) throw new Error('the event was not created');
  }

  async #step(): Promise<void> {
    const { world } = this;
    this.steps += 1;
    if (world.crew === undefined) await world.boot();
    else if (world.random.chance(0.05)) this.#wait();
    else if (!(await world.step())) this.#wait();
    this.#mind();
  }

  #wait(): void {
    this.world.advance(1 + this.world.random.below(this.#plan.paceMs));
  }

  async #enact({ what, seed }: Entry): Promise<void> {
    const luck = new Random(seed);
    if (isFault(what)) inject(this.world, what, luck);
    else await this.#act(what, luck);
  }

  async #act(act: Act, luck: Random): Promise<void> {
    const { world } = this;
    switch (act) {
      case 'buyer':
        if (this.#buyers.inFlight < BUYERS_MAX)
          await this.#clients.act(() => this.#buyers.act(luck));
        return;
      case 'guest':
        return this.#clients.act(() => this.#guests.enter(luck));
      case 'house':
        return this.#clients.act(() => this.#staff.house(luck));
      case 'admin':
        return this.#clients.act(() => this.#staff.admin(luck));
      case 'look':
        if (world.isServing)
          for (const { host } of world.crew?.desks ?? [])
            world.replicas.look(host.desk, ID, world.now);
        return;
      case 'rest':
        return this.#pauseAndCompare();
    }
  }

  /** In the middle of everything: what is under way comes to its end, and all is compared. */
  async #pauseAndCompare(): Promise<void> {
    const { world } = this;
    world.machine.liftStalls();
    for (let round = 0; round < ROUNDS_OF_CLAIMS; round += 1) {
      await world.settle();
      world.advance(CLAIM_MS);
    }
    await world.settle();
    const shards = [...(world.crew?.shards.values() ?? [])];
    const unopened = shards
      .flatMap(({ shard }) => [...shard.state.claims.values()])
      .filter(({ isOpen }) => !isOpen);
    const oldest = Math.min(...unopened.map(({ grantedAt }) => grantedAt));
    if (world.machine.time - oldest > ROUNDS_OF_CLAIMS * CLAIM_MS)
      throw new Error(`I4: a claim of ${oldest} is neither opened nor withdrawn`);
    if (!world.isServing || unopened.length > 0) return;
    checkAtRest(world);
    world.count('compared at rest');
  }

  /** Whatever was lost on the way is asked for after a while, every hold ends, every request is answered. */
  async #rest(): Promise<void> {
    const { world } = this;
    await this.#passTime(500, 40);
    // The hours by which the clock was set back pass too: holds wait by it.
    for (let hours = 0; hours < HOURS_MAX && this.#isWaiting(); hours += 1)
      await this.#passTime(LAST_HOLD_MS, 1);
    await this.#passTime(500, 6);
    // Each of many that are overdue takes a turn of its shard.
    await this.#passTime(1, 120);
    this.#promises.check();
    this.#guests.check();
    checkAtRest(world);
    checkStore(world);
    const live = world.history.live();
    if (live.length > 0) throw new Error(`I5: ${live[0]?.id} should have ended long ago`);
    for (const [index, { shard }] of world.crew?.shards ?? [])
      if (shard.measures().claims > 0)
        throw new Error(`I4: shard ${index} has claims that nobody opened`);
    const waiting =
      this.#clients.waiting + this.#guests.inFlight + this.#staff.inFlight + this.#buyers.inFlight;
    if (waiting > 0) throw new Error(`${waiting} requests were never answered`);
  }

  #isWaiting(): boolean {
    const shards = [...(this.world.crew?.shards.values() ?? [])];
    const hasClaims = shards.some(({ shard }) => shard.measures().claims > 0);
    return hasClaims || this.world.history.live().length > 0;
  }

  async #passTime(ms: number, times: number): Promise<void> {
    const { world } = this;
    for (let round = 0; round < times; round += 1) {
      world.machine.liftStalls();
      if (world.crew === undefined) await world.boot();
      await world.settle();
      this.#mind();
      world.advance(ms);
    }
    if (world.crew === undefined) await world.boot();
    await world.settle();
    this.#mind();
  }

  #mind(): void {
    if (this.world.failure !== undefined) throw this.world.failure;
  }
}

function isFault(what: Act | Fault): what is Fault {
  return FAULTS.some((fault) => fault === what);
}
