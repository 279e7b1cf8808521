/**
 * One event as a shard has it: its record, its plan, a byte of state for every seat, and who has the seats that are
 * reserved. Only the seats of this shard's blocks ever move here (I1); the others stay at zero and are never asked about.
 */

import { type Holder, readsAsFree, type SeatView } from '../domain/decide-taking.js';
import type { EventRecord } from '../domain/event.js';
import type { SeatNumber } from '../domain/ids.js';
import { orphansLeft } from '../domain/orphans.js';
import { seatHomeKey, shardOf } from '../domain/ownership.js';
import { SEAT_STATE, type SeatStateCode } from '../domain/seat-table.js';
import type { VenuePlan } from '../domain/venue-plan.js';
import { assert } from '../lib/assert.js';
import type { EpochMs } from '../lib/clock.js';
import type { SeatColumn } from './seat-actors.js';

export class EventSeats implements SeatView, SeatColumn {
  /** Replaced when the event's owner changes it. */
  event: EventRecord;
  readonly plan: VenuePlan;
  readonly base: number;
  readonly states: Uint8Array;
  readonly #holders = new Map<SeatNumber, Holder>();

  /** @param base where this event's seats begin in the shard's numbering of all seats */
  constructor(event: EventRecord, plan: VenuePlan, base: number) {
    this.event = event;
    this.plan = plan;
    this.base = base;
    this.states = new Uint8Array(plan.totalSeats + 1);
  }

  get totalSeats(): number {
    return this.plan.totalSeats;
  }

  stateOf(seat: SeatNumber): SeatStateCode {
    return this.states[seat] as SeatStateCode; // the column holds nothing else
  }

  holderOf(seat: SeatNumber): Holder | undefined {
    return this.#holders.get(seat);
  }

  setHolder(seat: SeatNumber, holder: Holder): void {
    this.#holders.set(seat, holder);
  }

  clearHolder(seat: SeatNumber): void {
    this.#holders.delete(seat);
  }

  orphansLeft(seats: readonly SeatNumber[], now: EpochMs): readonly SeatNumber[] {
    const isFree = (seat: SeatNumber) => readsAsFree(this.stateOf(seat), this.holderOf(seat), now);
    return orphansLeft(this.plan, isFree, seats);
  }

  /** The shard, of so many, that owns the seat. */
  ownerOf(seat: SeatNumber, shardCount: number): number {
    return shardOf(seatHomeKey(this.event.id, this.plan, seat), shardCount);
  }

  /** I6: a seat that a restart finds taken. */
  restore(seat: SeatNumber, state: SeatStateCode): void {
    assert(
      this.states[seat] === SEAT_STATE.available,
      `I2: seat ${seat} of ${this.event.id} is taken twice`,
    );
    this.states[seat] = state;
  }
}
