/**
 * Reservations over several shards (DESIGN): this owner's part of a claim, and the home's opening of it.
 *
 * 1. Nothing of a claim is on disk until its home opens it, with all its seats, in one transaction (I4).
 * 2. The home's own claim is the fence: where it is gone (withdrawn, given up, lost with the thread), the claim cannot be opened.
 * 3. A home that was asked about a claim it does not know buries it: a claim that comes later is refused.
 */

import type { ClaimSeats, OpenClaims } from '../domain/commands.js';
import { reservationMoved } from '../domain/decide-reservation.js';
import type { ReservationId } from '../domain/ids.js';
import { shardOf } from '../domain/ownership.js';
import { accepted, rejected } from '../domain/rejection.js';
import { homeKeyOf } from '../domain/reservation-id.js';
import { assert } from '../lib/assert.js';
import { allowanceKey } from './allowances.js';
import { Claim } from './holding.js';
import type { Parked } from './parking.js';
import type { SeatNews } from './ports.js';
import { reservedFact } from './reserving.js';
import { type Awake, accept, reply, type ShardCore, Transaction } from './shard-core.js';
import { refuse, releaseClaimLine, take } from './taking.js';

/** A claim older than this is refused wherever it arrives; what was buried may be forgotten after it, milliseconds. */
export const CLAIM_LIFE_MS = 30_000;

export function claimSeats(
  core: ShardCore,
  parked: Parked,
  command: ClaimSeats,
  awake: Awake,
): void {
  const { reservationId, eventId, userId, seats, allowance, claimedAt, expiresAt } = command;
  const isLate = core.state.buried.has(reservationId) || core.elapsed() - claimedAt > CLAIM_LIFE_MS;
  if (isLate || core.state.claims.has(reservationId)) {
    reply(core, parked, { ok: false, undecided: 'claim_lost' });
    return;
  }
  const taking = take(
    core,
    parked,
    { eventId, userId, seats, allowance, trigger: 'seat.claim' },
    awake,
  );
  if (taking === undefined) return;
  const transaction = new Transaction(core);
  for (const hold of taking.lapsed) transaction.expire(hold);
  transaction.stage();
  const home = shardOf(homeKeyOf(reservationId), core.state.shardCount);
  const claim = new Claim({
    reservationId,
    eventId,
    userId,
    seats,
    home,
    grantedAt: core.elapsed(),
    expiresAt,
    isOpen: false,
  });
  core.state.addClaim(claim);
  askLater(core, claim);
  if (allowance > 0 && userId !== null) {
    core.state.allowances.grant(allowanceKey(eventId, userId), reservationId, allowance);
  }
  reply(core, parked, accepted(null));
}

/** The home is asked after a while; of an open claim, not before its hold is over. */
export function askLater(core: ShardCore, claim: Claim): void {
  const leftMs = claim.isOpen ? claim.expiresAt - core.now() : 0;
  core.state.scheduleAsk(claim, core.elapsed() + Math.max(leftMs, core.limits.claimAskMs));
}

/** A claim that comes to nothing: its seats are free again. Safe to repeat, and for claims that were never granted. */
export function withdrawClaim(core: ShardCore, reservationId: ReservationId): void {
  const claim = core.state.claims.get(reservationId);
  core.state.bury(reservationId, core.elapsed());
  if (claim === undefined) return;
  assert(!claim.isOpen || claim.home !== core.state.index, 'an open reservation is not withdrawn');
  core.state.dropClaim(claim);
  for (const seat of claim.seats) core.state.endClaimedSeat(claim, seat, 'seat.release');
  core.state.allowances.settle(reservationId);
  releaseClaimLine(core, reservationId);
}

export function openClaims(core: ShardCore, parked: Parked, command: OpenClaims): void {
  const claim = core.state.claims.get(command.reservationId);
  const event = core.state.events.get(command.eventId);
  if (claim === undefined || event === undefined) {
    reply(core, parked, { ok: false, undecided: 'claim_lost' });
    return;
  }
  if (command.what.purpose === 'block') return openBlock(core, parked, command, claim);
  const { eventId } = command;
  if (event.event.status === 'closed') {
    return refuse(
      core,
      parked,
      rejected('event_closed', `event ${eventId} is not on sale`).rejection,
    );
  }
  if (command.limited !== (event.event.maxSeatsPerUser !== null)) {
    reply(core, parked, { ok: false, undecided: 'event_changed' });
    return;
  }
  const { reservationId, seats } = command;
  const { purpose, ...wish } = command.what;
  const transaction = new Transaction(core);
  let record = transaction.move(
    reservedFact(core, { reservationId, eventId, seats, ...wish }, event.event.holdMs),
  );
  if (purpose === 'book')
    record = transaction.move(reservationMoved(record, 'reservation.confirmed', core.now()));
  accept(core, parked, transaction, record);
  settleWithOwners(core, command);
  releaseClaimLine(core, reservationId);
}

/** House seats have no reservation: each seat's row says that it is blocked, and by which claim. */
function openBlock(core: ShardCore, parked: Parked, command: OpenClaims, claim: Claim): void {
  const { eventId, seats, reservationId: blockId } = command;
  const reason = command.what.purpose === 'block' ? command.what.reason : undefined;
  const fact = { type: 'seats.blocked', eventId, at: core.now(), blockId, seats } as const;
  core.state.dropClaim(claim);
  const transaction = new Transaction(core);
  const blocked = reason === undefined ? fact : { ...fact, reason };
  core.state.applyToSeats(blocked);
  transaction.add(blocked);
  transaction.stage();
  reply(core, parked, accepted(null));
  const news = seats.map((seat): SeatNews => ({ seat, state: 'blocked' }));
  for (const owner of command.owners) {
    if (owner !== core.state.index)
      core.outbox.tell(owner, { type: 'claim.news', reservationId: blockId, eventId, seats: news });
  }
  releaseClaimLine(core, blockId);
}

/** Those who only counted the allowance hear of the opening too; the owners of seats hear with their seats. */
function settleWithOwners(core: ShardCore, { reservationId, eventId, owners }: OpenClaims): void {
  core.outbox.whenCommitted(() => core.state.allowances.settle(reservationId));
  for (const owner of owners) {
    if (owner !== core.state.index)
      core.outbox.tell(owner, { type: 'claim.news', reservationId, eventId, seats: [] });
  }
}
