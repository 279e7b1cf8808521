/**
 * The one statement of what a seat may do. Everything else, the shard's fast path included, is derived from it
 * (`machine-table.ts`) or proven equal to it (`test/domain/seat-machine.test.ts`).
 *
 * A hold ends by the delayed transition `holdTime`. Where a command notices first that the time is up (I5), it sends
 * `seat.lapse`, which leads to the same state. An expired seat reads as available and may be taken at once. A seat whose
 * reservation has its home on another shard is `reserved.delegated`: no timer of its own, the home says when it ends.
 */
import { setup } from 'xstate';
import type { EpochMs } from '../lib/clock.js';

export interface SeatContext {
  /** How long from entering `reserved.own` until the hold is over, milliseconds. */
  readonly holdMs: number;
  /** The deadline itself, for whoever looks at the seat. */
  readonly expiresAt: EpochMs | null;
}

export type SeatEvent =
  | { readonly type: 'seat.reserve' }
  | { readonly type: 'seat.claim' }
  | { readonly type: 'seat.adopt' }
  | { readonly type: 'seat.confirm' }
  | { readonly type: 'seat.release' }
  | { readonly type: 'seat.lapse' }
  | { readonly type: 'seat.refund' }
  | { readonly type: 'seat.block' }
  | { readonly type: 'seat.unblock' };

export type SeatEventType = SeatEvent['type'];

export const SEAT_EVENT_TYPES = [
  'seat.reserve',
  'seat.claim',
  'seat.adopt',
  'seat.confirm',
  'seat.release',
  'seat.lapse',
  'seat.refund',
  'seat.block',
  'seat.unblock',
] as const satisfies readonly SeatEventType[];

/** Where a hold's time runs out, in XState's own spelling of the delayed transition's event. */
export const HOLD_TIME = 'holdTime';

export const seatMachine = setup({
  types: {
    context: {} as SeatContext,
    events: {} as SeatEvent,
    input: {} as Partial<SeatContext> | undefined,
  },
  delays: { [HOLD_TIME]: ({ context }) => context.holdMs },
}).createMachine({
  id: 'seat',
  context: ({ input }) => ({ holdMs: input?.holdMs ?? 0, expiresAt: input?.expiresAt ?? null }),
  initial: 'available',
  states: {
    available: {
      on: {
        'seat.reserve': 'reserved.own',
        'seat.claim': 'reserved.delegated',
        'seat.block': 'blocked',
      },
    },
    reserved: {
      initial: 'own',
      on: { 'seat.confirm': 'booked', 'seat.release': 'available', 'seat.lapse': 'expired' },
      states: {
        own: { after: { [HOLD_TIME]: '#seat.expired' } },
        delegated: { on: { 'seat.adopt': 'own', 'seat.block': '#seat.blocked' } },
      },
    },
    expired: {
      on: {
        'seat.reserve': 'reserved.own',
        'seat.claim': 'reserved.delegated',
        'seat.block': 'blocked',
      },
    },
    booked: { on: { 'seat.refund': 'available' } },
    blocked: { on: { 'seat.unblock': 'available' } },
  },
});
