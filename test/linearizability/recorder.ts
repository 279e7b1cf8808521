/**
 * Writes down what clients of one event ask and are told, through the server's deaths.
 *
 * 1. A call is noted before it is sent, an end when its answer is here.
 * 2. A request without an answer may have its effect until the server's process has ended. With an Idempotency-Key it is sent again
 *    afterwards, and is one operation with its repetition; a reserve without one is looked up afterwards.
 * 3. With one gateway what is acknowledged is in its replica (DESIGN, "Life of a request"), so that a seat reads as it is. With
 *    several, a gateway's replica has what was acknowledged on its own connections, and all of before its start; it never goes back.
 */
import { isYes } from '../support/answer-check.js';
import type { ReservationBody, SeatBody } from '../support/api-bodies.js';
import { problemOf, type Reply } from '../support/api-client.js';
import type { ClientRequest } from '../support/client-book.js';
import type { Action, Moment, Operation, SeatReading } from './history.js';

export interface RecorderOptions {
  readonly holdMs: number;
  /** The place of a seat by its label, from 0. */
  readonly placeOf: (seatId: string) => number;
  /** Seats are read from one of several replicas. */
  readonly isReplicated: boolean;
}

/** One client on one connection. */
export interface Session {
  readonly number: number;
  /** What was acknowledged before this order is in every reading on this connection. */
  since: number;
}

/** A request under way, or never answered. */
interface Open {
  readonly session: Session;
  readonly call: Moment;
  /** The death after which it can have no effect any more. */
  end: Moment | undefined;
}

/** What a reservation is when a request about it is refused. */
const DENIALS = {
  reservation_expired: 'expired',
  reservation_cancelled: 'cancelled',
  reservation_confirmed: 'confirmed',
  reservation_refunded: 'refunded',
  extension_refused: 'extension',
} as const;

export class Recorder {
  readonly history: Operation[] = [];
  readonly #options: RecorderOptions;
  readonly #open = new Map<ClientRequest, Open>();
  /** What each reservation was last known to have. */
  readonly #seatIds = new Map<string, readonly string[]>();
  #order = 0;
  #sessions = 0;
  #unnamed = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Requests that were never answered. */
  get lost(): readonly ClientRequest[] {
    return [...this.#open.keys()];
  }

  /** A connection to a server that has just started. */
  session(): Session {
    this.#sessions += 1;
    return { number: this.#sessions, since: this.moment().order };
  }

  moment(): Moment {
    this.#order += 1;
    return { order: this.#order, at: Date.now() };
  }

  asked(session: Session, request: ClientRequest): void {
    if (!this.#open.has(request)) {
      this.#open.set(request, { session, call: this.moment(), end: undefined });
    }
  }

  /** @param reply undefined: the connection was lost */
  answered(request: ClientRequest, reply: Reply<unknown> | undefined): void {
    const open = this.#open.get(request);
    if (open === undefined || reply === undefined || isLater(reply)) return;
    const end = this.moment();
    this.#open.delete(request);
    open.session.since = end.order;
    const { session, call } = open;
    const action = isYes(request, reply)
      ? this.#done(request, reply.body as ReservationBody) // a yes is a reservation (API §3)
      : this.#refused(request, reply);
    this.#note(session, call, end, action);
  }

  /** The server's process has ended. */
  died(): void {
    const end = this.moment();
    for (const open of this.#open.values()) open.end ??= end;
  }

  /** What came of a reserve that was never answered, looked up on a server started since; undefined: nothing. */
  lookedUp(request: ClientRequest, found: ReservationBody | undefined): void {
    const { session, call, end } = this.#take(request);
    const seats = this.#places(request.body.seatIds ?? []);
    const action: Action =
      found === undefined ? { type: 'refuse', seats, conflicts: [] } : this.#done(request, found);
    this.#note(session, call, end, action);
  }

  /** Any other request that was never answered: its effect is to be seen, or not. */
  forgotten(request: ClientRequest): void {
    const { session, call, end } = this.#take(request);
    const { kind, reservationId = '' } = request;
    if (kind === 'reserve') {
      this.#unnamed += 1;
      const reservation = `unknown-${this.#unnamed}`;
      const seats = this.#places(request.body.seatIds ?? []);
      const { holdMs } = this.#options;
      this.#note(session, call, end, { type: 'reserve', reservation, seats, holdMs }, true);
    } else if (kind === 'release') {
      const isWhole = request.body.seatIds?.length === this.#seatIds.get(reservationId)?.length;
      this.#note(session, call, end, this.#release(request, isWhole), true);
    } else this.#note(session, call, end, { type: kind, reservation: reservationId }, true);
  }

  async readSeats(session: Session, ask: () => Promise<readonly SeatBody[] | undefined>) {
    const call = this.moment();
    const { since } = session;
    const seats = await ask();
    if (seats === undefined) return;
    const { placeOf, isReplicated } = this.#options;
    const readings = seats.map(({ seatId, status, expiresAt }): SeatReading => {
      if (status === 'blocked') throw new Error(`nobody blocked ${seatId}`);
      const seat = placeOf(seatId);
      return expiresAt === undefined
        ? { seat, status }
        : { seat, status, expiresAt: Date.parse(expiresAt) };
    });
    const action: Action = { type: 'readSeats', seats: readings };
    this.#note(session, call, this.moment(), isReplicated ? { ...action, since } : action);
  }

  async readReservation(session: Session, ask: () => Promise<ReservationBody | undefined>) {
    const call = this.moment();
    const found = await ask();
    if (found === undefined) return;
    const { id: reservation, status, seatIds, expiresAt } = found;
    const seats = this.#places(seatIds);
    this.#note(session, call, this.moment(), {
      type: 'readReservation',
      reservation,
      status,
      seats,
      expiresAt: Date.parse(expiresAt),
    });
  }

  #take(request: ClientRequest): Open & { readonly end: Moment } {
    const open = this.#open.get(request);
    if (open?.end === undefined) throw new Error('the server may still answer that');
    this.#open.delete(request);
    return { ...open, end: open.end };
  }

  #note({ number }: Session, call: Moment, end: Moment, action: Action, isUnknown = false): void {
    this.history.push({ session: number, call, end, isUnknown, action });
  }

  #done(request: ClientRequest, { id, seatIds, status, expiresAt }: ReservationBody): Action {
    const { kind } = request;
    this.#seatIds.set(id, seatIds);
    switch (kind) {
      case 'reserve': {
        const { holdMs } = this.#options;
        const seats = this.#places(seatIds);
        return { type: kind, reservation: id, seats, holdMs, expiresAt: Date.parse(expiresAt) };
      }
      case 'extend':
        return { type: kind, reservation: id, expiresAt: Date.parse(expiresAt) };
      case 'release':
        return this.#release(request, status === 'cancelled');
      default:
        return { type: kind, reservation: id };
    }
  }

  #release({ reservationId = '', body }: ClientRequest, isWhole: boolean): Action {
    const seats = this.#places(body.seatIds ?? []);
    return { type: 'release', reservation: reservationId, seats, isWhole };
  }

  #refused(request: ClientRequest, reply: Reply<unknown>): Action {
    const { code, conflicts = [] } = problemOf(reply);
    const { reservationId, body } = request;
    if (reservationId === undefined) {
      const seats = this.#places(body.seatIds ?? []);
      return {
        type: 'refuse',
        seats,
        conflicts: this.#places(conflicts.map((each) => each.seatId)),
      };
    }
    if (!(code in DENIALS)) throw new Error(`${request.kind} was answered ${code}`);
    const because = DENIALS[code as keyof typeof DENIALS]; // it is one of them
    return { type: 'deny', reservation: reservationId, because };
  }

  #places(seatIds: readonly string[]): number[] {
    return seatIds.map(this.#options.placeOf);
  }
}

/** Nothing is known by this answer. */
function isLater(reply: Reply<unknown>): boolean {
  return reply.status === 503 || problemOf(reply).code === 'idempotency_in_flight';
}
