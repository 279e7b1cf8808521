/** One whole simulated course of events from one seed. */
import { eventId } from '../../src/domain/ids.js';
import { Buyers } from './buyers.js';
import { checkAtRest, FactWatch } from './invariants.js';
import { smallHouse } from './venue.js';
import { World } from './world.js';

export interface CourseOptions {
  readonly seed: number;
  readonly steps: number;
}

export interface CourseResult {
  readonly accepted: number;
  readonly refused: number;
  readonly faults: number;
  readonly shardDeaths: number;
  readonly processDeaths: number;
}

const ROWS = 6;
const SEATS = 30;

export async function runCourse({ seed, steps }: CourseOptions): Promise<CourseResult> {
  const world = new World({ seed, shardCount: 1 + (seed % 4), gatewayCount: 1 + (seed % 2) });
  try {
    return await run(world, steps);
  } catch (error) {
    const tail = world.trace.slice(-60).join('\n');
    throw new Error(
      `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}\n${tail}`,
    );
  }
}

async function run(world: World, steps: number): Promise<CourseResult> {
  const { random } = world;
  const id = eventId('show');
  const totalSeats = ROWS * SEATS;
  const seatsPerUserMax = random.chance(0.4) ? 5 : null;
  new FactWatch(world, seatsPerUserMax);
  const created = world.desk().createEvent({
    id,
    name: 'Show',
    currency: 'EUR',
    holdMs: 2_000,
    maxSeatsPerUser: seatsPerUserMax,
    preventOrphans: false,
    plan: smallHouse(ROWS, SEATS),
  });
  await world.settle();
  if (!(await created).ok) throw new Error('the event was not created');
  const buyers = new Buyers({ world, eventId: id, totalSeats, users: 12, seatsPerUserMax });
  let shardDeaths = 0;
  let processDeaths = 0;
  for (let step = 0; step < steps; step += 1) {
    const roll = random.next();
    if (roll < 0.15 && buyers.inFlight < 20) buyers.act();
    else if (roll < 0.2) world.advance(random.below(200));
    else if (roll < 0.203) {
      shardDeaths += 1;
      world.killShard(random.below(world.shardCount));
    } else if (roll < 0.2035) {
      processDeaths += 1;
      world.killProcess();
      buyers.forget();
    } else await world.step();
    if (buyers.failures.length > 0) throw buyers.failures[0];
  }
  await world.settle();
  // Whatever was lost on the way is asked for after a while, and every hold ends.
  for (let round = 0; round < 20; round += 1) {
    world.advance(500);
    await world.settle();
  }
  if (buyers.failures.length > 0) throw buyers.failures[0];
  buyers.check();
  checkAtRest(world, id, totalSeats);
  if (buyers.inFlight > 0) throw new Error(`${buyers.inFlight} requests were never answered`);
  const { accepted, refused, faults } = buyers;
  return { accepted, refused, faults, shardDeaths, processDeaths };
}
