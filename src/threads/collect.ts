/** Gathers what every thread measured, for one answer of `/metrics`. A thread that does not answer in time is left out. */
import type { Crew } from './crew.js';
import type { Collected, Measures, ThreadMeasures } from './thread-messages.js';
import { within } from './time-limit.js';

export async function collectMeasures(crew: Crew, limitMs: number): Promise<Collected> {
  const measured = [
    inTime(named('store', crew.store.control.ask('measure', null)), limitMs),
    ...crew
      .livingShards()
      .map(([, { name, control }]) => inTime(named(name, control.ask('measure', null)), limitMs)),
  ];
  const counted = crew.gateways.map(async ({ name, control }) => {
    const measures = await inTime(control.ask('measure', null), limitMs);
    return measures && { name, ...measures };
  });
  const gateways = (await Promise.all(counted)).filter((each) => each !== undefined);
  return {
    threads: [
      ...(await Promise.all(measured)).filter((each) => each !== undefined),
      ...gateways.map(({ name, desk }) => ({ thread: name, measures: desk })),
    ],
    samples: gateways.map(({ sample }) => sample).filter((each) => each !== undefined),
  };
}

async function named(thread: string, measures: Promise<Measures>): Promise<ThreadMeasures> {
  return { thread, measures: await measures };
}

async function inTime<T>(answer: Promise<T>, limitMs: number): Promise<T | undefined> {
  try {
    return await within(answer, limitMs, () => new Error('too late for this answer'));
  } catch {
    // Busy or dead: what the others measured is still worth an answer, and a death is noticed by itself.
    return undefined;
  }
}
