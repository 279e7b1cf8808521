import type { ReservationId } from '../../../src/domain/ids.js';
import type { ReservationRecord } from '../../../src/domain/reservation.js';
import type { EventSnapshot } from '../../../src/shard/ports.js';
import type { Rows } from '../../../src/store/rows.js';
import { Ledger } from './ledger.js';

/** A store with one event. */
export function openHall(rows?: Rows): Ledger {
  const ledger = new Ledger(rows);
  ledger.commit([ledger.created()]);
  return ledger;
}

/** Its snapshot. */
export function hallOf(ledger: Ledger): EventSnapshot {
  const [snapshot] = ledger.store.snapshots();
  if (snapshot === undefined) throw new Error('no event');
  return snapshot;
}

/** Its seats that are not available, of reservations a list each. */
export function seatsOf(
  ledger: Ledger,
): Record<'booked' | 'blocked', number[]> & { reserved: unknown[] } {
  const { booked, blocked, reserved } = hallOf(ledger);
  return {
    booked: [...booked],
    blocked: [...blocked],
    reserved: reserved.map(({ seats }) => seats),
  };
}

export function recordOf(
  ledger: Ledger,
  reservationId: ReservationId,
): ReservationRecord | undefined {
  return ledger.store.query('reservation', { reservationId });
}
