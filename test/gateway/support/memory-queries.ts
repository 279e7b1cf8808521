/** The store's part of the memory desk: lists, the log, statistics and idempotency keys. */

import type { IdempotencyStart, KeptAnswer, StoreQueries } from '../../../src/desk/ports.js';
import type { CommandOutcome, IdempotencyMark } from '../../../src/domain/commands.js';
import { isEventFact, isReservationFact } from '../../../src/domain/facts.js';
import { recordAt } from '../../../src/domain/reservation.js';
import type { MemoryDesk } from './memory-desk.js';

type Ask<Name extends keyof StoreQueries> = StoreQueries[Name]['ask'];
type AnswerTo<Name extends keyof StoreQueries> = StoreQueries[Name]['answer'];

interface KeptEntry extends IdempotencyMark {
  readonly result: { readonly outcome: CommandOutcome } | { readonly answer: KeptAnswer };
}

export class MemoryQueries {
  readonly #desk: MemoryDesk;
  readonly #kept = new Map<string, KeptEntry>();
  readonly #inFlight = new Map<string, string>();

  constructor(desk: MemoryDesk) {
    this.#desk = desk;
  }

  answer<Name extends keyof StoreQueries>(name: Name, ask: Ask<Name>): AnswerTo<Name> {
    const answers: { [Each in keyof StoreQueries]: (ask: Ask<Each>) => AnswerTo<Each> } = {
      reservation: ({ reservationId }) => this.#desk.records.get(reservationId),
      seatHolder: () => undefined,
      userReservations: (page) => this.#userReservations(page),
      eventLog: ({ eventId, after, limit }) =>
        this.#desk.facts
          .filter(({ sequence, fact }) => fact.eventId === eventId && sequence > after)
          .slice(0, limit),
      seatHistory: ({ eventId, seat, limit }) =>
        this.#desk.facts
          .filter(({ fact }) => fact.eventId === eventId)
          .filter(({ fact }) => !isEventFact(fact) && fact.seats.includes(seat))
          .reverse()
          .slice(0, limit),
      stats: (stats) => this.#stats(stats),
      beginIdempotent: (start) => this.#begin(start),
    };
    return answers[name](ask);
  }

  keep(mark: IdempotencyMark, result: KeptEntry['result']): void {
    const { key, fingerprint, requestId } = mark;
    this.#inFlight.delete(key);
    this.#kept.set(key, { key, fingerprint, requestId, result });
  }

  abandon(key: string): void {
    this.#inFlight.delete(key);
  }

  #begin({ key, fingerprint }: Ask<'beginIdempotent'>): IdempotencyStart {
    const kept = this.#kept.get(key);
    const other = kept?.fingerprint ?? this.#inFlight.get(key);
    if (other !== undefined && other !== fingerprint) return { found: 'other_body' };
    if (kept !== undefined) {
      const { requestId, result } = kept;
      return 'outcome' in result
        ? { found: 'outcome', outcome: result.outcome, requestId }
        : { found: 'answer', answer: result.answer, requestId };
    }
    if (other !== undefined) return { found: 'in_flight' };
    this.#inFlight.set(key, fingerprint);
    return { found: 'fresh' };
  }

  #userReservations(ask: Ask<'userReservations'>): AnswerTo<'userReservations'> {
    const all = [...this.#desk.records.values()]
      .map((record) => recordAt(record, ask.now))
      .filter(({ userId }) => userId === ask.userId)
      .filter(({ eventId }) => ask.eventId === undefined || eventId === ask.eventId)
      .filter(({ status }) => ask.status === undefined || status === ask.status)
      .reverse();
    const after = ask.cursor === undefined ? '' : Buffer.from(ask.cursor, 'base64url').toString();
    const from = all.findIndex(({ id }) => id === after) + 1;
    const data = all.slice(from, from + ask.limit);
    const last = data.at(-1);
    const isLast = last === undefined || from + data.length === all.length;
    return { data, nextCursor: isLast ? null : Buffer.from(last.id).toString('base64url') };
  }

  #stats({ eventId }: Ask<'stats'>): AnswerTo<'stats'> {
    const reservations = { reserved: 0, confirmed: 0, cancelled: 0, expired: 0, refunded: 0 };
    for (const { fact } of this.#desk.facts) {
      const status = fact.type.slice('reservation.'.length);
      if (isReservationFact(fact) && status in reservations) {
        reservations[status as keyof typeof reservations] += 1;
      }
    }
    const byCategory = [{ category: null, seats: reservations.confirmed, amount: 0 }];
    const byMinute = [{ minute: this.#desk.time, seats: reservations.confirmed, amount: 0 }];
    return { eventId, reservations, conflicts: 0, byCategory, byMinute };
  }
}
