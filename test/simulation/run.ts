import type { Soon } from '../../src/lib/soon.js';
import type { World } from './world.js';

/** Lets the world go on until the work is done, and gives what it came to. Time passes only where nothing else can happen. */
export async function run<T>(world: World, work: Soon<T>, stepsMax = 20_000): Promise<T> {
  if (!(work instanceof Promise)) return work;
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  for (let steps = 0; steps < stepsMax && !isDone; steps += 1) {
    if ((await world.step()) || isDone) continue;
    const { machine } = world;
    world.advance((machine.nextAt() ?? machine.time) - machine.time);
  }
  if (world.failure !== undefined) throw world.failure;
  return work;
}
