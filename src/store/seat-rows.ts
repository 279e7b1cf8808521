/**
 * Who has which seat: the last line of I2. All of it is in memory, in blocks without an object for
 * each seat, and reading is from there alone. A row for every block that has a seat which is not
 * available is what a start reads it from; rows follow from the facts, and are written some commits
 * after them (`lagging-indexes.ts`).
 *
 * Seats are taken all over an event, a page of the file each: written with their own commits their
 * rows would be most of what it writes. Written many at a time, in order, they share pages.
 *
 * A sweep writes a block as it is when its turn comes: every change so far is in its row then.
 */
import type { EventId, SeatNumber } from '../domain/ids.js';
import { assert, present } from '../lib/assert.js';
import { BLOCK_SEATS, blockStart, SeatBlock } from './seat-block.js';
import type { SeatHolding } from './seat-holding.js';
import type { StoreTables } from './tables.js';

/** Of one event. */
interface EventSeats {
  /** Each at its first seat's number over `BLOCK_SEATS`; undefined: all its seats are available. */
  readonly blocks: (SeatBlock | undefined)[];
  /** The places in `blocks` of those that are changed and that no sweep has taken up. */
  changed: number[];
}

export class SeatRows {
  readonly #table: StoreTables['seats'];
  readonly #events = new Map<EventId, EventSeats>();
  /** Changes since the last sweep began. */
  #freshCount = 0;
  /** The events whose blocks the sweep has still to write, last first. */
  #queue: EventId[] = [];
  /** The blocks of the last event in the queue that are still to be written, last first. */
  #places: number[] = [];

  /** @throws ServerFault `storage_corrupt` where a row cannot be read */
  constructor(table: StoreTables['seats']) {
    this.#table = table;
    for (const { key, value: block } of table.range({})) {
      this.#seatsOf(key[0]).blocks[placeOf(block.start)] = block;
    }
  }

  /** How many changes no sweep has taken up. */
  get freshCount(): number {
    return this.#freshCount;
  }

  /** Whether the sweep has still rows to write. */
  get isSweeping(): boolean {
    return this.#queue.length > 0;
  }

  get(eventId: EventId, seat: SeatNumber): SeatHolding | undefined {
    return this.#events.get(eventId)?.blocks[placeOf(seat)]?.get(seat);
  }

  /** null: available. */
  set(eventId: EventId, seat: SeatNumber, holding: SeatHolding | null): void {
    const { blocks, changed } = this.#seatsOf(eventId);
    const place = placeOf(seat);
    const block = blocks[place] ?? new SeatBlock(blockStart(seat));
    blocks[place] = block;
    block.set(seat, holding);
    this.#freshCount += 1;
    if (block.isChanged) return;
    block.isChanged = true;
    changed.push(place);
  }

  /** The event's seats that are not available, ascending. */
  *of(eventId: EventId): Iterable<readonly [SeatNumber, SeatHolding]> {
    for (const block of this.#events.get(eventId)?.blocks ?? []) {
      if (block !== undefined) yield* block.held();
    }
  }

  /** The event's seats of that state, ascending. */
  inState(eventId: EventId, state: SeatHolding['state']): SeatNumber[] {
    const seats: SeatNumber[] = [];
    for (const block of this.#events.get(eventId)?.blocks ?? []) block?.collect(state, seats);
    return seats;
  }

  /** Takes up all fresh changes for writing. The last sweep has to be over. */
  startSweep(): void {
    assert(!this.isSweeping, 'one sweep at a time');
    const changed = [...this.#events].filter(([, seats]) => seats.changed.length > 0);
    this.#queue = changed.map(([eventId]) => eventId).sort();
    this.#queue.reverse();
    this.#freshCount = 0;
    this.#beginEvent();
  }

  /**
   * Writes the next rows of the sweep, `rowsMax` at most, and says how many. Inside a transaction.
   */
  sweep(rowsMax: number): number {
    let count = 0;
    for (let eventId = this.#queue.at(-1); eventId !== undefined; eventId = this.#queue.at(-1)) {
      const { blocks } = this.#seatsOf(eventId);
      for (let place = this.#places.pop(); place !== undefined; place = this.#places.pop()) {
        this.#write(eventId, blocks, place);
        count += 1;
        if (count === rowsMax) return count;
      }
      this.#queue.pop();
      this.#beginEvent();
    }
    return count;
  }

  /** Takes up what has changed of the queue's last event. */
  #beginEvent(): void {
    const eventId = this.#queue.at(-1);
    if (eventId === undefined) return;
    const seats = this.#seatsOf(eventId);
    this.#places = Array.from(Uint32Array.from(seats.changed).sort().reverse());
    seats.changed = [];
  }

  /** Its row is as the block then, and a block without a seat that is held is let go. */
  #write(eventId: EventId, blocks: EventSeats['blocks'], place: number): void {
    const block = present(blocks[place], 'a block that has changed');
    block.isChanged = false;
    if (block.heldCount > 0) {
      this.#table.put([eventId, block.start], block);
    } else {
      this.#table.remove([eventId, block.start]);
      blocks[place] = undefined;
    }
  }

  #seatsOf(eventId: EventId): EventSeats {
    const known = this.#events.get(eventId);
    if (known !== undefined) return known;
    const made: EventSeats = { blocks: [], changed: [] };
    this.#events.set(eventId, made);
    return made;
  }
}

function placeOf(seat: SeatNumber): number {
  return Math.floor(seat / BLOCK_SEATS);
}
