/** What shards say to each other about claims: owners ask, homes tell. News is absolute and may be repeated. */

import { reservationId, type SeatNumber } from '../domain/ids.js';
import { SEAT_STATE } from '../domain/seat-table.js';
import { unreachable } from '../lib/assert.js';
import { askLater, withdrawClaim } from './claiming.js';
import type { EventSeats } from './event-seats.js';
import type { Claim, Hold } from './holding.js';
import type { PeerMessage, SeatNews, SeatRow } from './ports.js';
import { endIfOverdue, release, type ShardCore } from './shard-core.js';
import { doubtLine, releaseClaimLine } from './taking.js';

type Ask = Extract<PeerMessage, { type: 'claim.ask' }>;
type News = Extract<PeerMessage, { type: 'claim.news' }>;
type NewsOf = Pick<News, 'reservationId' | 'eventId'>;

/** Where a row is asked for and no reservation in particular is meant. */
const NOBODY = reservationId('rsv_0');

/** An owner's question to a claim's home, which may be this shard itself. */
export function askHome(core: ShardCore, claim: Claim): void {
  const { eventId, seats, home } = claim;
  const ask: Ask = { type: 'claim.ask', reservationId: claim.reservationId, eventId, seats };
  askLater(core, claim);
  if (home === core.state.index) hearAsk(core, home, ask);
  else core.outbox.tell(home, ask);
}

export function hear(core: ShardCore, from: number, message: PeerMessage): void {
  if (message.type === 'claim.ask') hearAsk(core, from, message);
  else hearNews(core, message);
}

function hearAsk(core: ShardCore, from: number, ask: Ask): void {
  const hold = core.state.holds.get(ask.reservationId);
  if (hold !== undefined) return tellOfHold(core, from, ask, hold);
  const claim = core.state.claims.get(ask.reservationId);
  if (claim !== undefined && core.elapsed() - claim.grantedAt < core.limits.claimOpenMsMax) return;
  withdrawClaim(core, ask.reservationId);
  if (from === core.state.index) return;
  core.read({ ...ask, type: 'claim' }, (loaded) => {
    if (loaded.type === 'claim') tell(core, from, ask, newsOfRows(ask, loaded.rows));
  });
}

function tellOfHold(core: ShardCore, to: number, ask: Ask, hold: Hold): void {
  const { status, seats, expiresAt } = endIfOverdue(core, hold);
  const held = new Set(status === 'reserved' ? seats : []);
  tell(
    core,
    to,
    ask,
    ask.seats.map((seat) =>
      held.has(seat) ? { seat, state: 'reserved', expiresAt } : { seat, state: 'free' },
    ),
  );
}

function newsOfRows(ask: Ask, rows: readonly SeatRow[]): SeatNews[] {
  const mine = new Map(
    rows.filter((row) => row.holder === ask.reservationId).map((row) => [row.seat, row.state]),
  );
  return ask.seats.map((seat) => ({ seat, state: mine.get(seat) ?? 'free' }));
}

function tell(core: ShardCore, to: number, ask: Ask, seats: readonly SeatNews[]): void {
  core.outbox.tell(to, { ...ask, type: 'claim.news', seats });
}

function hearNews(core: ShardCore, news: News): void {
  core.state.allowances.settle(news.reservationId);
  const claim = core.state.claims.get(news.reservationId);
  for (const seatNews of news.seats) {
    if (claim !== undefined && holds(core, claim, seatNews.seat))
      moveClaimed(core, claim, seatNews);
    else if (seatNews.state === 'free') freeIfGone(core, news, seatNews.seat);
  }
  if (claim !== undefined && !claim.seats.some((seat) => holds(core, claim, seat)))
    core.state.dropClaim(claim);
  releaseClaimLine(core, news.reservationId);
}

function holds(core: ShardCore, claim: Claim, seat: SeatNumber): boolean {
  return core.state.events.get(claim.eventId)?.holderOf(seat) === claim;
}

function moveClaimed(core: ShardCore, claim: Claim, news: SeatNews): void {
  switch (news.state) {
    case 'reserved':
      claim.isOpen = true;
      claim.expiresAt = news.expiresAt ?? claim.expiresAt;
      return askLater(core, claim);
    case 'booked':
      return core.state.endClaimedSeat(claim, news.seat, 'seat.confirm');
    case 'blocked':
      return core.state.endClaimedSeat(claim, news.seat, 'seat.block');
    case 'free': {
      const isOver = core.now() >= claim.expiresAt;
      return core.state.endClaimedSeat(claim, news.seat, isOver ? 'seat.lapse' : 'seat.release');
    }
    default:
      unreachable(news.state);
  }
}

/**
 * A booked seat is nobody's claim any more: whether it is really free again (a refund) only its row can say, and only if the
 * seat has not moved between the question and the answer. Who wants it meanwhile waits: the refund was acknowledged perhaps.
 */
function freeIfGone(core: ShardCore, about: NewsOf, seat: SeatNumber): void {
  const { state } = core;
  const { eventId } = about;
  const place = (state.events.get(eventId)?.base ?? 0) + seat;
  if (state.events.get(eventId)?.stateOf(seat) !== SEAT_STATE.booked) return;
  state.doubted.add(place);
  core.read(
    { type: 'claim', reservationId: about.reservationId, eventId, seats: [seat] },
    (loaded) => {
      const event = state.events.get(eventId);
      const isFree = loaded.type === 'claim' && loaded.rows.length === 0;
      if (state.doubted.delete(place) && event !== undefined && isFree) {
        state.move(event, seat, 'seat.refund');
      }
      release(core, doubtLine(place), undefined);
    },
  );
}

/** A home has started anew: everything that it may have forgotten to say is asked for, of it or of the store. */
export function catchUpAfterRestart(core: ShardCore, shard: number): void {
  for (const claim of core.state.claims.values()) {
    if (claim.home === shard) askHome(core, claim);
  }
  for (const event of core.state.events.values()) findRefunded(core, event);
}

/** Seats that were booked when the question went out and are booked no longer in the answer are looked at one by one. */
function findRefunded(core: ShardCore, { event: { id: eventId }, states }: EventSeats): void {
  const before = states.slice();
  if (!before.includes(SEAT_STATE.booked)) return;
  core.read({ type: 'bookedSeats', eventId }, (loaded) => {
    const event = core.state.events.get(eventId);
    if (loaded.type !== 'bookedSeats' || event === undefined) return;
    for (const seat of loaded.booked) before[seat] = SEAT_STATE.available;
    before.forEach((state, seat) => {
      if (state === SEAT_STATE.booked) freeIfGone(core, { reservationId: NOBODY, eventId }, seat);
    });
  });
}
