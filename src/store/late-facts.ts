/**
 * The facts of which the lagging tables need not have everything (`lagging-indexes.ts`): what they
 * are about cannot be held against those tables. A store that is opened takes it from the facts
 * again.
 */
import { type Fact, isEventFact } from '../domain/facts.js';
import type { EventId, ReservationId, SeatNumber } from '../domain/ids.js';

export class LateFacts {
  readonly #indexed: number;
  readonly #seats = new Set<string>();
  readonly #reservations = new Set<ReservationId>();

  /** @param indexed the sequence up to which the tables have everything */
  constructor(indexed: number) {
    this.#indexed = indexed;
  }

  note(sequence: number, fact: Fact): void {
    if (sequence <= this.#indexed || isEventFact(fact)) return;
    for (const seat of fact.seats) this.#seats.add(`${seat} ${fact.eventId}`);
    if (fact.type === 'reservation.reserved') this.#reservations.add(fact.reservationId);
  }

  hasSeat(eventId: EventId, seat: SeatNumber): boolean {
    return this.#seats.has(`${seat} ${eventId}`);
  }

  hasReservation(id: ReservationId): boolean {
    return this.#reservations.has(id);
  }
}
