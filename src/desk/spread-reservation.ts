/**
 * Taking seats that several shards own, all or none (DESIGN, "Reservations over several shards"): claims to every owner, then
 * the opening by the home. Keeps the list of what is under way, so that a dead shard is not started again before everything
 * it took part in has come to an end.
 */

import type { ClaimSeats, IdempotencyMark, OpenClaims } from '../domain/commands.js';
import type { EventId, ReservationId, SeatNumber, UserId } from '../domain/ids.js';
import { type Conflict, type Outcome, type Rejection, rejected } from '../domain/rejection.js';
import type { ReservationRecord } from '../domain/reservation.js';
import type { ElapsedMs, EpochMs } from '../lib/clock.js';
import { ServerFault } from '../lib/server-fault.js';
import { overloaded } from './desk-faults.js';
import type { LinkOutcome, ShardLink } from './shard-link.js';

/** One owner's part. */
export interface Part {
  readonly shard: number;
  readonly seats: SeatNumber[];
  /** Seats to count against the user's allowance at this owner. */
  allowance: number;
}

export interface Spread {
  readonly reservationId: ReservationId;
  readonly eventId: EventId;
  readonly seats: readonly SeatNumber[];
  readonly parts: readonly Part[];
  readonly home: number;
  readonly claimedAt: ElapsedMs;
  readonly expiresAt: EpochMs;
  readonly limited: boolean;
  readonly what: OpenClaims['what'];
  readonly idempotency?: IdempotencyMark;
}

export type SpreadOutcome =
  | Outcome<ReservationRecord | null>
  | { readonly ok: false; readonly undecided: 'event_changed' };

interface UnderWay {
  readonly shards: ReadonlySet<number>;
  /** It will not be opened: what a shard granted may be gone. */
  isAborted: boolean;
  /** Set once the home was told to open it; resolves with the home's answer or its death. */
  opening: Promise<unknown> | undefined;
}

type ClaimAnswer = LinkOutcome<ClaimSeats> | ServerFault;

export class SpreadReservations {
  readonly #link: ShardLink;
  readonly #underWay = new Set<UnderWay>();

  constructor(link: ShardLink) {
    this.#link = link;
  }

  get count(): number {
    return this.#underWay.size;
  }

  /** @throws ServerFault where an owner restarts or is overloaded; nothing was taken then, unless the home died while it opened */
  take(spread: Spread): Promise<SpreadOutcome> {
    const shards = new Set(spread.parts.map((part) => part.shard));
    const underWay: UnderWay = { shards, isAborted: false, opening: undefined };
    this.#underWay.add(underWay);
    return this.#claimAndOpen(spread, underWay).finally(() => this.#underWay.delete(underWay));
  }

  /**
   * What the shard granted is gone with it: what is not being opened will not be. Waiting for more than the openings would be
   * waiting in a circle, as an owner may be waiting for the dead shard's word.
   *
   * @returns a promise of the end of every opening that it took part in
   */
  async shardDown(shard: number): Promise<void> {
    const involved = [...this.#underWay].filter((underWay) => underWay.shards.has(shard));
    for (const underWay of involved) underWay.isAborted = true;
    await Promise.allSettled(involved.map((underWay) => underWay.opening));
  }

  async #claimAndOpen(spread: Spread, underWay: UnderWay): Promise<SpreadOutcome> {
    const answers = await Promise.all(spread.parts.map((part) => this.#claim(spread, part)));
    if (
      underWay.isAborted ||
      answers.some((answer) => answer instanceof ServerFault || !answer.ok)
    ) {
      await this.#withdraw(spread);
      return refusal(spread, answers);
    }
    const { reservationId, eventId, seats, limited, what, home } = spread;
    const owners = spread.parts.map((part) => part.shard);
    const open: OpenClaims = {
      type: 'claims.open',
      reservationId,
      eventId,
      seats,
      owners,
      limited,
      what,
    };
    const { idempotency } = spread;
    const opening = this.#link.ask(
      home,
      idempotency === undefined ? open : { ...open, idempotency },
    );
    underWay.opening = opening;
    const outcome = await opening;
    if (outcome.ok) return outcome;
    await this.#withdraw(spread);
    if (!('undecided' in outcome)) return outcome;
    if (outcome.undecided === 'event_changed') return { ok: false, undecided: 'event_changed' };
    throw lost();
  }

  #claim(spread: Spread, part: Part): Promise<ClaimAnswer> {
    const { reservationId, eventId, claimedAt, expiresAt, what } = spread;
    const userId: UserId | null = what.purpose === 'block' ? null : what.userId;
    const { seats, allowance, shard } = part;
    const claim: ClaimSeats = {
      type: 'seats.claim',
      reservationId,
      eventId,
      userId,
      seats,
      allowance,
      claimedAt,
      expiresAt,
    };
    return this.#link.ask(shard, claim).catch((fault: unknown) => {
      if (fault instanceof ServerFault) return fault;
      throw fault;
    });
  }

  /**
   * Waited for: who is refused has left nothing behind, and nobody is refused for its claims any more, over whichever gateway he asks.
   * Where an owner is down, what it granted is gone with it.
   */
  async #withdraw({ reservationId, parts }: Spread): Promise<void> {
    const command = { type: 'claims.withdraw', reservationId } as const;
    await Promise.allSettled(parts.map(({ shard }) => this.#link.ask(shard, command)));
  }
}

/** What stood in the way, of all owners together; a fault where there is nothing but faults. */
function refusal(spread: Spread, answers: readonly ClaimAnswer[]): SpreadOutcome {
  const rejections: Rejection[] = [];
  let fault: ServerFault | undefined;
  let hasChanged = false;
  for (const answer of answers) {
    if (answer instanceof ServerFault) fault ??= answer;
    else if (!answer.ok && 'rejection' in answer) rejections.push(answer.rejection);
    else if (!answer.ok && answer.undecided === 'overloaded') fault ??= overloaded();
    else if (!answer.ok && answer.undecided === 'event_changed') hasChanged = true;
  }
  const conflicts = rejections
    .filter(({ code }) => code === 'seat_unavailable')
    .flatMap((one) => one.conflicts ?? []);
  const [first] = rejections;
  if (conflicts.length > 0)
    return rejected('seat_unavailable', 'not every seat is available', inOrder(spread, conflicts));
  if (first !== undefined) return { ok: false, rejection: first };
  if (hasChanged && fault === undefined) return { ok: false, undecided: 'event_changed' };
  throw fault ?? lost();
}

function inOrder({ seats }: Spread, conflicts: readonly Conflict[]): Conflict[] {
  const place = new Map(seats.map((seat, index) => [seat, index]));
  return [...conflicts].sort((a, b) => (place.get(a.seat) ?? 0) - (place.get(b.seat) ?? 0));
}

function lost(): ServerFault {
  return new ServerFault('a shard that was to take part is starting again', {
    code: 'shard_restarting',
    hint: 'wait a moment and send the same request again',
  });
}
