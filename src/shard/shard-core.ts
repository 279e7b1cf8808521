/**
 * What the shard's parts share: the state, the way out, the lines of waiting commands, and the turn's one reading of the
 * clock. Owns the two things that every part does alike: committing facts and waiting for something to be read.
 */

import type { CommandOutcome, IdempotencyMark } from '../domain/commands.js';
import { reservationMoved } from '../domain/decide-reservation.js';
import type { Fact, ReservationFact } from '../domain/facts.js';
import { isReservationFact } from '../domain/facts.js';
import type { ReservationId, SeatNumber } from '../domain/ids.js';
import { accepted } from '../domain/rejection.js';
import { isOverdue, type ReservationRecord } from '../domain/reservation.js';
import { assert, present } from '../lib/assert.js';
import type { ElapsedMs, EpochMs } from '../lib/clock.js';
import type { EventSeats } from './event-seats.js';
import type { Hold } from './holding.js';
import type { Outbox } from './outbox.js';
import type { Parked, Parking } from './parking.js';
import type { SeatNews, ShardAnswer, StagedEntry, StoreLoad, StoreLoaded } from './ports.js';
import type { ShardState } from './shard-state.js';

/** Limits of one shard; all from `config.ts`. */
export interface ShardLimits {
  /** Commands that may wait for something to be read or heard; past it the answer is `overloaded`. */
  readonly parkedCommandsMax: number;
  /** Seats that may be XState actors at once. */
  readonly seatActorsMax: number;
  /** After so long without news of a claim its home is asked, milliseconds. */
  readonly claimAskMs: number;
  /** A claim that was not opened for so long is given up when its home is asked, milliseconds. */
  readonly claimOpenMsMax: number;
  /** Overdue holds written down in one turn at most; the rest follow in the next (they read as over meanwhile, I5). */
  readonly expiriesPerTurnMax: number;
}

/** A command's second look: what it waited for. */
export type Awake = StoreLoaded | undefined;

export interface ShardCore {
  readonly limits: ShardLimits;
  readonly state: ShardState;
  readonly outbox: Outbox;
  readonly parking: Parking;
  /** The turn's reading of the clock. */
  now(): EpochMs;
  /** For how long something has waited, though the clock be set. */
  elapsed(): ElapsedMs;
  /** Asks the store; `then` runs when the answer is there, after everything that was staged before. */
  read(load: StoreLoad, then: (loaded: StoreLoaded) => void): void;
  /** Looks at a command (again). */
  handle(parked: Parked, awake: Awake): void;
}

export function reply(
  core: ShardCore,
  { gateway, request }: Parked,
  outcome: ShardAnswer['outcome'],
): void {
  core.outbox.answer(gateway, request.id, outcome);
}

/** The command waits in line for `load`; the line is looked at again, in order, when it is there. */
export function waitFor(core: ShardCore, key: string, parked: Parked, load: StoreLoad): void {
  if (!park(core, key, parked)) return;
  core.read(load, (loaded) => release(core, key, loaded));
}

/** @returns true when it is the first in its line, and someone must see to what it waits for */
export function park(core: ShardCore, key: string, parked: Parked): boolean {
  if (core.parking.isFull) {
    reply(core, parked, { ok: false, undecided: 'overloaded' });
    return false;
  }
  return core.parking.park(key, parked);
}

/** The whole line is looked at again. */
export function release(core: ShardCore, key: string, awake: Awake): void {
  for (const parked of core.parking.take(key)) core.handle(parked, awake);
}

/** One accepted command's facts in the making: applied at once, staged as one transaction. */
export class Transaction {
  readonly #core: ShardCore;
  readonly #facts: Fact[] = [];
  /** One a reservation, in the order in which they were moved first. */
  readonly #records: ReservationRecord[] = [];

  constructor(core: ShardCore) {
    this.#core = core;
  }

  /** @param before the record, where the reservation is not among the holds */
  move(fact: ReservationFact, before?: ReservationRecord): ReservationRecord {
    const record = this.#core.state.apply(fact, before);
    this.#facts.push(fact);
    const index = this.#records.findIndex(({ id }) => id === record.id);
    if (index === -1) this.#records.push(record);
    else this.#records[index] = record;
    return record;
  }

  /** A fact that is not a reservation's; whoever adds it has applied it. */
  add(fact: Fact): void {
    assert(!isReservationFact(fact), 'a reservation is moved');
    this.#facts.push(fact);
  }

  /** An overdue hold ends, at its deadline, before anything else is decided about its seats (I5). */
  expire(hold: Hold): void {
    this.move(reservationMoved(hold.record, 'reservation.expired', this.#core.now()));
  }

  /** Staged for the disk, and the other owners of its seats are told once it is there. */
  stage(mark?: IdempotencyMark, outcome?: CommandOutcome): void {
    if (this.#facts.length === 0 && mark === undefined) return;
    const entry: StagedEntry = { facts: this.#facts, records: this.#records };
    this.#core.outbox.stage(
      mark === undefined || outcome === undefined
        ? entry
        : { ...entry, remember: { ...mark, outcome } },
    );
    if (this.#core.state.shardCount === 1) return;
    for (const fact of this.#facts) {
      if (isReservationFact(fact)) tellOwners(this.#core, fact, this.#recordOf(fact.reservationId));
    }
  }

  #recordOf(reservationId: ReservationId): ReservationRecord {
    return present(
      this.#records.find(({ id }) => id === reservationId),
      reservationId,
    );
  }
}

/** Writes down that the hold is over, if it is: so it is whether or not someone asked (I5). */
export function endIfOverdue(core: ShardCore, hold: Hold): ReservationRecord {
  if (!isOverdue(hold.record, core.now())) return hold.record;
  const transaction = new Transaction(core);
  transaction.expire(hold);
  transaction.stage();
  return hold.record;
}

/** Stages and answers with the value. */
export function accept(
  core: ShardCore,
  parked: Parked,
  transaction: Transaction,
  value: NonNullable<AcceptedValue>,
): void {
  const outcome = accepted(value);
  const { command } = parked.request;
  transaction.stage('idempotency' in command ? command.idempotency : undefined, outcome);
  reply(core, parked, outcome);
}

type AcceptedValue = Extract<CommandOutcome, { ok: true }>['value'];

const NEWS_STATE = {
  'reservation.reserved': 'reserved',
  'reservation.extended': 'reserved',
  'reservation.confirmed': 'booked',
  'reservation.cancelled': 'free',
  'reservation.expired': 'free',
  'reservation.released': 'free',
  'reservation.refunded': 'free',
} as const satisfies Record<ReservationFact['type'], SeatNews['state']>;

function tellOwners(core: ShardCore, fact: ReservationFact, record: ReservationRecord): void {
  const event = core.state.seatsOf(fact.eventId);
  const state = NEWS_STATE[fact.type];
  for (const [owner, seats] of foreignSeats(core, event, fact.seats)) {
    const news = seats.map(
      (seat): SeatNews =>
        state === 'reserved' ? { seat, state, expiresAt: record.expiresAt } : { seat, state },
    );
    core.outbox.tell(owner, {
      type: 'claim.news',
      reservationId: record.id,
      eventId: record.eventId,
      seats: news,
    });
  }
}

/** The seats that other shards own, by owner. */
export function foreignSeats(
  core: ShardCore,
  event: EventSeats,
  seats: readonly SeatNumber[],
): ReadonlyMap<number, SeatNumber[]> {
  const byOwner = new Map<number, SeatNumber[]>();
  for (const seat of seats) {
    const owner = event.ownerOf(seat, core.state.shardCount);
    if (owner === core.state.index) continue;
    const list = byOwner.get(owner);
    if (list === undefined) byOwner.set(owner, [seat]);
    else list.push(seat);
  }
  return byOwner;
}
