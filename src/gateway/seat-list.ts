/**
 * The body of `GET /v1/events/:id/seats`: what one reading of the clock saw, written out as the
 * socket takes it. A million seats cost a copy of their statuses, not 130 MB of text.
 *
 * 1. A list shows its event at one cursor, however long it takes to send.
 */

import type { SeatNumber } from '../domain/ids.js';
import { SEAT_CODE, SEAT_STATUSES, type SeatStatusCode } from '../domain/seat-status.js';
import { present } from '../lib/assert.js';
import { TwoBitMap } from '../lib/bitmap.js';
import type { EpochMs } from '../lib/clock.js';
import type { PieceByPiece } from './answer.js';
import type { GatewayEvent } from './desk-port.js';
import { rfc3339 } from './rfc3339.js';
import { type SeatFilter, selectSeats } from './seat-selection.js';
import {
  AVAILABLE_BYTES,
  availableSeatBytes,
  type SeatSlice,
  type SeatTemplate,
  seatEnd,
  seatStart,
  sliceOf,
} from './seat-template.js';

/** Every deadline is as long as this one: the year has four digits until 10000. */
const EXPIRES_AT_BYTES = ',"expiresAt":"2026-11-21T09:34:00.123Z"'.length;
const TAIL = Buffer.from(']}');

export class SeatList implements PieceByPiece {
  readonly byteCount: number;
  readonly #template: SeatTemplate;
  readonly #head: Buffer;
  readonly #codes: TwoBitMap;
  /** A byte a seat: whether it is shown. */
  readonly #chosen: Uint8Array;
  /** Of the reserved seats that are shown, in seat order; 0 where the hold has no known end. */
  readonly #deadlines: Float64Array;
  /** The first seat shown has no comma. */
  readonly #first: SeatNumber | undefined;

  constructor(template: SeatTemplate, event: GatewayEvent, filter: SeatFilter, now: EpochMs) {
    const { plan } = template;
    this.#template = template;
    this.#codes = new TwoBitMap(plan.totalSeats, event.statuses(now));
    this.#chosen = selectSeats(plan, filter, (seat) => this.#codeAt(seat));
    const first = this.#chosen.indexOf(1);
    this.#first = first === -1 ? undefined : first;
    const eventId = JSON.stringify(event.record.id);
    const cursor = JSON.stringify(event.cursor(now));
    this.#head = Buffer.from(`{"eventId":${eventId},"cursor":${cursor},"data":[`);
    const { byteCount, deadlines } = this.#measured(event, now);
    this.#deadlines = Float64Array.from(deadlines);
    this.byteCount = byteCount;
  }

  *pieces(): Iterator<Uint8Array> {
    yield this.#head;
    const deadlines = this.#deadlines.values();
    for (const slice of this.#template.slices) {
      const piece = this.#written(slice, deadlines);
      if (piece.length > 0) yield piece;
    }
    yield TAIL;
  }

  #measured(event: GatewayEvent, now: EpochMs): { byteCount: number; deadlines: number[] } {
    const deadlines: number[] = [];
    let byteCount = this.#head.length + TAIL.length - (this.#first === undefined ? 0 : 1);
    for (let seat = this.#first ?? Infinity; seat <= this.#codes.count; seat += 1) {
      if (this.#chosen[seat] === 0) continue;
      const code = this.#codeAt(seat);
      byteCount += availableSeatBytes(sliceOf(this.#template, seat), seat);
      if (code === SEAT_CODE.available) continue;
      byteCount += endingOf(code).length - AVAILABLE_BYTES;
      if (code !== SEAT_CODE.reserved) continue;
      const deadline = event.expiresAt(seat, now) ?? 0;
      deadlines.push(deadline);
      if (deadline > 0) byteCount += EXPIRES_AT_BYTES;
    }
    return { byteCount, deadlines };
  }

  /**
   * Runs of available seats that are shown are one copy; a seat of another status ends its run with
   * words of its own.
   */
  #written(slice: SeatSlice, deadlines: Iterator<number>): Uint8Array {
    const run = new RunWriter(slice);
    for (let seat = slice.first; seat < slice.first + slice.count; seat += 1) {
      if (this.#chosen[seat] === 0) {
        run.skip(seat);
        continue;
      }
      if (seat === this.#first) run.dropComma();
      const code = this.#codeAt(seat);
      if (code === SEAT_CODE.available) continue;
      const deadline = code === SEAT_CODE.reserved ? (deadlines.next().value ?? 0) : 0;
      run.end(seat, deadline > 0 ? heldEnding(deadline) : endingOf(code));
    }
    return run.finished();
  }

  #codeAt(seat: SeatNumber): SeatStatusCode {
    return this.#codes.get(seat - 1);
  }
}

/** Copies a slice's text in runs. */
class RunWriter {
  readonly #slice: SeatSlice;
  readonly #bytes: Buffer;
  /** Where the text that is not copied yet starts. */
  #from = 0;
  #byteCount = 0;

  constructor(slice: SeatSlice) {
    this.#slice = slice;
    this.#bytes = Buffer.allocUnsafe(slice.bytes.length + slice.count * EXPIRES_AT_BYTES);
  }

  /** Leaves the seat out. */
  skip(seat: SeatNumber): void {
    this.#copyTo(seatStart(this.#slice, seat));
    this.#from = seatEnd(this.#slice, seat);
  }

  /** The next seat is the first of the list. */
  dropComma(): void {
    this.#from += 1;
  }

  /** Gives the seat another ending than `available`. */
  end(seat: SeatNumber, ending: string): void {
    const end = seatEnd(this.#slice, seat);
    this.#copyTo(end - AVAILABLE_BYTES);
    this.#byteCount += this.#bytes.write(ending, this.#byteCount, 'latin1');
    this.#from = end;
  }

  finished(): Uint8Array {
    this.#copyTo(this.#slice.bytes.length);
    return this.#bytes.subarray(0, this.#byteCount);
  }

  #copyTo(end: number): void {
    if (end <= this.#from) return;
    this.#bytes.set(this.#slice.bytes.subarray(this.#from, end), this.#byteCount);
    this.#byteCount += end - this.#from;
  }
}

const ENDINGS = SEAT_STATUSES.map((status) => `${status}"}`);

function endingOf(code: SeatStatusCode): string {
  return present(ENDINGS[code], 'the name of a status');
}

function heldEnding(deadline: EpochMs): string {
  return `reserved","expiresAt":"${rfc3339(deadline)}"}`;
}
