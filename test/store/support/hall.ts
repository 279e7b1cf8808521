import type { ReservationId } from '../../../src/domain/ids.js';
import type { ReservationRecord } from '../../../src/domain/reservation.js';
import type { EventSnapshot } from '../../../src/shard/ports.js';
import type { Rows } from '../../../src/store/rows.js';
import type { Store } from '../../../src/store/store.js';
import { Ledger } from './ledger.js';

/** A store with one event. */
export function openHall(rows?: Rows): Ledger {
  const ledger = new Ledger(rows);
  ledger.commit([ledger.created()]);
  return ledger;
}

/** An event as the store's snapshot has it, put together. */
export interface WholeEvent extends EventSnapshot {
  readonly reserved: readonly ReservationRecord[];
}

export function wholeEvents(store: Store): readonly WholeEvent[] {
  const whole: (WholeEvent & { readonly reserved: ReservationRecord[] })[] = [];
  for (const part of store.snapshot()) {
    if (part.type === 'holds') {
      const known = whole.find(({ event }) => event.id === part.eventId);
      if (known === undefined) throw new Error('holds come after their event');
      known.reserved.push(...part.holds);
    } else {
      const { event, booked, blocked } = part;
      whole.push({ event, booked, blocked, reserved: [] });
    }
  }
  return whole;
}

/** Its snapshot. */
export function hallOf({ store }: Ledger): WholeEvent {
  const [snapshot] = wholeEvents(store);
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
