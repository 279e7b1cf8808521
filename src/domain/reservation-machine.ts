/**
 * The one statement of what a reservation may do: `reserved → confirmed | cancelled | expired`, `confirmed → refunded`,
 * nothing else, ever (API §1). Extending and giving up some of the seats leave it where it is.
 */
import { setup } from 'xstate';

export type ReservationEvent =
  | { readonly type: 'reservation.confirm' }
  | { readonly type: 'reservation.cancel' }
  | { readonly type: 'reservation.expire' }
  | { readonly type: 'reservation.refund' }
  | { readonly type: 'reservation.extend' }
  | { readonly type: 'reservation.release' };

export type ReservationEventType = ReservationEvent['type'];

export const RESERVATION_EVENT_TYPES = [
  'reservation.confirm',
  'reservation.cancel',
  'reservation.expire',
  'reservation.refund',
  'reservation.extend',
  'reservation.release',
] as const satisfies readonly ReservationEventType[];

export const reservationMachine = setup({
  types: { events: {} as ReservationEvent },
}).createMachine({
  id: 'reservation',
  initial: 'reserved',
  states: {
    reserved: {
      on: {
        'reservation.confirm': 'confirmed',
        'reservation.cancel': 'cancelled',
        'reservation.expire': 'expired',
        'reservation.extend': 'reserved',
        'reservation.release': 'reserved',
      },
    },
    confirmed: { on: { 'reservation.refund': 'refunded' } },
    cancelled: { type: 'final' },
    expired: { type: 'final' },
    refunded: { type: 'final' },
  },
});
