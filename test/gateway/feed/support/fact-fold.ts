/**
 * What an event's seats look like at a cursor, folded from the facts by the shortest rules there are: the measure that
 * replicas, channels and viewers are held to. It knows nothing of them.
 */
import { isEventFact, type NumberedFact } from '../../../../src/domain/facts.js';

interface State {
  readonly sequence: number;
  /** By seat; entry 0 is no seat. */
  readonly codes: Uint8Array;
  readonly expiresAt: Float64Array;
}

const CODE_AFTER: Readonly<Record<string, number>> = {
  'reservation.reserved': 1,
  'reservation.extended': 1,
  'reservation.confirmed': 2,
  'seats.blocked': 3,
};

export class FactFold {
  readonly #states: State[];

  constructor(totalSeats: number) {
    const codes = new Uint8Array(totalSeats + 1);
    this.#states = [{ sequence: 0, codes, expiresAt: new Float64Array(totalSeats + 1) }];
  }

  /** The next fact of the event. */
  add({ sequence, fact }: NumberedFact): void {
    if (isEventFact(fact)) return;
    const before = this.#states.at(-1);
    if (before === undefined) throw new Error('there is a first state');
    const codes = before.codes.slice();
    const expiresAt = before.expiresAt.slice();
    for (const seat of fact.seats) {
      codes[seat] = CODE_AFTER[fact.type] ?? 0;
      if ('expiresAt' in fact) expiresAt[seat] = fact.expiresAt;
    }
    this.#states.push({ sequence, codes, expiresAt });
  }

  /** Statuses by seat, 1 at index 0. */
  at(cursor: string): number[] {
    const [sequence = 0, lapsedUntil = 0] = cursor.split('-').map((text) => parseInt(text, 36));
    const state = this.#states.findLast((each) => each.sequence <= sequence);
    if (state === undefined) throw new Error(`nothing is known of ${cursor}`);
    return Array.from(state.codes.subarray(1), (code, index) =>
      code === 1 && (state.expiresAt[index + 1] ?? 0) <= lapsedUntil ? 0 : code,
    );
  }
}
