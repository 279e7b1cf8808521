/** `reservation.reserve`: all the seats are owned here, and so is the user's allowance where the event limits it. */
import type { Reserve } from '../domain/commands.js';
import { reservationMoved } from '../domain/decide-reservation.js';
import type { ReservationReserved } from '../domain/facts.js';
import { allowanceKey } from './allowances.js';
import type { Parked } from './parking.js';
import { type Awake, accept, type ShardCore, Transaction } from './shard-core.js';
import { take } from './taking.js';

export function reserve(core: ShardCore, parked: Parked, command: Reserve, awake: Awake): void {
  const { eventId, userId, seats, limited } = command;
  const wish = {
    eventId,
    userId,
    seats,
    trigger: 'seat.reserve',
    limited,
    allowance: limited ? seats.length : 0,
  } as const;
  const taking = take(core, parked, wish, awake);
  if (taking === undefined) return;
  const transaction = new Transaction(core);
  for (const hold of taking.lapsed) transaction.expire(hold);
  let record = transaction.move(reservedFact(core, command, taking.event.event.holdMs));
  if (command.purpose === 'book') {
    record = transaction.move(reservationMoved(record, 'reservation.confirmed', core.now()));
  }
  if (limited) {
    core.state.allowances.grant(allowanceKey(eventId, userId), record.id, seats.length);
    core.outbox.whenCommitted(() => core.state.allowances.settle(record.id));
  }
  accept(core, parked, transaction, record);
}

type Reservable = Pick<Reserve, 'reservationId' | 'eventId' | 'userId' | 'seats' | 'holdMs'>;

/** The hold begins now, on this shard's clock. */
export function reservedFact(
  core: ShardCore,
  wish: Reservable,
  eventHoldMs: number,
): ReservationReserved {
  const holdMs = wish.holdMs ?? eventHoldMs;
  const { reservationId, eventId, userId, seats } = wish;
  const at = core.now();
  return {
    type: 'reservation.reserved',
    eventId,
    at,
    reservationId,
    userId,
    seats,
    holdMs,
    expiresAt: at + holdMs,
  };
}
