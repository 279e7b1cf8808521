/**
 * Seats granted to users of limited events that the store does not show yet. What a user has is what the store shows (live
 * reservations, wherever their homes are) and what was granted here since: both are needed to make `maxSeatsPerUser` exact
 * under a race. A grant is settled once its reservation is on disk or has come to nothing.
 *
 * 1. A grant that is settled while a reading of the store is on its way counts until that reading has been used: the
 *    reading may be older than the settlement.
 */
import type { EventId, ReservationId, UserId } from '../domain/ids.js';

interface Account {
  readonly granted: Map<ReservationId, number>;
  readonly settled: Set<ReservationId>;
  isBeingRead: boolean;
}

export function allowanceKey(eventId: EventId, userId: UserId): string {
  return `allowance ${eventId} ${userId}`;
}

export class Allowances {
  readonly #accounts = new Map<string, Account>();
  readonly #keyOf = new Map<ReservationId, string>();

  grant(key: string, reservationId: ReservationId, seats: number): void {
    this.#account(key).granted.set(reservationId, seats);
    this.#keyOf.set(reservationId, key);
  }

  settle(reservationId: ReservationId): void {
    const key = this.#keyOf.get(reservationId);
    const account = key === undefined ? undefined : this.#accounts.get(key);
    if (key === undefined || account === undefined) return;
    if (account.isBeingRead) {
      account.settled.add(reservationId);
      return;
    }
    this.#remove(key, account, reservationId);
  }

  beginReading(key: string): void {
    this.#account(key).isBeingRead = true;
  }

  /** The reading was used. */
  endReading(key: string): void {
    const account = this.#account(key);
    account.isBeingRead = false;
    for (const reservationId of account.settled) this.#remove(key, account, reservationId);
    account.settled.clear();
    this.#dropIfEmpty(key, account);
  }

  /** Seats granted and not among the reservations that the store showed. */
  grantedBeside(key: string, shown: ReadonlySet<ReservationId>): number {
    let seats = 0;
    for (const [reservationId, count] of this.#accounts.get(key)?.granted ?? []) {
      if (!shown.has(reservationId)) seats += count;
    }
    return seats;
  }

  #account(key: string): Account {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account: Account = { granted: new Map(), settled: new Set(), isBeingRead: false };
    this.#accounts.set(key, account);
    return account;
  }

  #remove(key: string, account: Account, reservationId: ReservationId): void {
    account.granted.delete(reservationId);
    this.#keyOf.delete(reservationId);
    this.#dropIfEmpty(key, account);
  }

  #dropIfEmpty(key: string, account: Account): void {
    if (account.granted.size === 0 && !account.isBeingRead) this.#accounts.delete(key);
  }
}
