/**
 * The seats' actors. A seat in play is an XState actor whose logic is the seat machine flattened to a table
 * (`domain/seat-table.ts`); a seat at rest is one byte in its event's column.
 *
 * Actors are dear to make (9-24 µs) and cheap to keep, so they are pooled: the next command wakes a seat's actor from its
 * byte (activation), coming to rest returns it to the pool (passivation), as Orleans does with its virtual actors. At most
 * `awakeMax` are awake; past that the one that has been awake longest goes back to being its byte. The byte always says what
 * the actor says, so that nothing depends on which of the two a seat is at the moment.
 */
import { type Actor, type ActorLogic, createActor } from 'xstate';
import type { SeatNumber } from '../domain/ids.js';
import type { SeatEventType } from '../domain/seat-machine.js';
import { nextSeatState, SEAT_STATE, type SeatStateCode } from '../domain/seat-table.js';
import { assert, present } from '../lib/assert.js';

/** One event's seats, as far as the actors need them. */
export interface SeatColumn {
  /** Where this event's seats begin in the shard's numbering of all seats of all events. */
  readonly base: number;
  /** Indexed by seat number. */
  readonly states: Uint8Array;
}

type SeatMessage =
  | { readonly type: SeatEventType }
  | { readonly type: 'seat.activate'; readonly state: SeatStateCode };

interface SeatSnapshot {
  readonly status: 'active';
  readonly output: undefined;
  readonly error: undefined;
  readonly state: SeatStateCode;
}

type SeatLogic = ActorLogic<SeatSnapshot, SeatMessage>;

const SNAPSHOTS: readonly SeatSnapshot[] = ([0, 1, 2, 3, 4, 5] as const).map((state) => ({
  status: 'active',
  output: undefined,
  error: undefined,
  state,
}));

const ACTIVATE = ([0, 1, 2, 3, 4, 5] as const).map((state) => ({
  type: 'seat.activate' as const,
  state,
}));

const seatLogic: SeatLogic = {
  transition(snapshot, message) {
    if (message.type === 'seat.activate') return snapshotOf(message.state);
    const next = nextSeatState(snapshot.state, message.type);
    assert(
      next !== undefined,
      `a seat in state ${snapshot.state} was sent ${message.type}: validation let it through`,
    );
    return snapshotOf(next);
  },
  getInitialSnapshot: () => snapshotOf(SEAT_STATE.available),
  getPersistedSnapshot: (snapshot) => snapshot,
};

export class SeatActors {
  readonly #awakeMax: number;
  readonly #pool: Actor<SeatLogic>[] = [];
  /** By place in the shard's numbering, longest awake first. */
  readonly #awake = new Map<number, Actor<SeatLogic>>();
  #failure: unknown;

  /** @param awakeMax how many seats may be actors at once, at least 1 */
  constructor(awakeMax: number) {
    assert(awakeMax >= 1, 'at least one actor');
    this.#awakeMax = awakeMax;
  }

  /** How many seats are actors now. */
  get awakeCount(): number {
    return this.#awake.size;
  }

  /** Sends the seat's actor a message that the machine is known to allow; the column follows. */
  send(column: SeatColumn, seat: SeatNumber, type: SeatEventType): void {
    const place = column.base + seat;
    const actor =
      this.#awake.get(place) ?? this.#activate(place, column.states[seat] as SeatStateCode);
    actor.send(MESSAGES[type]);
    if (this.#failure !== undefined) throw this.#failure;
    const { state } = actor.getSnapshot();
    column.states[seat] = state;
    if (isAtRest(state)) this.#passivate(place, actor);
  }

  /** Puts every actor of a column back into the pool: its event is gone. */
  forget(column: SeatColumn): void {
    for (const [place, actor] of this.#awake) {
      if (place > column.base && place < column.base + column.states.length)
        this.#passivate(place, actor);
    }
  }

  #activate(place: number, state: SeatStateCode): Actor<SeatLogic> {
    const actor = this.#pool.pop() ?? this.#make();
    actor.send(present(ACTIVATE[state], 'a state'));
    this.#awake.set(place, actor);
    return actor;
  }

  #passivate(place: number, actor: Actor<SeatLogic>): void {
    this.#awake.delete(place);
    this.#pool.push(actor);
  }

  #make(): Actor<SeatLogic> {
    if (this.#awake.size >= this.#awakeMax) {
      for (const [place, actor] of this.#awake) {
        this.#awake.delete(place);
        return actor;
      }
    }
    const actor = createActor(seatLogic);
    actor.subscribe({ error: (error) => (this.#failure = error) });
    return actor.start();
  }
}

const MESSAGES: Readonly<Record<SeatEventType, { readonly type: SeatEventType }>> = {
  'seat.reserve': { type: 'seat.reserve' },
  'seat.claim': { type: 'seat.claim' },
  'seat.adopt': { type: 'seat.adopt' },
  'seat.confirm': { type: 'seat.confirm' },
  'seat.release': { type: 'seat.release' },
  'seat.lapse': { type: 'seat.lapse' },
  'seat.refund': { type: 'seat.refund' },
  'seat.block': { type: 'seat.block' },
  'seat.unblock': { type: 'seat.unblock' },
};

function isAtRest(state: SeatStateCode): boolean {
  return state !== SEAT_STATE.own && state !== SEAT_STATE.delegated;
}

function snapshotOf(state: SeatStateCode): SeatSnapshot {
  return present(SNAPSHOTS[state], 'a seat state');
}
