/** The two ways in which this shard can have to do with a live hold. */
import type { Holder } from '../domain/decide-taking.js';
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import type { ReservationRecord } from '../domain/reservation.js';
import type { ElapsedMs, EpochMs } from '../lib/clock.js';
import type { TimerSlot } from '../lib/timing-wheel.js';

/** A hold whose home is this shard: it alone moves it and writes its record. */
export class Hold implements Holder {
  /** Replaced by every fact about it. */
  record: ReservationRecord;
  /** Its place in the hold clock, while it waits there. */
  slot: TimerSlot | undefined;
  readonly homeIsHere = true;

  constructor(record: ReservationRecord) {
    this.record = record;
  }

  get reservationId(): ReservationId {
    return this.record.id;
  }

  get userId(): UserId {
    return this.record.userId;
  }

  get expiresAt(): EpochMs {
    return this.record.expiresAt;
  }
}

/** Seats taken here in another's name, and, with `allowance`, part of a user's allowance: the home says how it ends. */
export class Claim implements Holder {
  readonly homeIsHere = false;
  readonly reservationId: ReservationId;
  readonly eventId: EventId;
  readonly userId: UserId | null;
  readonly seats: readonly SeatNumber[];
  readonly home: number;
  /** By this shard. */
  readonly grantedAt: ElapsedMs;
  /** As claimed; the home's word replaces it. */
  expiresAt: EpochMs;
  /** The home has written the reservation. */
  isOpen: boolean;
  /** Its place in the clock that says when its home is to be asked. */
  slot: TimerSlot | undefined;

  constructor(claim: Omit<Claim, 'homeIsHere' | 'slot'>) {
    this.reservationId = claim.reservationId;
    this.eventId = claim.eventId;
    this.userId = claim.userId;
    this.seats = claim.seats;
    this.home = claim.home;
    this.grantedAt = claim.grantedAt;
    this.expiresAt = claim.expiresAt;
    this.isOpen = claim.isOpen;
  }
}
