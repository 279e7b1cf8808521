/**
 * Seat lists of the contracts: an array with an entry a seat, in seat order. Written as the socket takes it: an event may
 * have a million seats.
 *
 * 1. An entry differs from that of an available seat in its ending alone.
 */
import type { SeatNumber } from '../../domain/ids.js';
import { SEAT_STATUSES, type SeatStatus, type SeatStatusCode } from '../../domain/seat-status.js';
import type { VenuePlan } from '../../domain/venue-plan.js';
import { present } from '../../lib/assert.js';
import { TwoBitMap } from '../../lib/bitmap.js';
import { type Answer, JSON_TYPE, type PieceByPiece } from '../answer.js';
import { conditionalAnswer } from '../conditional-answer.js';
import type { GatewayEvent } from '../desk-port.js';
import type { RequestContext } from '../route.js';

/** How a contract writes a seat: the text before what its status says, and that text. */
export interface EntryForm {
  start(plan: VenuePlan, seat: SeatNumber): string;
  /** ASCII. */
  readonly endings: Readonly<Record<SeatStatus, string>>;
}

/** About 150 kB of text and a millisecond of work. */
const PIECE_SEATS = 4_096;

export class SeatEntries {
  readonly #form: EntryForm;
  /** Bytes of all starts, measured once a plan. */
  readonly #startBytes = new WeakMap<VenuePlan, Promise<number>>();

  constructor(form: EntryForm) {
    this.#form = form;
  }

  /** The list as it is now, or 304. */
  async answer({ desk, headers }: RequestContext, event: GatewayEvent): Promise<Answer> {
    const { plan } = event;
    const startBytes = await this.#measured(plan);
    const now = desk.now();
    return conditionalAnswer(headers, `W/"${event.cursor(now)}"`, () => {
      const codes = new TwoBitMap(plan.totalSeats, event.statuses(now));
      const body = new EntryList(this.#form, plan, codes, startBytes);
      return { status: 200, body, contentType: JSON_TYPE };
    });
  }

  #measured(plan: VenuePlan): Promise<number> {
    const known = this.#startBytes.get(plan) ?? startBytesOf(this.#form, plan);
    this.#startBytes.set(plan, known);
    return known;
  }
}

/** Works in pieces, with requests served in between. */
async function startBytesOf(form: EntryForm, plan: VenuePlan): Promise<number> {
  let byteCount = 0;
  for (let seat = 1; seat <= plan.totalSeats; seat += 1) {
    byteCount += Buffer.byteLength(form.start(plan, seat));
    if (seat % PIECE_SEATS === 0) await new Promise(setImmediate);
  }
  return byteCount;
}

class EntryList implements PieceByPiece {
  readonly byteCount: number;
  readonly #form: EntryForm;
  readonly #plan: VenuePlan;
  readonly #codes: TwoBitMap;
  /** By status code. */
  readonly #endings: readonly string[];

  constructor(form: EntryForm, plan: VenuePlan, codes: TwoBitMap, startBytes: number) {
    this.#form = form;
    this.#plan = plan;
    this.#codes = codes;
    this.#endings = SEAT_STATUSES.map((status) => form.endings[status]);
    const commas = plan.totalSeats - 1;
    this.byteCount = '[]'.length + commas + startBytes + this.#endingBytes();
  }

  *pieces(): Iterator<Uint8Array> {
    const { totalSeats } = this.#plan;
    for (let first = 1; first <= totalSeats; first += PIECE_SEATS) {
      const last = Math.min(first + PIECE_SEATS - 1, totalSeats);
      const entries: string[] = [];
      for (let seat = first; seat <= last; seat += 1) entries.push(this.#entry(seat));
      const before = first === 1 ? '[' : ',';
      const after = last === totalSeats ? ']' : '';
      yield Buffer.from(`${before}${entries.join(',')}${after}`);
    }
  }

  #entry(seat: SeatNumber): string {
    return this.#form.start(this.#plan, seat) + this.#ending(this.#codes.get(seat - 1));
  }

  #endingBytes(): number {
    let byteCount = 0;
    for (let index = 0; index < this.#codes.count; index += 1) {
      byteCount += this.#ending(this.#codes.get(index)).length;
    }
    return byteCount;
  }

  #ending(code: SeatStatusCode): string {
    return present(this.#endings[code], 'the ending of a status');
  }
}
