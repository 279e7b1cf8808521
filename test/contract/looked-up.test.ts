/** A look-up that was overtaken decides nothing: the command's word counts, and it is looked up again, not for ever. */
import { describe, expect, it } from 'vitest';
import type { EventId, SeatNumber, UserId } from '../../src/domain/ids.js';
import { eventId, userId } from '../../src/domain/ids.js';
import type { ReservationRecord } from '../../src/domain/reservation.js';
import { bookBest, bookSeat } from '../../src/gateway/contracts/book-seat.js';
import { confirmSeat } from '../../src/gateway/contracts/confirm-seat.js';
import { takeSeat } from '../../src/gateway/contracts/take-seat.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import { MemoryDesk } from '../gateway/support/memory-desk.js';
import { planOf } from '../support/plans.js';

const EVENT = eventId('default');
const ANN = userId('ann');
const BOB = userId('bob');

/** A desk whose look-ups may show what was true once. */
class OvertakenDesk extends MemoryDesk {
  /** What the next look-ups show, in place of the truth. */
  readonly shown: (ReservationRecord | undefined)[] = [];
  /** How often the look-up was asked. */
  lookUps = 0;

  override async seatHolder(id: EventId, seat: SeatNumber): Promise<ReservationRecord | undefined> {
    this.lookUps += 1;
    return this.shown.length > 0 ? this.shown.shift() : super.seatHolder(id, seat);
  }
}

async function houseDesk(): Promise<OvertakenDesk> {
  const desk = new OvertakenDesk();
  await desk.createEvent({
    id: EVENT,
    name: 'Default',
    currency: 'EUR',
    holdMs: 1_000,
    maxSeatsPerUser: null,
    preventOrphans: false,
    plan: planOf({ totalSeats: 3 }).spec,
  });
  return desk;
}

async function held(desk: MemoryDesk, user: UserId, seats: number[]): Promise<ReservationRecord> {
  const wish = { eventId: EVENT, userId: user, seats, purpose: 'hold', reuseOwn: false } as const;
  const outcome = await desk.reserve(wish);
  if (!outcome.ok) throw new Error(outcome.rejection.detail);
  return outcome.value.record;
}

const wish = { eventId: EVENT, seat: 1, userId: ANN };

describe('confirming a seat', () => {
  it('is too late at the hold’s last millisecond, and in time one before', async () => {
    const desk = await houseDesk();
    const record = await held(desk, ANN, [1]);
    desk.time = record.expiresAt - 1;
    expect(await confirmSeat({ desk, marked: {} }, wish)).toMatchObject({ ok: true });

    const late = await houseDesk();
    late.time = (await held(late, ANN, [1])).expiresAt;
    const outcome = await confirmSeat({ desk: late, marked: {} }, wish);
    expect(outcome).toMatchObject({ rejection: { code: 'reservation_expired' } });
  });

  it('does not trust a look-up that shows a hold that was cancelled', async () => {
    const desk = await houseDesk();
    const stale = await held(desk, ANN, [1]);
    await desk.cancel({ reservationId: stale.id, userId: ANN });
    await held(desk, BOB, [1]);
    desk.shown.push(stale);
    const outcome = await confirmSeat({ desk, marked: {} }, wish);
    expect(outcome).toMatchObject({ rejection: { code: 'not_holder' } });
    expect(desk.lookUps).toBe(2);
  });

  it('confirms the hold that took the place of the one that was looked up', async () => {
    const desk = await houseDesk();
    const stale = await held(desk, ANN, [1]);
    await desk.cancel({ reservationId: stale.id, userId: ANN });
    const fresh = await held(desk, ANN, [1]);
    desk.shown.push(stale);
    const outcome = await confirmSeat({ desk, marked: {} }, wish);
    expect(outcome).toMatchObject({ value: { id: fresh.id, status: 'confirmed' } });
  });

  it('does not call a seat booked that its user gave up meanwhile', async () => {
    const desk = await houseDesk();
    const stale = await held(desk, ANN, [1, 2]);
    await desk.release({ reservationId: stale.id, userId: ANN, seats: [1] });
    desk.shown.push(stale);
    const outcome = await confirmSeat({ desk, marked: {} }, wish);
    expect(outcome).toMatchObject({ rejection: { code: 'reservation_not_found' } });
  });

  it('gives up where every look-up is overtaken', async () => {
    const desk = await houseDesk();
    const stale = await held(desk, ANN, [1]);
    await desk.cancel({ reservationId: stale.id, userId: ANN });
    desk.shown.push(...Array.from({ length: 100 }, () => stale));
    const failed = confirmSeat({ desk, marked: {} }, wish);
    await expect(failed).rejects.toBeInstanceOf(ServerFault);
    expect(desk.lookUps).toBeLessThan(10);
  });

  it('reports a replay’s first outcome without looking', async () => {
    const desk = await houseDesk();
    const record = await held(desk, ANN, [1]);
    const replay = { ok: true, value: record } as const;
    const idempotency = { key: 'k', fingerprint: 'f', requestId: 'r', replay };
    expect(await confirmSeat({ desk, marked: { idempotency } }, wish)).toBe(replay);
    expect(desk.lookUps).toBe(0);
  });
});

describe('booking a seat', () => {
  it('takes the seat anew where the user’s own hold has ended meanwhile', async () => {
    const desk = await houseDesk();
    const stale = await held(desk, ANN, [1]);
    const confirm = desk.confirm.bind(desk);
    desk.confirm = async (request) => {
      desk.time = stale.expiresAt;
      return confirm(request);
    };
    const outcome = await bookSeat({ desk, marked: {} }, wish);
    expect(outcome).toMatchObject({ ok: true, value: { status: 'confirmed', userId: ANN } });
    expect(outcome).not.toMatchObject({ value: { id: stale.id } });
  });

  it('is one command, for a seat and for the best seat', async () => {
    const desk = await houseDesk();
    const before = desk.commandCount;
    const named = await bookSeat({ desk, marked: {} }, wish);
    const best = await bookBest({ desk, marked: {} }, EVENT, ANN);
    expect(desk.commandCount - before).toBe(2);
    expect([named, best]).toMatchObject([
      { value: { status: 'confirmed', seats: [1] } },
      { value: { status: 'confirmed', seats: [2] } },
    ]);
  });
});

describe('an Idempotency-Key', () => {
  const marked = { idempotency: { key: 'k', fingerprint: 'f', requestId: 'r' } };

  it('goes with the command that has the effect', async () => {
    const desk = await houseDesk();
    const marks: unknown[] = [];
    const reserve = desk.reserve.bind(desk);
    const confirm = desk.confirm.bind(desk);
    desk.reserve = (request) => {
      marks.push(request.idempotency);
      return reserve({ ...request });
    };
    desk.confirm = (request) => {
      marks.push(request.idempotency);
      return confirm({ ...request });
    };
    await bookBest({ desk, marked }, EVENT, ANN);
    await takeSeat({ desk, marked }, { ...wish, seat: 2 }, 'hold');
    await confirmSeat({ desk, marked }, { ...wish, seat: 2 });
    expect(marks).toEqual([marked.idempotency, marked.idempotency, marked.idempotency]);
  });
});
