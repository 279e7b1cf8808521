/**
 * What viewers of one event have been told of its seats, and what has changed since. Kept only while somebody watches.
 *
 * 1. The published map is exactly what the event's seats look like at the published cursor (I8).
 * 2. A seat whose status differs from the published one is among the touched.
 */
import type { NumberedFact } from '../domain/facts.js';
import type { SeatNumber } from '../domain/ids.js';
import type { SeatStatusCode } from '../domain/seat-status.js';
import { TwoBitMap } from '../lib/bitmap.js';
import type { EpochMs } from '../lib/clock.js';
import { RecentSeats } from './recent-seats.js';
import { formatSeatCursor, type SeatCursor } from './seat-cursor.js';

/** The seats that are watched. */
export interface WatchedSeats {
  /** After the last fact, whoever's it was. */
  readonly sequence: number;
  readonly plan: { readonly totalSeats: number };
  seatCursor(now: EpochMs): SeatCursor;
  statusAt(seat: SeatNumber, now: EpochMs): SeatStatusCode;
  statuses(now: EpochMs): Uint8Array;
  /** Of holds that are over without their fact, with a deadline later than `after`. */
  lapsedSeats(after: EpochMs): Iterable<SeatNumber>;
}

export interface WatchOptions {
  readonly now: EpochMs;
  /** Seats of recent facts that are kept for viewers who come back. */
  readonly recentSeatsMax: number;
  /** Something happened; `takeChanges` tells what, once for any number of calls. */
  changed(): void;
}

/** A seat and its status: an absolute value. */
export type SeatChange = readonly [seat: SeatNumber, code: SeatStatusCode];

/** Applied to what was before, it gives the seats at `cursor`. */
export interface SeatDelta {
  readonly cursor: string;
  readonly changes: readonly SeatChange[];
}

export class SeatWatch {
  readonly #seats: WatchedSeats;
  readonly #changed: () => void;
  readonly #ended: () => void;
  readonly #published: TwoBitMap;
  readonly #touched = new Set<SeatNumber>();
  readonly #recent: RecentSeats;
  #cursor: SeatCursor;
  #publishedAt: EpochMs;

  /** @param ended called when nobody watches any more. */
  constructor(seats: WatchedSeats, options: WatchOptions, ended: () => void) {
    const { now, recentSeatsMax, changed } = options;
    this.#seats = seats;
    this.#changed = changed;
    this.#ended = ended;
    this.#cursor = seats.seatCursor(now);
    this.#publishedAt = now;
    this.#published = new TwoBitMap(seats.plan.totalSeats, seats.statuses(now));
    this.#recent = new RecentSeats(recentSeatsMax, seats.sequence);
  }

  /** The published cursor. */
  get cursor(): string {
    return formatSeatCursor(this.#cursor);
  }

  /** The published 2-bit map (API §3). A view: it changes with `takeChanges`. */
  get statuses(): Uint8Array {
    return this.#published.bytes;
  }

  /** Every fact after this sequence is known here: how far back `resumeFrom` reaches. */
  get since(): number {
    return this.#recent.since;
  }

  /** Publishes the present: what differs from the published map, which then is the present one. */
  takeChanges(now: EpochMs): SeatDelta {
    // First: it notices holds that lapse now, and touches their seats.
    this.#cursor = this.#seats.seatCursor(now);
    this.#publishedAt = now;
    const changes: SeatChange[] = [];
    for (const seat of this.#touched) {
      const code = this.#seats.statusAt(seat, now);
      if (code === this.#published.get(seat - 1)) continue;
      this.#published.set(seat - 1, code);
      changes.push([seat, code]);
    }
    this.#touched.clear();
    return { cursor: this.cursor, changes };
  }

  /** Whether the cursor is of the history that is watched: of this event, in this incarnation of the store. */
  isOf(cursor: SeatCursor): boolean {
    return cursor.history === this.#cursor.history;
  }

  /**
   * Whether what is published is as far on as `cursor`, so that going there is not going back.
   *
   * @param cursor of this history (`isOf`).
   * @param heardOf the last fact, of any event, that the replica has.
   */
  covers(cursor: SeatCursor, heardOf: number): boolean {
    // With none of the event's facts unpublished, the published map is that of every later sequence heard of.
    const through = this.#seats.sequence === this.#cursor.sequence ? heardOf : 0;
    return (
      cursor.sequence <= Math.max(through, this.#cursor.sequence) &&
      cursor.lapsedUntil <= this.#publishedAt
    );
  }

  /**
   * From what a viewer has at `cursor` to what is published: every seat that may differ.
   *
   * @param cursor of this history (`isOf`), and covered.
   * @returns undefined: it is from before `since`.
   */
  resumeFrom(cursor: SeatCursor): SeatDelta | undefined {
    if (cursor.sequence < this.#recent.since) return undefined;
    const seats = new Set(this.#recent.after(cursor.sequence));
    const lapsedForBoth = Math.min(cursor.lapsedUntil, this.#cursor.lapsedUntil);
    for (const seat of this.#seats.lapsedSeats(lapsedForBoth)) seats.add(seat);
    const changes = Array.from(seats, (seat): SeatChange => [seat, this.#published.get(seat - 1)]);
    return { cursor: this.cursor, changes };
  }

  /** Takes in older facts, so that `resumeFrom` reaches back to `after`; see `RecentSeats.recall`. */
  recall(after: number, facts: readonly NumberedFact[]): boolean {
    return this.#recent.recall(after, facts);
  }

  /** A fact of the event was applied. */
  happened(sequence: number, seats: readonly SeatNumber[]): void {
    this.#recent.add(sequence, seats);
    this.touched(seats);
  }

  /** The seats may look otherwise. */
  touched(seats: readonly SeatNumber[]): void {
    for (const seat of seats) this.#touched.add(seat);
    this.#changed();
  }

  /** Nobody watches any more. */
  end(): void {
    this.#ended();
  }
}
