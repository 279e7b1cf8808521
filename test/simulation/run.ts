import type { World } from './world.js';

/** Lets the world go on until the work is done, and gives what it came to. */
export async function run<T>(world: World, work: Promise<T>, stepsMax = 20_000): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  for (let steps = 0; steps < stepsMax && !isDone; steps += 1) await world.step();
  return work;
}
