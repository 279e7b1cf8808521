/**
 * The holdings of `BLOCK_SEATS` seats that follow each other: what a row of the seats' table is, in
 * memory as on disk, without an object for each seat.
 *
 * In memory a seat has a slot of fixed length: a byte for its state, 0 if it is available, and its
 * holder's id in ASCII, filled up with zeros. On disk are only those that are held: a byte for the
 * place in the block and the state, and the id so filled.
 */
import { type EventId, type ReservationId, reservationId, type SeatNumber } from '../domain/ids.js';
import { assert, present } from '../lib/assert.js';
import type { PayloadForm } from './record-table.js';
import type { SeatHolding } from './seat-holding.js';

/** Three full blocks share a page of LMDB. */
export const BLOCK_SEATS = 32;
/** No id that this server makes is longer. */
const ID_BYTES = 36;
const SLOT_BYTES = 1 + ID_BYTES;
/** How many bits a state takes. */
const STATE_BITS = 2;
const STATE_MASK = (1 << STATE_BITS) - 1;

/** For ever: they are on disk. 0: available. */
const STATES = [undefined, 'reserved', 'booked', 'blocked'] as const satisfies readonly (
  | SeatHolding['state']
  | undefined
)[];
const CODES = { reserved: 1, booked: 2, blocked: 3 } as const;

/** The first seat of the block that has `seat`: the last part of its row's key. */
export function blockStart(seat: SeatNumber): SeatNumber {
  return seat - (seat % BLOCK_SEATS);
}

export class SeatBlock {
  readonly start: SeatNumber;
  /** Whether it is not what its row says. Kept for whoever writes rows. */
  isChanged = false;
  readonly #slots = Buffer.alloc(BLOCK_SEATS * SLOT_BYTES);
  #heldCount = 0;

  /** @param start a multiple of `BLOCK_SEATS` */
  constructor(start: SeatNumber) {
    this.start = start;
  }

  /** How many of its seats are not available. */
  get heldCount(): number {
    return this.#heldCount;
  }

  get(seat: SeatNumber): SeatHolding | undefined {
    const slot = this.#slotOf(seat);
    const state = STATES[this.#slots[slot] ?? 0];
    return state === undefined ? undefined : { state, holder: this.#holderAt(slot + 1) };
  }

  /** null: available. */
  set(seat: SeatNumber, holding: SeatHolding | null): void {
    const slot = this.#slotOf(seat);
    if (this.#slots[slot] !== 0) this.#heldCount -= 1;
    if (holding === null) {
      this.#slots[slot] = 0;
      return;
    }
    const { state, holder } = holding;
    assert(holder.length <= ID_BYTES, 'the id of a holder fits its slot');
    this.#heldCount += 1;
    this.#slots[slot] = CODES[state];
    const end = slot + SLOT_BYTES;
    let at = slot + 1;
    for (let index = 0; index < holder.length; index += 1, at += 1) {
      this.#slots[at] = holder.charCodeAt(index);
    }
    for (; at < end; at += 1) this.#slots[at] = 0;
  }

  /** The seats that are not available, ascending. */
  *held(): Iterable<readonly [SeatNumber, SeatHolding]> {
    for (let seat = this.start; seat < this.start + BLOCK_SEATS; seat += 1) {
      const holding = this.get(seat);
      if (holding !== undefined) yield [seat, holding];
    }
  }

  /** Adds its seats of that state to `seats`, ascending. */
  collect(state: SeatHolding['state'], seats: SeatNumber[]): void {
    const code = CODES[state];
    for (let place = 0; place < BLOCK_SEATS; place += 1) {
      if (this.#slots[place * SLOT_BYTES] === code) seats.push(this.start + place);
    }
  }

  /** Writes what is on disk of it, and says where that ends. */
  print(target: Buffer): number {
    let end = 0;
    for (let place = 0; place < BLOCK_SEATS; place += 1) {
      const slot = place * SLOT_BYTES;
      const code = this.#slots[slot] ?? 0;
      if (code === 0) continue;
      target[end] = (place << STATE_BITS) | code;
      this.#slots.copy(target, end + 1, slot + 1, slot + SLOT_BYTES);
      end += SLOT_BYTES;
    }
    return end;
  }

  /** Takes over what `print` wrote. The block has to be new. */
  parse(payload: Buffer): void {
    for (let from = 0; from < payload.length; from += SLOT_BYTES) {
      const head = present(payload[from], 'the head of a slot');
      const slot = (head >> STATE_BITS) * SLOT_BYTES;
      this.#slots[slot] = head & STATE_MASK;
      payload.copy(this.#slots, slot + 1, from + 1, from + SLOT_BYTES);
      this.#heldCount += 1;
    }
  }

  #slotOf(seat: SeatNumber): number {
    return (seat - this.start) * SLOT_BYTES;
  }

  #holderAt(from: number): ReservationId {
    let end = from + ID_BYTES;
    while (this.#slots[end - 1] === 0) end -= 1;
    return reservationId(this.#slots.toString('latin1', from, end));
  }
}

const scratch = Buffer.allocUnsafeSlow(BLOCK_SEATS * SLOT_BYTES);

export const seatBlockForm: PayloadForm<readonly [EventId, SeatNumber], SeatBlock> = {
  print: (block) => scratch.subarray(0, block.print(scratch)),
  parse: (payload, [, start]) => {
    const block = new SeatBlock(start);
    block.parse(payload);
    return block;
  },
};
