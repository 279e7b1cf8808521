/**
 * A hierarchical timing wheel (Varghese and Lauck, 1987): four wheels of 256 slots, the first of one millisecond a slot, so
 * that scheduling and cancelling cost a few array writes whatever the number of timers. Owns no thread and no system timer:
 * whoever has the time calls `advance`.
 *
 * 1. A timer never fires before its deadline, whatever the clock does (it may have been stepped back).
 * 2. `advance(now)` fires every timer with `deadline <= now`, in order of deadline to the millisecond; with a bound, so many of them,
 *    and those that are left are due still.
 */
import { assert } from './assert.js';
import type { EpochMs } from './clock.js';

/** Names a scheduled timer; free for reuse once it has fired or was cancelled. */
export type TimerSlot = number;

const BITS = 8;
const SLOTS = 1 << BITS;
const MASK = SLOTS - 1;
const LEVELS = 4;
/** Deadlines further away than the wheels reach (49 days) wait in the outermost one and are placed anew from there. */
const REACH_MS = 2 ** (BITS * LEVELS) - 1;
/** The list of timers that were overdue when they were scheduled. */
const OVERDUE = SLOTS * LEVELS;
const NONE = -1;

export class TimingWheel {
  #time: EpochMs;
  #size = 0;
  #next: Int32Array;
  #previous: Int32Array;
  #bucketOf: Int32Array;
  #deadline: Float64Array;
  #firstFree = NONE;
  /** No overdue timer is due before it; of those that are left when the clock was stepped back, or a bound was reached. */
  #overdueFrom = Number.POSITIVE_INFINITY;
  readonly #heads = new Int32Array(OVERDUE + 1).fill(NONE);
  readonly #countAt = new Int32Array(LEVELS + 1);

  /** @param start the time from which the wheel turns */
  constructor(start: EpochMs, capacity = 1024) {
    this.#time = Math.floor(start);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#bucketOf = new Int32Array(capacity).fill(NONE);
    this.#deadline = new Float64Array(capacity);
    this.#addFree(0, capacity);
  }

  /** How many timers wait. */
  get size(): number {
    return this.#size;
  }

  schedule(deadline: EpochMs): TimerSlot {
    if (this.#firstFree === NONE) this.#grow();
    const slot = this.#firstFree;
    this.#firstFree = at(this.#next, slot);
    this.#deadline[slot] = deadline;
    this.#size += 1;
    this.#place(slot);
    return slot;
  }

  cancel(slot: TimerSlot): void {
    assert(at(this.#bucketOf, slot) !== NONE, 'only a waiting timer is cancelled');
    this.#unlink(slot);
    this.#free(slot);
  }

  /**
   * Turns to `now` and hands over every slot that is due; the slot may be reused as soon as `fire` is called.
   *
   * @param countMax slots handed over at most
   */
  advance(
    now: EpochMs,
    fire: (slot: TimerSlot) => void,
    countMax = Number.POSITIVE_INFINITY,
  ): void {
    let room = this.#fireOverdue(now, fire, countMax);
    // What a bound has left of the slot that the wheel stands at.
    room = this.#fireBucket(this.#standing, now, fire, room);
    while (room > 0 && this.#time < now) {
      if (this.#size === at(this.#countAt, LEVELS)) {
        this.#time = now;
        break;
      }
      this.#turn(now);
      room = this.#fireBucket(this.#standing, now, fire, room);
    }
    this.#fireOverdue(now, fire, room);
  }

  /** No timer is due before this; undefined: none waits. Cheap, and a lower bound: ask again after `advance`. */
  nextDueAt(): EpochMs | undefined {
    if (this.#size === 0) return undefined;
    if (at(this.#heads, this.#standing) !== NONE) return Math.min(this.#time, this.#overdueFrom);
    let earliest = this.#overdueFrom;
    for (let level = 0; level < LEVELS; level += 1) {
      if (at(this.#countAt, level) > 0) earliest = Math.min(earliest, this.#firstOfLevel(level));
    }
    return earliest;
  }

  /** One millisecond on, or to the next turn of the second wheel where the first is empty. */
  #turn(now: EpochMs): void {
    if (at(this.#countAt, 0) > 0) this.#time += 1;
    else this.#time = Math.min(now, this.#time - (this.#time % SLOTS) + SLOTS);
    let unit = this.#time;
    for (let level = 1; level < LEVELS && unit % SLOTS === 0; level += 1) {
      unit = Math.floor(unit / SLOTS);
      this.#spill(level * SLOTS + (unit & MASK));
    }
  }

  /** Moves a bucket of an outer wheel inwards. */
  #spill(bucket: number): void {
    let slot = at(this.#heads, bucket);
    this.#heads[bucket] = NONE;
    while (slot !== NONE) {
      const next = at(this.#next, slot);
      this.#count(bucket, -1);
      this.#place(slot);
      slot = next;
    }
  }

  /** The first wheel's bucket of the present time: empty, but for what a bound has left of it. */
  get #standing(): number {
    return this.#time & MASK;
  }

  /** Also learns which of those that are not due, where the clock was stepped back, is the next. @returns the room that is left */
  #fireOverdue(now: EpochMs, fire: (slot: TimerSlot) => void, countMax: number): number {
    const room = this.#fireBucket(OVERDUE, now, fire, countMax);
    if (room > 0) {
      this.#overdueFrom = Number.POSITIVE_INFINITY;
      for (let slot = at(this.#heads, OVERDUE); slot !== NONE; slot = at(this.#next, slot)) {
        this.#overdueFrom = Math.min(this.#overdueFrom, at(this.#deadline, slot));
      }
    }
    return room;
  }

  /** @returns how many more than it fired might have been */
  #fireBucket(
    bucket: number,
    now: EpochMs,
    fire: (slot: TimerSlot) => void,
    countMax: number,
  ): number {
    let room = countMax;
    let slot = at(this.#heads, bucket);
    while (slot !== NONE && room > 0) {
      const next = at(this.#next, slot);
      if (at(this.#deadline, slot) <= now) {
        this.#unlink(slot);
        this.#free(slot);
        room -= 1;
        fire(slot);
        // Firing may schedule or cancel others: the list is read anew.
        slot = at(this.#heads, bucket);
      } else {
        slot = next;
      }
    }
    return room;
  }

  #place(slot: TimerSlot): void {
    const deadline = Math.min(at(this.#deadline, slot), this.#time + REACH_MS);
    const isOverdue = deadline <= this.#time;
    if (isOverdue) this.#overdueFrom = Math.min(this.#overdueFrom, deadline);
    const bucket = isOverdue ? OVERDUE : this.#bucketFor(deadline);
    const head = at(this.#heads, bucket);
    this.#next[slot] = head;
    this.#previous[slot] = NONE;
    if (head !== NONE) this.#previous[head] = slot;
    this.#heads[bucket] = slot;
    this.#bucketOf[slot] = bucket;
    this.#count(bucket, 1);
  }

  /** The innermost wheel whose current turn the deadline falls into. */
  #bucketFor(deadline: EpochMs): number {
    let unit = deadline;
    let current = this.#time;
    for (let level = 0; level < LEVELS - 1; level += 1) {
      const turn = Math.floor(unit / SLOTS);
      const currentTurn = Math.floor(current / SLOTS);
      if (turn === currentTurn) return level * SLOTS + (unit % SLOTS);
      unit = turn;
      current = currentTurn;
    }
    return (LEVELS - 1) * SLOTS + (unit % SLOTS);
  }

  /** The start of the first filled slot of a wheel, as a time. */
  #firstOfLevel(level: number): EpochMs {
    const width = SLOTS ** level;
    const current = Math.floor(this.#time / width);
    for (let step = 1; step <= SLOTS; step += 1) {
      const unit = current + step;
      if (at(this.#heads, level * SLOTS + (unit % SLOTS)) !== NONE) return unit * width;
    }
    return this.#time + 1;
  }

  #unlink(slot: TimerSlot): void {
    const next = at(this.#next, slot);
    const previous = at(this.#previous, slot);
    const bucket = at(this.#bucketOf, slot);
    if (previous === NONE) this.#heads[bucket] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#count(bucket, -1);
  }

  #count(bucket: number, change: number): void {
    const level = bucket >>> BITS;
    this.#countAt[level] = at(this.#countAt, level) + change;
  }

  #free(slot: TimerSlot): void {
    this.#bucketOf[slot] = NONE;
    this.#next[slot] = this.#firstFree;
    this.#firstFree = slot;
    this.#size -= 1;
  }

  #addFree(from: number, to: number): void {
    for (let slot = to - 1; slot >= from; slot -= 1) {
      this.#next[slot] = this.#firstFree;
      this.#firstFree = slot;
    }
  }

  #grow(): void {
    const before = this.#next.length;
    const after = before * 2;
    this.#next = copyInto(new Int32Array(after), this.#next);
    this.#previous = copyInto(new Int32Array(after), this.#previous);
    this.#bucketOf = copyInto(new Int32Array(after).fill(NONE), this.#bucketOf);
    this.#deadline = copyInto(new Float64Array(after), this.#deadline);
    this.#addFree(before, after);
  }
}

function copyInto<T extends Int32Array | Float64Array>(target: T, source: T): T {
  target.set(source);
  return target;
}

/** Reads an element that is known to be there; without a branch for absence on the hot path. */
function at(array: Int32Array | Float64Array, index: number): number {
  return array[index] as number; // the index comes from the wheel's own lists
}
