import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { stateName } from '../../src/domain/machine-table.js';
import {
  SEAT_EVENT_TYPES,
  type SeatEventType,
  seatMachine,
} from '../../src/domain/seat-machine.js';
import { SEAT_STATUSES } from '../../src/domain/seat-status.js';
import {
  HOLD_TIME_OVER,
  nextSeatState,
  publicCode,
  SEAT_STATE,
  SEAT_STATES,
  SEAT_TRIGGERS,
  type SeatStateCode,
} from '../../src/domain/seat-table.js';
import { asXStateClock, HoldClock } from '../../src/shard/hold-clock.js';
import { SeatActors } from '../../src/shard/seat-actors.js';

const HOLD_MS = 300;

type Step = { readonly send: SeatEventType } | { readonly wait: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...SEAT_EVENT_TYPES).map((send) => ({ send })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 * HOLD_MS }).map((wait) => ({ wait })) },
);
const steps = fc.array(step, { maxLength: 40 });

/** XState's own interpreter, running the machine in the shard's time. */
class Interpreted {
  now = 1_000_000;
  readonly #clock = new HoldClock<() => void>(this.now);
  readonly #actor = createActor(seatMachine, {
    clock: asXStateClock(this.#clock, () => this.now) as never, // XState types its timer ids as `any`
    input: { holdMs: HOLD_MS },
  }).start();

  do(action: Step): void {
    if ('send' in action) this.#actor.send({ type: action.send });
    else {
      this.now += action.wait;
      this.#clock.advance(this.now, (fire) => fire());
    }
  }

  get state(): string {
    return stateName(this.#actor.getSnapshot().value);
  }
}

/** The shard's way: a pooled actor of the flattened machine, its byte in a column, one deadline that is looked at by whoever comes. */
class Fast {
  now = 1_000_000;
  readonly #column = { base: 0, states: new Uint8Array(4) };
  readonly #actors = new SeatActors(1);
  #expiresAt = Number.POSITIVE_INFINITY;

  do(action: Step): void {
    if ('wait' in action) {
      this.now += action.wait;
      this.#lapse();
      return;
    }
    // Another seat comes between every two commands: the only actor is taken away and the byte must do.
    this.#actors.send(this.#column, 2, 'seat.block');
    this.#actors.send(this.#column, 2, 'seat.unblock');
    const before = this.#code;
    if (nextSeatState(before, action.send) === undefined) return;
    this.#actors.send(this.#column, 1, action.send);
    if (this.#code === SEAT_STATE.own && before !== SEAT_STATE.own)
      this.#expiresAt = this.now + HOLD_MS;
  }

  /** The delayed transition, as the shard makes it: by the deadline, with the event that stands for it. */
  #lapse(): void {
    if (this.#code === SEAT_STATE.own && this.now >= this.#expiresAt)
      this.#actors.send(this.#column, 1, 'seat.lapse');
  }

  get #code(): SeatStateCode {
    return this.#column.states[1] as SeatStateCode;
  }

  get state(): string {
    return SEAT_STATES[this.#code] ?? 'none';
  }
}

/** What the contract says of a seat, in the plainest words, without any machine. */
class Model {
  now = 1_000_000;
  status: 'available' | 'reserved' | 'booked' | 'blocked' = 'available';
  isDelegated = false;
  expiresAt = 0;

  do(action: Step): void {
    if ('wait' in action) {
      this.now += action.wait;
      if (this.status === 'reserved' && !this.isDelegated && this.now >= this.expiresAt)
        this.status = 'available';
    } else this.#send(action.send);
  }

  #send(type: SeatEventType): void {
    const { status } = this;
    if (status === 'available' && (type === 'seat.reserve' || type === 'seat.claim')) {
      this.status = 'reserved';
      this.isDelegated = type === 'seat.claim';
      this.expiresAt = this.now + HOLD_MS;
    } else if (status === 'available' && type === 'seat.block') this.status = 'blocked';
    else if (status === 'blocked' && type === 'seat.unblock') this.status = 'available';
    else if (status === 'booked' && type === 'seat.refund') this.status = 'available';
    else if (status === 'reserved') this.#sendReserved(type);
  }

  #sendReserved(type: SeatEventType): void {
    if (type === 'seat.confirm') this.status = 'booked';
    else if (type === 'seat.release' || type === 'seat.lapse') this.status = 'available';
    else if (type === 'seat.block' && this.isDelegated) this.status = 'blocked';
    else if (type === 'seat.adopt' && this.isDelegated) {
      this.isDelegated = false;
      this.expiresAt = this.now + HOLD_MS;
    }
  }
}

describe('the seat machine', () => {
  it('moves, on any course of commands and time, as a plain model of the contract does', () => {
    fc.assert(
      fc.property(steps, (course) => {
        const machine = new Interpreted();
        const model = new Model();
        for (const action of course) {
          machine.do(action);
          model.do(action);
          const code = SEAT_STATES.indexOf(machine.state as never) as SeatStateCode;
          expect(SEAT_STATUSES[publicCode(code)]).toBe(model.status);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('moves alike in the shard’s pooled actors and in XState’s own interpreter', () => {
    fc.assert(
      fc.property(steps, (course) => {
        const machine = new Interpreted();
        const fast = new Fast();
        for (const action of course) {
          machine.do(action);
          fast.do(action);
          expect(fast.state).toBe(machine.state);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('ends a hold at its deadline by the delay exactly as a command that notices it does', () => {
    for (const code of [0, 1, 2, 3, 4, 5] as const) {
      const byDelay = nextSeatState(code, HOLD_TIME_OVER);
      if (byDelay !== undefined) expect(byDelay).toBe(nextSeatState(code, 'seat.lapse'));
    }
    expect(nextSeatState(SEAT_STATE.own, HOLD_TIME_OVER)).toBe(SEAT_STATE.expired);
    expect(nextSeatState(SEAT_STATE.delegated, HOLD_TIME_OVER)).toBeUndefined();
  });

  it('keeps a hold until the last millisecond and not one longer', () => {
    const machine = new Interpreted();
    machine.do({ send: 'seat.reserve' });
    machine.do({ wait: HOLD_MS - 1 });
    expect(machine.state).toBe('reserved.own');
    machine.do({ wait: 1 });
    expect(machine.state).toBe('expired');
  });

  it('never lets a seat that is reserved, booked or blocked be taken', () => {
    for (const code of [
      SEAT_STATE.own,
      SEAT_STATE.booked,
      SEAT_STATE.blocked,
      SEAT_STATE.delegated,
    ]) {
      expect(nextSeatState(code, 'seat.reserve')).toBeUndefined();
      expect(nextSeatState(code, 'seat.claim')).toBeUndefined();
    }
  });

  it('has a column code for every state that can be reached, and a trigger for every event', () => {
    expect(SEAT_TRIGGERS).toEqual([...SEAT_EVENT_TYPES, HOLD_TIME_OVER]);
    expect([...SEAT_STATES].sort()).toEqual(
      ['available', 'blocked', 'booked', 'expired', 'reserved.delegated', 'reserved.own'].sort(),
    );
  });
});
