/**
 * What clients were told, and what they asked without being told: kept outside the server, so that it outlives its deaths.
 *
 * 1. What was acknowledged stands: only time moves it on, or a request that was never answered.
 * 2. Whatever else is on the server was asked for by a request that was never answered, and is there once.
 */
import type { ReservationBody, ReservationStatusName } from './api-bodies.js';

export type RequestKind = 'reserve' | 'confirm' | 'cancel' | 'extend' | 'release' | 'refund';

/** A request that changes something; it can be sent again as it is. */
export interface ClientRequest {
  readonly kind: RequestKind;
  readonly path: string;
  /** Of a reserve the user is nobody else's: it tells which request a reservation comes from. */
  readonly body: { readonly userId: string; readonly seatIds?: readonly string[] };
  /** Absent with a reserve. */
  readonly reservationId?: string;
  readonly idempotencyKey?: string;
}

/** A reservation as it is found on the server, or as a client knows it. */
export type KnownReservation = Pick<
  ReservationBody,
  'id' | 'userId' | 'seatIds' | 'status' | 'expiresAt'
>;

export class ClientBook {
  readonly #told = new Map<string, KnownReservation>();
  /** Requests of which nobody knows what came. */
  readonly #unanswered = new Set<ClientRequest>();

  get told(): readonly KnownReservation[] {
    return [...this.#told.values()];
  }

  get unanswered(): readonly ClientRequest[] {
    return [...this.#unanswered];
  }

  /** The server has acknowledged the reservation as it is here. */
  acknowledged({ id, userId, seatIds, status, expiresAt }: KnownReservation): void {
    this.#told.set(id, { id, userId, seatIds, status, expiresAt });
  }

  /** The server has said that the hold was over. */
  expired(id: string): void {
    const known = this.#told.get(id);
    if (known !== undefined) this.#told.set(id, { ...known, status: 'expired' });
  }

  lost(request: ClientRequest): void {
    this.#unanswered.add(request);
  }

  /** What came of it is known now. */
  settled(request: ClientRequest): void {
    this.#unanswered.delete(request);
  }

  /** Everything that is not as it must be (1, 2). @param found all there is, as it reads at `now` */
  faults(found: Iterable<KnownReservation>, now: number): string[] {
    const here = new Map([...found].map((each) => [each.id, each]));
    const lost = this.told.flatMap((told) => {
      const fault = this.#changed(told, here.get(told.id), now);
      return fault === undefined ? [] : [`${text(told)}: ${fault}`];
    });
    return [...lost, ...this.#ghosts([...here.values()])];
  }

  /** What was found is what is known from now on. */
  adopt(found: Iterable<KnownReservation>): void {
    for (const each of found) this.acknowledged(each);
    for (const request of this.#unanswered) {
      if (request.idempotencyKey === undefined) this.#unanswered.delete(request);
    }
  }

  #changed(
    told: KnownReservation,
    found: KnownReservation | undefined,
    now: number,
  ): string | undefined {
    if (found === undefined) return 'is lost';
    const doubts = this.unanswered.filter(({ reservationId }) => reservationId === told.id);
    const kinds = new Set(doubts.map(({ kind }) => kind));
    const gone = new Set(
      doubts.flatMap(({ kind, body }) => (kind === 'release' ? body.seatIds : [])),
    );
    const left = told.seatIds.filter((seatId) => !gone.has(seatId));
    const isExtended = kinds.has('extend') && found.expiresAt > told.expiresAt;
    if (found.userId !== told.userId) return `is ${found.userId}'s`;
    if (found.expiresAt !== told.expiresAt && !isExtended) return `ends at ${found.expiresAt}`;
    if (!sameSeats(found.seatIds, told.seatIds) && !sameSeats(found.seatIds, left)) {
      return `has ${found.seatIds.join()}`;
    }
    return mayBecome(told, found, kinds, now) ? undefined : `is ${found.status}`;
  }

  #ghosts(found: readonly KnownReservation[]): string[] {
    const asked = new Map(
      this.unanswered
        .filter(({ kind }) => kind === 'reserve')
        .map((request) => [request.body.userId, request]),
    );
    return found
      .filter(({ id }) => !this.#told.has(id))
      .flatMap((ghost) => {
        const request = asked.get(ghost.userId);
        asked.delete(ghost.userId); // a second one of the same request is a ghost too
        if (request === undefined) return [`${text(ghost)} was never asked for, or refused`];
        const { seatIds = ghost.seatIds } = request.body;
        return sameSeats(seatIds, ghost.seatIds) ? [] : [`${text(ghost)}: ${seatIds.join()} asked`];
      });
  }
}

function mayBecome(
  told: KnownReservation,
  found: KnownReservation,
  doubts: ReadonlySet<RequestKind>,
  now: number,
): boolean {
  const { status } = found;
  if (status === told.status) return status !== 'reserved' || now < Date.parse(found.expiresAt);
  const byRequest: Partial<Record<ReservationStatusName, boolean>> = {
    confirmed: doubts.has('confirm'),
    cancelled: doubts.has('cancel') || doubts.has('release'),
    refunded: doubts.has('refund'),
    expired: now >= Date.parse(found.expiresAt),
  };
  const isRefund = told.status === 'confirmed' && status === 'refunded';
  return (told.status === 'reserved' || isRefund) && byRequest[status] === true;
}

function sameSeats(some: readonly string[], others: readonly string[]): boolean {
  return [...some].sort().join() === [...others].sort().join();
}

function text({ id, userId, status, seatIds, expiresAt }: KnownReservation): string {
  return `${id} of ${userId} (${status} ${seatIds.join()} until ${expiresAt})`;
}
