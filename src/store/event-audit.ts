/**
 * One event, replayed from its first fact, and held against what is kept of it (I6): its own
 * record, the rows of its seats, its reservations' records and its sums.
 */
import { isDeepStrictEqual } from 'node:util';
import type { EventRecord } from '../domain/event.js';
import {
  type Fact,
  isEventFact,
  isReservationFact,
  type NumberedFact,
  type ReservationFact,
  type SeatsFact,
} from '../domain/facts.js';
import type { ReservationId, SeatNumber } from '../domain/ids.js';
import { evolveReservation, type ReservationRecord } from '../domain/reservation.js';
import { VenuePlan } from '../domain/venue-plan.js';
import { AssertionFailure } from '../lib/assert.js';
import { EventTally, NO_TOTALS } from './event-tally.js';
import { FactLog } from './fact-log.js';
import type { Findings } from './findings.js';
import type { LateFacts } from './late-facts.js';
import { isLive } from './reservation-table.js';
import { rowsUnder } from './rows.js';
import { blockStart } from './seat-block.js';
import {
  expectationOf,
  holdingAfter,
  isExpected,
  nameOf,
  type SeatHolding,
} from './seat-holding.js';
import type { SequenceSet } from './sequence-set.js';
import type { StoreTables } from './tables.js';

/** What the audits of all events add to. */
export interface Gathered {
  readonly findings: Findings;
  readonly sequences: SequenceSet;
  readonly late: LateFacts;
}

export class EventAudit {
  readonly #tables: StoreTables;
  readonly #event: EventRecord;
  readonly #findings: Findings;
  readonly #sequences: SequenceSet;
  readonly #late: LateFacts;
  readonly #tally: EventTally;
  readonly #seats = new Map<SeatNumber, SeatHolding>();
  /**
   * Those that can still move: one that has ended is held against its record at once, and let go.
   */
  readonly #live = new Map<ReservationId, ReservationRecord>();
  #told: EventRecord | undefined;
  #reservationsMade = 0;

  constructor(tables: StoreTables, event: EventRecord, gathered: Gathered) {
    this.#tables = tables;
    this.#event = event;
    this.#findings = gathered.findings;
    this.#sequences = gathered.sequences;
    this.#late = gathered.late;
    const plan = new VenuePlan(event.plan);
    this.#tally = new EventTally({
      totals: undefined,
      minute: () => undefined,
      placeOf: (seat) => plan.placeOf(seat),
    });
  }

  /** How many reservations the facts made. */
  run(): number {
    for (const numbered of new FactLog(this.#tables).after(this.#event.id, 0))
      this.#replay(numbered);
    if (!isDeepStrictEqual(this.#told, this.#event))
      this.#breach('its record is not what its facts say');
    this.#checkSeats();
    for (const record of this.#live.values()) this.#checkRecord(record);
    this.#checkSums();
    return this.#reservationsMade;
  }

  #replay({ sequence, fact }: NumberedFact): void {
    this.#findings.count('factsReplayed');
    if (!this.#sequences.add(sequence))
      this.#breach(`its fact ${sequence} is numbered wrong or twice`);
    this.#late.note(sequence, fact);
    if (fact.eventId !== this.#event.id) this.#breach(`its fact ${sequence} is of ${fact.eventId}`);
    try {
      this.#apply(fact);
    } catch (error) {
      if (!(error instanceof AssertionFailure)) throw error;
      this.#breach(`its fact ${sequence} (${fact.type}) cannot have happened: ${error.message}`);
    }
  }

  #apply(fact: Fact): void {
    if (isEventFact(fact)) {
      this.#told = fact.event;
      return;
    }
    if (isReservationFact(fact)) this.#moveReservation(fact);
    this.#moveSeats(fact);
    if (isReservationFact(fact)) this.#tally.add(fact);
  }

  #moveReservation(fact: ReservationFact): void {
    const record = evolveReservation(this.#live.get(fact.reservationId), fact);
    if (fact.type === 'reservation.reserved') this.#reservationsMade += 1;
    if (isLive(record)) {
      this.#live.set(record.id, record);
    } else {
      this.#live.delete(record.id);
      this.#checkRecord(record);
    }
  }

  #moveSeats(fact: ReservationFact | SeatsFact): void {
    const after = holdingAfter(fact);
    for (const seat of fact.seats) {
      const before = this.#seats.get(seat);
      if (!isExpected(fact, before)) {
        const what = `${fact.type} takes its seat ${seat} for ${expectationOf(fact)}`;
        this.#breach(`${what}; it was ${nameOf(before)} (I2)`);
      }
      if (after === null) this.#seats.delete(seat);
      else this.#seats.set(seat, after);
    }
  }

  /** The replay's seats and the rows, each in the other. */
  #checkSeats(): void {
    this.#findings.count('seatsHeld', this.#seats.size);
    for (const { key, value: block } of this.#tables.seats.range(rowsUnder([this.#event.id]))) {
      const [, start] = key;
      if (start !== blockStart(start))
        this.#breach(`it has a row at seat ${start}, between blocks`);
      for (const [seat, row] of block.held()) this.#checkSeat(seat, row);
    }
    for (const [seat, told] of this.#seats) {
      if (this.#late.hasSeat(this.#event.id, seat)) continue;
      this.#breach(`its seat ${seat} has no row; by its facts it is ${nameOf(told)} (I6)`);
    }
  }

  #checkSeat(seat: SeatNumber, row: SeatHolding): void {
    const told = this.#seats.get(seat);
    this.#seats.delete(seat);
    if (!Number.isInteger(seat) || seat < 1 || seat > this.#event.plan.totalSeats) {
      this.#breach(`it has a row for seat ${seat}, which is not in its plan`);
    }
    if (this.#late.hasSeat(this.#event.id, seat) || isDeepStrictEqual(told, row)) return;
    this.#breach(
      `its seat ${seat} is ${nameOf(row)} by its row, ${nameOf(told)} by its facts (I6)`,
    );
  }

  #checkRecord(told: ReservationRecord): void {
    const record = this.#tables.reservations.get([told.id]);
    if (isDeepStrictEqual(record, told)) return;
    const kept = record === undefined ? 'is not kept' : `is kept as ${record.status}`;
    this.#breach(
      `its reservation ${told.id} ${kept}, which is not what its facts say: ${told.status} (I6)`,
    );
  }

  /** Conflicts are not facts: they are counted on trust. */
  #checkSums(): void {
    const kept = this.#tables.totals.get([this.#event.id]) ?? NO_TOTALS;
    const told = { ...this.#tally.totals, conflicts: kept.conflicts };
    if (!isDeepStrictEqual(kept, told)) this.#breach('its totals are not what its facts add up to');
    const minutes = this.#tables.minutes.range(rowsUnder([this.#event.id]));
    const keptMinutes = new Map(
      Array.from(minutes, ({ key: [, minute], value }) => [minute, value]),
    );
    if (!isDeepStrictEqual(keptMinutes, this.#tally.minutes)) {
      this.#breach('its sales by minute are not what its facts add up to');
    }
  }

  #breach(what: string): void {
    this.#findings.breach(`event ${this.#event.id}: ${what}`);
  }
}
