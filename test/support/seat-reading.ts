/** One reading of an event or of its seat list, and what is wrong with it. */
import type { EventBody, SeatBody, SeatListBody } from './api-bodies.js';
import type { EventHistory, HoldPhase } from './event-history.js';

/** I7 in the event's counts; undefined: they add up. */
export function countFault(event: EventBody, totalSeats: number): string | undefined {
  const { availableSeats, reservedSeats, bookedSeats, blockedSeats } = event;
  const counts = [availableSeats, reservedSeats, bookedSeats, blockedSeats];
  const sum = counts.reduce((total, count) => total + count, 0);
  const isSound = sum === totalSeats && counts.every((count) => count >= 0);
  return isSound && event.totalSeats === totalSeats ? undefined : `event: ${JSON.stringify(event)}`;
}

/** Every seat once, in order, with a status that there is, and a deadline where and only where it is reserved. */
export function listFault(list: SeatListBody, totalSeats: number): string | undefined {
  if (list.data.length !== totalSeats) return `${list.data.length} seats of ${totalSeats}`;
  const odd = list.data.find(
    ({ seatNumber, status, expiresAt }, index) =>
      seatNumber !== index + 1 ||
      !STATUSES.has(status) ||
      (status === 'reserved') !== (expiresAt !== undefined),
  );
  return odd === undefined ? undefined : `seat: ${JSON.stringify(odd)}`;
}

const STATUSES = new Set(['available', 'reserved', 'booked', 'blocked']);

/** Tells holds of which a reading shows a part only (I4). What was held is known from the event's log. */
export class WholeHolds {
  readonly #phases = new Map<string, HoldPhase[]>();

  constructor(history: EventHistory) {
    for (const { phases } of history.reservations.values()) {
      for (const phase of phases) {
        for (const seatId of phase.seatIds) this.#add(keyOf(seatId, phase), phase);
      }
    }
  }

  /** Seats that the reading shows as taken, without the others that were taken with them. */
  faults(seats: readonly SeatBody[]): string[] {
    const shown = new Set<string>();
    for (const seat of seats) {
      const key = shownKey(seat);
      if (key !== undefined) shown.add(key);
    }
    return [...shown].filter((key) => !this.#isWhole(key, shown));
  }

  #isWhole(key: string, shown: ReadonlySet<string>): boolean {
    const phases = this.#phases.get(key) ?? [];
    return phases.some((phase) =>
      [...phase.seatIds].every((seatId) => shown.has(keyOf(seatId, phase))),
    );
  }

  #add(key: string, phase: HoldPhase): void {
    const phases = this.#phases.get(key) ?? [];
    phases.push(phase);
    this.#phases.set(key, phases);
  }
}

function keyOf(seatId: string, { isBooked, expiresAt }: HoldPhase): string {
  return isBooked ? `${seatId} booked` : `${seatId} reserved until ${expiresAt}`;
}

function shownKey({ seatId, status, expiresAt }: SeatBody): string | undefined {
  if (status === 'booked') return `${seatId} booked`;
  return status === 'reserved' ? `${seatId} reserved until ${expiresAt}` : undefined;
}

/** Where the list and the log disagree, read between `before` and `after` (milliseconds) with nothing under way. */
export function differencesFromLog(
  seats: readonly SeatBody[],
  history: EventHistory,
  { before, after }: { readonly before: number; readonly after: number },
): string[] {
  return seats.flatMap((seat) => {
    const id = history.holders.get(seat.seatId);
    const holder = id === undefined ? undefined : history.reservations.get(id);
    const due = Date.parse(holder?.expiresAt ?? '');
    const shown = `${seat.seatId} is ${seat.status} until ${seat.expiresAt}`;
    const held = `${holder?.id} is ${holder?.status} until ${holder?.expiresAt}`;
    const isRight = {
      available: holder === undefined || (holder.status === 'reserved' && due <= after),
      reserved:
        holder?.status === 'reserved' && holder.expiresAt === seat.expiresAt && due > before,
      booked: holder?.status === 'confirmed',
      blocked: id !== undefined && holder === undefined,
    }[seat.status];
    return isRight ? [] : [`${shown}; in the log ${held}`];
  });
}
