/**
 * The owner of seats. One shard is one thread's worth of state; every command for its seats is handled here, one after the
 * other: *decide* (pure), then *apply* (the seats' actors move, the records are staged). It owns no thread, no port and no
 * system timer: whoever hosts it calls its methods and, once a turn, `endTurn`.
 *
 * 1. Only this shard moves its seats, and it handles one command at a time (I1).
 * 2. One reading of the clock serves a whole batch.
 * 3. Nothing leaves before what it rests on is on disk (`outbox.ts`, I3).
 */

import { accepted } from '../domain/rejection.js';
import { unreachable } from '../lib/assert.js';
import type { Clock, ElapsedMs, EpochMs } from '../lib/clock.js';
import { CLAIM_LIFE_MS, claimSeats, openClaims, withdrawClaim } from './claiming.js';
import {
  clearEvent,
  createEvent,
  deleteEvent,
  refreshEvent,
  unblockSeats,
  updateEvent,
} from './event-turn.js';
import { ExpiryPace } from './expiry-pace.js';
import type { Claim, Hold } from './holding.js';
import { Outbox } from './outbox.js';
import { type Parked, Parking } from './parking.js';
import { askHome, catchUpAfterRestart, hear } from './peer-talk.js';
import type {
  PeerMessage,
  ShardOutlets,
  ShardRequest,
  SnapshotPart,
  StoreLoad,
  StoreLoaded,
  TurnCommitted,
} from './ports.js';
import { moveReservation } from './reservation-turn.js';
import { reserve } from './reserving.js';
import { restorePart } from './restoring.js';
import { type Awake, endIfOverdue, reply, type ShardCore, type ShardLimits } from './shard-core.js';
import { ShardState } from './shard-state.js';

export type { ShardLimits } from './shard-core.js';

export interface ShardOptions {
  readonly index: number;
  readonly shardCount: number;
  readonly clock: Clock;
  readonly limits: ShardLimits;
  readonly outlets: ShardOutlets;
  /** Called once when something begins to wait for `endTurn`. */
  readonly wantsTurn: () => void;
}

/** Plain numbers for the metrics. */
export interface ShardMeasures {
  readonly events: number;
  readonly holds: number;
  readonly claims: number;
  readonly commandsHandled: number;
  readonly commandsParked: number;
  readonly turnsInFlight: number;
  readonly seatActorsAwake: number;
  readonly holdsExpired: number;
}

export class Shard implements ShardCore {
  readonly limits: ShardLimits;
  readonly state: ShardState;
  readonly outbox: Outbox;
  readonly parking: Parking;
  readonly #clock: Clock;
  readonly #readers = new Map<number, (loaded: StoreLoaded) => void>();
  readonly #pace: ExpiryPace;
  #now: EpochMs;
  #tickets = 0;
  #commandsHandled = 0;
  #holdsExpired = 0;

  constructor(options: ShardOptions) {
    const { index, shardCount, clock, limits } = options;
    this.limits = limits;
    this.#clock = clock;
    this.#now = clock.now();
    this.#pace = new ExpiryPace(limits.expiriesPerTurnMax);
    this.state = new ShardState({
      index,
      shardCount,
      now: this.#now,
      elapsed: clock.elapsed(),
      seatActorsMax: limits.seatActorsMax,
    });
    this.outbox = new Outbox(options.outlets, options.wantsTurn);
    this.parking = new Parking(limits.parkedCommandsMax);
  }

  now(): EpochMs {
    return this.#now;
  }

  elapsed(): ElapsedMs {
    return this.#clock.elapsed();
  }

  /** Before anything else: what the store has, in its order. */
  restore(part: SnapshotPart): void {
    restorePart(this.state, part, this.#clock);
  }

  /** A desk's commands, in the order in which it sent them. */
  receive(gateway: number, requests: readonly ShardRequest[]): void {
    this.#now = this.#clock.now();
    for (const request of requests) this.handle({ gateway, request }, undefined);
  }

  hear(fromShard: number, messages: readonly PeerMessage[]): void {
    this.#now = this.#clock.now();
    for (const message of messages) hear(this, fromShard, message);
  }

  committed(ack: TurnCommitted): void {
    this.outbox.committed(ack);
  }

  loaded(ticket: number, loaded: StoreLoaded): void {
    this.#now = this.#clock.now();
    const reader = this.#readers.get(ticket);
    this.#readers.delete(ticket);
    reader?.(loaded);
  }

  /** Another shard has started anew. */
  peerRestarted(shard: number): void {
    this.#now = this.#clock.now();
    catchUpAfterRestart(this, shard);
  }

  /** Writes down what has come to its end. To be called at or after `nextDueAt`. */
  tick(): void {
    this.#now = this.#clock.now();
    if (!this.#pace.isUnderWay) this.#expireDue();
    const asks: Claim[] = [];
    this.state.askClock.advance(this.elapsed(), (claim) => {
      claim.slot = undefined;
      asks.push(claim);
    });
    for (const claim of asks) {
      if (this.state.claims.get(claim.reservationId) === claim) askHome(this, claim);
    }
    this.state.forgetBuried(this.elapsed() - 2 * CLAIM_LIFE_MS);
  }

  /** When `tick` is wanted next; undefined: nothing waits. */
  nextDueAt(): EpochMs | undefined {
    const holds = this.#pace.isUnderWay ? undefined : this.state.holdClock.nextDueAt();
    const askAt = this.state.askClock.nextDueAt();
    if (askAt === undefined) return holds;
    const asks = this.#clock.now() + askAt - this.elapsed();
    return holds === undefined ? asks : Math.min(asks, holds);
  }

  /** Once a turn of the host's event loop, after whatever came in: what is to leave leaves together. */
  endTurn(): void {
    this.outbox.endTurn();
  }

  measures(): ShardMeasures {
    return {
      events: this.state.events.size,
      holds: this.state.holds.size,
      claims: this.state.claims.size,
      commandsHandled: this.#commandsHandled,
      commandsParked: this.parking.count,
      turnsInFlight: this.outbox.turnsInFlight,
      seatActorsAwake: this.state.actors.awakeCount,
      holdsExpired: this.#holdsExpired,
    };
  }

  read(load: StoreLoad, then: (loaded: StoreLoaded) => void): void {
    this.#tickets += 1;
    this.#readers.set(this.#tickets, then);
    this.outbox.load(this.#tickets, load);
  }

  handle(parked: Parked, awake: Awake): void {
    const { command } = parked.request;
    this.#commandsHandled += 1;
    switch (command.type) {
      case 'reservation.reserve':
        return reserve(this, parked, command, awake);
      case 'reservation.confirm':
      case 'reservation.cancel':
      case 'reservation.extend':
      case 'reservation.release':
      case 'reservation.refund':
        return moveReservation(this, parked, command, awake);
      case 'seats.claim':
        return claimSeats(this, parked, command, awake);
      case 'claims.withdraw':
        withdrawClaim(this, command.reservationId);
        return reply(this, parked, accepted(null));
      case 'claims.open':
        return openClaims(this, parked, command);
      case 'seats.unblock':
        return unblockSeats(this, parked, command, awake);
      case 'event.create':
        return createEvent(this, parked, command, awake);
      case 'event.update':
        return updateEvent(this, parked, command, awake);
      case 'event.delete':
        return deleteEvent(this, parked, command, awake);
      case 'event.refresh':
        return refreshEvent(this, parked, command);
      case 'event.clear':
        return clearEvent(this, parked, command);
      default:
        return unreachable(command);
    }
  }

  #expireDue(): void {
    let count = 0;
    const expire = (hold: Hold) => {
      hold.slot = undefined;
      endIfOverdue(this, hold);
      count += 1;
    };
    this.state.holdClock.advance(this.#now, expire, this.#pace.count);
    if (count === 0) return;
    this.#holdsExpired += count;
    this.#pace.begin(this.elapsed(), count);
    this.outbox.whenCommitted(() => this.#pace.written(this.elapsed()));
  }
}
