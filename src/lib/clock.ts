/** A point in time: whole milliseconds since the Unix epoch. Deadlines are kept in it, in memory and on disk. */
export type EpochMs = number;

/**
 * Whole milliseconds of the machine's own clock that nobody sets, the same in all threads of a process: how long something has
 * taken or waited, though the wall clock be set meanwhile. It means nothing on disk, and nothing to a client.
 */
export type ElapsedMs = number;

/** For patience and pace. */
export interface SteadyClock {
  /** Goes on evenly, and never back. */
  elapsed(): ElapsedMs;
}

/** Where time comes from. The core never asks the system: tests and the simulation own its time. */
export interface Clock extends SteadyClock {
  /** The wall clock: it may be set, forward and back. */
  now(): EpochMs;
}
