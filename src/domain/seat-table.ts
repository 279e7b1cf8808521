/** The seat machine as the shard uses it: states as small numbers for a column of bytes, transitions by look-up. */
import { present } from '../lib/assert.js';
import { MachineTable } from './machine-table.js';
import { HOLD_TIME, SEAT_EVENT_TYPES, type SeatEventType, seatMachine } from './seat-machine.js';
import { SEAT_CODE, type SeatStatusCode } from './seat-status.js';

export const SEAT_STATES = [
  'available',
  'reserved.own',
  'booked',
  'blocked',
  'reserved.delegated',
  'expired',
] as const;

export type SeatState = (typeof SEAT_STATES)[number];

/** Index into `SEAT_STATES`: what a seat's byte in the column holds. 0 is available, so that a new column is all free. */
export type SeatStateCode = 0 | 1 | 2 | 3 | 4 | 5;

export const SEAT_STATE = {
  available: 0,
  own: 1,
  booked: 2,
  blocked: 3,
  delegated: 4,
  expired: 5,
} as const satisfies Record<string, SeatStateCode>;

/** The event that XState raises when the hold's delay is over. */
export const HOLD_TIME_OVER = `xstate.after.${HOLD_TIME}.seat.reserved.own` as const;

export const SEAT_TRIGGERS = [...SEAT_EVENT_TYPES, HOLD_TIME_OVER] as const;
export type SeatTrigger = SeatEventType | typeof HOLD_TIME_OVER;

const table = new MachineTable<SeatState, SeatTrigger>(seatMachine, SEAT_TRIGGERS);

const NEXT: ReadonlyMap<SeatTrigger, readonly (SeatStateCode | undefined)[]> = new Map(
  SEAT_TRIGGERS.map((trigger) => [
    trigger,
    SEAT_STATES.map((state) => {
      const next = table.next(state, trigger);
      return next === undefined ? undefined : (SEAT_STATES.indexOf(next) as SeatStateCode);
    }),
  ]),
);

/** The state a seat moves to, or undefined where the machine does not let it. */
export function nextSeatState(
  state: SeatStateCode,
  trigger: SeatTrigger,
): SeatStateCode | undefined {
  return present(NEXT.get(trigger), trigger)[state];
}

const PUBLIC_CODE: readonly SeatStatusCode[] = [
  SEAT_CODE.available,
  SEAT_CODE.reserved,
  SEAT_CODE.booked,
  SEAT_CODE.blocked,
  SEAT_CODE.reserved,
  SEAT_CODE.available,
];

/** What the state looks like from outside: both kinds of reserved are reserved, and expired is available. */
export function publicCode(state: SeatStateCode): SeatStatusCode {
  return present(PUBLIC_CODE[state], 'a seat state');
}
