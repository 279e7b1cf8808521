/**
 * Lies, put into histories that are right: what a broken server would have answered, at a moment at which it cannot be true. Each is
 * written in between two moments of the history, so that everything around it stays as it was.
 */
import type { Random } from '../simulation/random.js';
import type { Action, Moment, Operation, ReserveAction, SeatReading } from './history.js';

/** undefined: the history has no place for this lie. */
export type Plant = (history: readonly Operation[], random: Random) => Operation[] | undefined;

/** Time between the end of `from` and the next moment of the history, at which the hold `made` is sure to run, its seats all held. */
interface Place {
  readonly from: Moment;
  readonly made: ReserveAction;
  readonly expiresAt: number;
}

const NOBODY = 0;

export const PLANTS: Readonly<Record<string, Plant>> = {
  'a seat is sold twice': inHold(({ from, made }) => [
    told(from, reserve('planted', made.seats.slice(0, 1), from.at, made.holdMs)),
  ]),
  'a seat is sold again a millisecond before its hold is over': inHold((place) => {
    const { seats, holdMs } = place.made;
    const from = { ...place.from, at: place.expiresAt - 1 };
    return [told(from, reserve('planted', seats.slice(0, 1), from.at, holdMs))];
  }),
  'a hold is said to be over a millisecond before it is': inHold((place) => {
    const from = { ...place.from, at: place.expiresAt - 1 };
    return [told(from, { type: 'deny', reservation: place.made.reservation, because: 'expired' })];
  }),
  'what was acknowledged is lost': inHold(({ from, made }) => [
    told(from, reading({ seat: made.seats[0] ?? 0, status: 'available' })),
  ]),
  'a hold is shown after its end': inHold(({ from, made, expiresAt }) => [
    told({ ...from, at: expiresAt }, reading(heldUntil(made.seats[0] ?? 0, expiresAt))),
  ]),
  'half a group is shown': inHold(({ from, made, expiresAt }) => {
    const [first, second] = made.seats;
    if (first === undefined || second === undefined) return undefined;
    return [
      told(from, reading(heldUntil(first, expiresAt), { seat: second, status: 'available' })),
    ];
  }),
  'half a group is there whose answer was lost': (history, random) => {
    const { end } = random.pick(history);
    const [a, b] = [4_000_000, 4_000_001];
    const { expiresAt = 0, ...lost } = reserve('planted', [a, b], end.at, 1_000);
    return [
      ...history,
      { ...told(end, lost, 0.1, 0.2), isUnknown: true },
      told(end, reading(heldUntil(a, expiresAt)), 0.3, 0.4),
      told(end, reading({ seat: b, status: 'available' }), 0.5, 0.6),
    ];
  },
  'a reserve is refused for a seat that is free': (history, random) => {
    const seat = 1_000_000;
    const { end } = random.pick(history);
    const refusal: Action = { type: 'refuse', seats: [seat], conflicts: [seat] };
    return [...history, told(end, refusal)];
  },
  'a confirm is accepted after the cancel': afterEnd('cancel'),
  'a hold that was over is confirmed': afterEnd('deny'),
  'a cancel is acknowledged and the hold is still shown': (history, random) =>
    planted(history, random, ({ action, end, isUnknown }) => {
      if (action.type !== 'cancel' || isUnknown) return undefined;
      const made = madeOf(history, action.reservation);
      const seat = made?.seats[0];
      if (made === undefined || seat === undefined) return undefined;
      const { expiresAt = 0 } = made;
      if (end.at >= expiresAt || isShared(history, expiresAt, made.holdMs)) return undefined;
      return [told(end, reading(heldUntil(seat, expiresAt)))];
    }),
  'two reservations are seen in two orders': (history, random) => {
    const { end } = random.pick(history);
    const [a, b] = [2_000_000, 2_000_001];
    const first = reserve('planted-1', [a], end.at, 1_000);
    const second = reserve('planted-2', [b], end.at, 1_000);
    const until = end.at + 1_000;
    return [
      ...history,
      told(end, first, 0.1, 0.9),
      told(end, second, 0.1, 0.9),
      told(end, reading(heldUntil(a, until), { seat: b, status: 'available' }), 0.1, 0.9),
      told(end, reading({ seat: a, status: 'available' }, heldUntil(b, until)), 0.1, 0.9),
    ];
  },
  'two groups have two seats in opposite orders': (history, random) => {
    const { end } = random.pick(history);
    const seats = [3_000_000, 3_000_001] as const;
    const groups = [1, 2].flatMap((each): Operation[] => [
      told(end, reserve(`planted-${each}`, seats, end.at, 1_000 * each), 0.1, 0.9),
      told(end, { type: 'cancel', reservation: `planted-${each}` }, 0.1, 0.9),
    ]);
    const seen = (seat: number, each: number, from: number) =>
      told(end, reading(heldUntil(seat, end.at + 1_000 * each)), from, from + 0.1);
    const [a, b] = seats;
    return [
      ...history,
      ...groups,
      seen(a, 1, 0.3),
      seen(a, 2, 0.6),
      seen(b, 2, 0.3),
      seen(b, 1, 0.6),
    ];
  },
};

/** @param lie undefined: not at this place */
function inHold(lie: (place: Place) => readonly Operation[] | undefined): Plant {
  return (history, random) =>
    planted(history, random, ({ action, end, isUnknown }) => {
      if (action.type !== 'reserve' || isUnknown) return undefined;
      const { expiresAt = 0 } = action;
      const isAlone = history.every(
        (other) =>
          other.action === action ||
          !('reservation' in other.action) ||
          other.action.reservation !== action.reservation ||
          other.call.order > end.order,
      );
      return isAlone && end.at < expiresAt
        ? lie({ from: end, made: action, expiresAt })
        : undefined;
    });
}

/** The reservation is over, and is confirmed all the same. */
function afterEnd(type: 'cancel' | 'deny'): Plant {
  return (history, random) =>
    planted(history, random, ({ action, end, isUnknown }) => {
      if (action.type !== type || isUnknown) return undefined;
      if (action.type === 'deny' && action.because !== 'expired') return undefined;
      return [told(end, { type: 'confirm', reservation: action.reservation })];
    });
}

/** At one of the places that there are. */
function planted(
  history: readonly Operation[],
  random: Random,
  lie: (operation: Operation) => readonly Operation[] | undefined,
): Operation[] | undefined {
  const lies = history.map(lie).filter((each) => each !== undefined);
  return lies.length === 0 ? undefined : [...history, ...random.pick(lies)];
}

/** Between two moments, by fractions of the recorder's count. */
function told(from: Moment, action: Action, begin = 0.1, end = 0.2): Operation {
  return {
    session: NOBODY,
    call: { order: from.order + begin, at: from.at },
    end: { order: from.order + end, at: from.at },
    isUnknown: false,
    action,
  };
}

function reserve(
  reservation: string,
  seats: readonly number[],
  at: number,
  holdMs: number,
): ReserveAction {
  return { type: 'reserve', reservation, seats, holdMs, expiresAt: at + holdMs };
}

function reading(...seats: readonly SeatReading[]): Action {
  return { type: 'readSeats', seats };
}

function heldUntil(seat: number, expiresAt: number): SeatReading {
  return { seat, status: 'reserved', expiresAt };
}

function madeOf(history: readonly Operation[], reservation: string): ReserveAction | undefined {
  for (const { action } of history) {
    if (action.type === 'reserve' && action.reservation === reservation) return action;
  }
  return undefined;
}

/** Another hold may end in that millisecond: the reading might be of that one. */
function isShared(history: readonly Operation[], expiresAt: number, holdMs: number): boolean {
  const ends = history.filter(({ action, call, end }) => {
    if (action.type !== 'reserve' && action.type !== 'extend') return false;
    const { expiresAt: known } = action;
    if (known !== undefined) return known === expiresAt;
    return call.at + holdMs <= expiresAt && expiresAt <= end.at + holdMs;
  });
  return ends.length > 1;
}
