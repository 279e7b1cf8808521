/** A point in time: whole milliseconds since the Unix epoch. Deadlines are kept in it, in memory and on disk. */
export type EpochMs = number;

/** Where time comes from. The core never asks the system: tests and the simulation own its time. */
export interface Clock {
  /** Whole milliseconds since the Unix epoch. */
  now(): EpochMs;
}

/** The machine's wall clock: deadlines must mean the same after a restart. */
export const systemClock: Clock = { now: () => Date.now() };
