/**
 * Which seats the latest facts of one event were about, as far back as the bound allows: what a viewer who comes back
 * has missed. Older facts are the store's to tell.
 */
import { type Fact, isEventFact, type NumberedFact } from '../domain/facts.js';
import type { SeatNumber } from '../domain/ids.js';
import { assert } from '../lib/assert.js';

interface Mention {
  readonly sequence: number;
  readonly seats: readonly SeatNumber[];
}

export class RecentSeats {
  readonly #countMax: number;
  #mentions: Mention[] = [];
  /** Of all mentions; one without a seat counts as one. */
  #count = 0;
  #since: number;

  /**
   * @param countMax seats kept, repeated ones too (I9); at the bound the older half is forgotten.
   * @param since facts up to this sequence are not in here.
   */
  constructor(countMax: number, since: number) {
    this.#countMax = countMax;
    this.#since = since;
  }

  /** Every fact of the event after this sequence is in here. */
  get since(): number {
    return this.#since;
  }

  /** The event's next fact. */
  add(sequence: number, seats: readonly SeatNumber[]): void {
    this.#mentions.push({ sequence, seats });
    this.#count += weight(seats);
    if (this.#count > this.#countMax) this.#forgetHalf();
  }

  /** Seats of the facts after `sequence`, some of them perhaps more than once; `sequence` is `since` or later. */
  *after(sequence: number): Iterable<SeatNumber> {
    assert(sequence >= this.#since, 'only what is kept is asked for');
    for (let index = this.#mentions.length - 1; index >= 0; index -= 1) {
      const mention = this.#mentions[index];
      if (mention === undefined || mention.sequence <= sequence) return;
      yield* mention.seats;
    }
  }

  /**
   * Takes in what came before `since`.
   *
   * @param facts of the event after the sequence `after`, in order, without gaps up to `since` at least.
   * @returns false: there is no room for so many, and nothing has changed.
   */
  recall(after: number, facts: readonly NumberedFact[]): boolean {
    const older = facts
      .filter(({ sequence }) => sequence <= this.#since)
      .map(({ sequence, fact }) => ({ sequence, seats: seatsOf(fact) }));
    const count = older.reduce((sum, { seats }) => sum + weight(seats), this.#count);
    if (count > this.#countMax) return false;
    this.#mentions = [...older, ...this.#mentions];
    this.#count = count;
    this.#since = Math.min(after, this.#since);
    return true;
  }

  /** Half at once: forgetting one at a time would move the whole list for each. */
  #forgetHalf(): void {
    let gone = 0;
    for (const { sequence, seats } of this.#mentions) {
      if (this.#count <= this.#countMax / 2) break;
      this.#count -= weight(seats);
      this.#since = sequence;
      gone += 1;
    }
    this.#mentions.splice(0, gone);
  }
}

/** The seats that may look otherwise after the fact. */
export function seatsOf(fact: Fact): readonly SeatNumber[] {
  return isEventFact(fact) ? [] : fact.seats;
}

function weight(seats: readonly SeatNumber[]): number {
  return Math.max(1, seats.length);
}
