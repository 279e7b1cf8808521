/**
 * The seats' actors. A seat in play is an XState actor whose logic is the seat machine flattened to a table
 * (`domain/seat-table.ts`); a seat at rest is one byte in its event's column.
 *
 * Actors are dear to make (9-24 µs) and cheap to keep, so they are pooled: the next command wakes a seat's actor from its
 * byte (activation), coming to rest returns it to the pool (passivation), as Orleans does with its virtual actors. At most
 * `awakeMax` are awake; past that they go back to being their bytes, in turn. The byte always says what
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

/** An actor and the seat that it is at the moment; ASLEEP: none. */
interface PooledActor {
  readonly actor: Actor<SeatLogic>;
  place: number;
}

const ASLEEP = -1;

export class SeatActors {
  readonly #awakeMax: number;
  /** Every actor there is, at most `awakeMax`. */
  readonly #actors: PooledActor[] = [];
  /** Those that are no seat now. */
  readonly #pool: PooledActor[] = [];
  /** Those that are, by place in the shard's numbering. */
  readonly #awake = new Map<number, PooledActor>();
  /** Whose turn it is to be put to sleep when all are awake: round and round, so that nobody has to be looked for. */
  #hand = 0;
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
    const pooled =
      this.#awake.get(place) ?? this.#activate(place, column.states[seat] as SeatStateCode);
    pooled.actor.send(MESSAGES[type]);
    if (this.#failure !== undefined) throw this.#failure;
    const { state } = pooled.actor.getSnapshot();
    column.states[seat] = state;
    if (isAtRest(state)) this.#passivate(pooled);
  }

  /** Puts every actor of a column back into the pool: its event is gone. */
  forget(column: SeatColumn): void {
    for (const [place, pooled] of this.#awake) {
      if (place > column.base && place < column.base + column.states.length) {
        this.#passivate(pooled);
      }
    }
  }

  #activate(place: number, state: SeatStateCode): PooledActor {
    const pooled = this.#pool.pop() ?? this.#another();
    pooled.actor.send(present(ACTIVATE[state], 'a state'));
    pooled.place = place;
    this.#awake.set(place, pooled);
    return pooled;
  }

  #passivate(pooled: PooledActor): void {
    this.#awake.delete(pooled.place);
    pooled.place = ASLEEP;
    this.#pool.push(pooled);
  }

  /** A new one, or, when there are as many as there may be, the next whose turn it is: its byte says what it was. */
  #another(): PooledActor {
    if (this.#actors.length < this.#awakeMax) {
      const made = { actor: this.#make(), place: ASLEEP };
      this.#actors.push(made);
      return made;
    }
    const next = present(this.#actors[this.#hand], 'an actor');
    this.#hand = (this.#hand + 1) % this.#actors.length;
    this.#awake.delete(next.place);
    return next;
  }

  #make(): Actor<SeatLogic> {
    const actor = createActor(seatLogic);
    actor.subscribe({
      error: (error) => {
        this.#failure = error;
      },
    });
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
