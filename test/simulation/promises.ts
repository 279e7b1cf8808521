/**
 * What clients were told, and hold the server to: an answer that was heard is in the log at that moment (I3), and stays true,
 * whatever dies afterwards.
 */
import type { ReservationId } from '../../src/domain/ids.js';
import type { ReservationRecord } from '../../src/domain/reservation.js';
import type { History } from './history.js';

/** Where each status may have gone since it was promised. */
const MAY_FOLLOW: Readonly<Record<string, readonly string[]>> = {
  reserved: ['reserved', 'confirmed', 'cancelled', 'expired', 'refunded'],
  confirmed: ['confirmed', 'refunded'],
  cancelled: ['cancelled'],
  expired: ['expired'],
  refunded: ['refunded'],
};

interface Promised {
  readonly status: string;
  readonly expiresAt: number;
  /** Of the log when it was heard: a power cut that goes back behind it takes it back. */
  readonly sequence: number;
}

export class Promises {
  readonly #history: History;
  readonly #promised = new Map<ReservationId, Promised[]>();

  constructor(history: History) {
    this.#history = history;
  }

  get count(): number {
    return this.#promised.size;
  }

  /** @param replica how far the replica was that stands behind the answer: who looks after the answer sees what it says */
  hear(record: ReservationRecord, replica: number): void {
    const { id, status, expiresAt } = record;
    const known = this.#history.reservations.get(id);
    const promise = { status, expiresAt, sequence: known?.sequence ?? 0 };
    this.#hold(id, promise);
    if (known !== undefined && status === known.status) {
      if (known.statusSince > replica)
        throw new Error(`I8: told that ${id} is ${status}, by a desk that does not show it`);
      const isSubset = known.seats.every((seat) => record.seats.includes(seat));
      if (!isSubset) throw new Error(`I4: told of ${id} with other seats than the log has`);
    }
    const earlier = this.#promised.get(id) ?? [];
    this.#promised.set(id, [...earlier, promise]);
  }

  /** Every promise still stands. */
  check(): void {
    for (const [id, promised] of this.#promised) for (const each of promised) this.#hold(id, each);
  }

  /** A power cut has taken back what came after `sequence`. */
  goBack(sequence: number): void {
    for (const [id, promised] of this.#promised) {
      const left = promised.filter((each) => each.sequence <= sequence);
      if (left.length === 0) this.#promised.delete(id);
      else this.#promised.set(id, left);
    }
  }

  #hold(id: ReservationId, { status, expiresAt }: Promised): void {
    const known = this.#history.reservations.get(id);
    if (known === undefined || MAY_FOLLOW[status]?.includes(known.status) !== true)
      throw new Error(`I3: promised that ${id} is ${status}, and it is ${known?.status}`);
    if (known.expiresAt < expiresAt)
      throw new Error(`I5: promised ${id} until ${expiresAt}, and it ends at ${known.expiresAt}`);
  }
}
