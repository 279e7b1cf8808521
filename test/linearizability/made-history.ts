/**
 * Histories that are right by construction: clients of a house that does one thing after the other, each at a moment between its call
 * and its answer, with deaths at which the answers under way are lost. The house is a plain one of its own, neither the server's
 * nor the checker's.
 */
import { Random } from '../simulation/random.js';
import type { Action, Moment, Operation, SeatReading } from './history.js';

export interface MadeOptions {
  readonly seed: number;
  /** About so many: who is under way when they are reached goes on to the end. */
  readonly operations: number;
  readonly clients: number;
  readonly seats: number;
  readonly holdMs: number;
  /** A death after so many operations on average; absent: none. */
  readonly operationsALife?: number;
}

/** At this time histories begin: any would do. */
const EPOCH_MS = 1_000_000;
const SEATS_A_GROUP_MAX = 4;
/** Of a call or an answer on its way, milliseconds. */
const TRAVEL_MS_MAX = 6;

interface Held {
  readonly id: string;
  seats: readonly number[];
  expiresAt: number;
  readonly madeAt: number;
  status: 'reserved' | 'confirmed' | 'cancelled' | 'refunded' | 'expired';
  extensions: number;
}

type Kind = 'reserve' | 'confirm' | 'cancel' | 'extend' | 'release' | 'refund' | 'seats' | 'own';

interface Client {
  session: number;
  held: Held | undefined;
}

interface Asked {
  readonly client: Client;
  readonly kind: Kind;
  readonly call: Moment;
  readonly seats: readonly number[];
  readonly held: Held | undefined;
  action: Action | undefined;
}

interface Happening {
  readonly time: number;
  readonly life: number;
  readonly what: () => void;
}

export function makeHistory(options: MadeOptions): Operation[] {
  return new Maker(options).run();
}

class Maker {
  readonly #options: MadeOptions;
  readonly #random: Random;
  readonly #history: Operation[] = [];
  readonly #agenda = new Agenda();
  readonly #holders: (Held | undefined)[];
  readonly #underWay = new Set<Asked>();
  #time = EPOCH_MS;
  #order = 0;
  #life = 0;
  #sessions = 0;
  #ids = 0;

  constructor(options: MadeOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#holders = new Array<undefined>(options.seats).fill(undefined);
  }

  run(): Operation[] {
    this.#open();
    for (let next = this.#agenda.take(); next !== undefined; next = this.#agenda.take()) {
      if (next.life !== this.#life) continue; // nobody lives to see it
      this.#time = next.time;
      next.what();
    }
    return this.#history.sort((a, b) => a.call.order - b.call.order);
  }

  #open(): void {
    const { clients, operationsALife } = this.#options;
    for (let count = 0; count < clients; count += 1) {
      this.#sessions += 1;
      const client: Client = { session: this.#sessions, held: undefined };
      this.#later(() => this.#ask(client));
    }
    if (operationsALife === undefined) return;
    // An operation takes two travels and a pause, half of the longest each, and its client makes the next one then.
    const lifeMs = (operationsALife / clients) * TRAVEL_MS_MAX * 1.5;
    const death = this.#time + this.#random.exponential(lifeMs);
    this.#agenda.add({ time: Math.ceil(death), life: this.#life, what: () => this.#die() });
  }

  #later(what: () => void): void {
    const time = this.#time + this.#random.below(TRAVEL_MS_MAX + 1);
    this.#agenda.add({ time, life: this.#life, what });
  }

  #moment(): Moment {
    this.#order += 1;
    return { order: this.#order, at: this.#time };
  }

  #ask(client: Client): void {
    if (this.#history.length >= this.#options.operations) return;
    const kind = this.#kind(client);
    const seats = kind === 'reserve' || kind === 'seats' ? this.#someSeats() : [];
    const asked: Asked = {
      client,
      kind,
      call: this.#moment(),
      seats: kind === 'release' ? this.#random.sample(client.held?.seats ?? [], 1) : seats,
      held: client.held,
      action: undefined,
    };
    this.#underWay.add(asked);
    this.#later(() => this.#happen(asked));
  }

  #kind({ held }: Client): Kind {
    const roll = this.#random.next();
    if (roll < 0.3) return 'seats';
    if (held === undefined) return 'reserve';
    if (roll < 0.45) return 'own';
    if (held.status === 'confirmed') return roll < 0.7 ? 'refund' : 'cancel';
    return this.#random.pick(['confirm', 'cancel', 'extend', 'release', 'reserve', 'confirm']);
  }

  #someSeats(): number[] {
    const { seats } = this.#options;
    const size = 1 + this.#random.below(Math.min(SEATS_A_GROUP_MAX, seats));
    const first = this.#random.below(seats);
    return Array.from({ length: size }, (_, index) => (first + index) % seats);
  }

  #happen(asked: Asked): void {
    asked.action = this.#decide(asked);
    this.#later(() => this.#answer(asked));
  }

  #answer(asked: Asked): void {
    const { client, kind, action, call } = asked;
    this.#underWay.delete(asked);
    if (action !== undefined) this.#note(asked, action, false);
    if (kind === 'reserve' && action?.type === 'reserve') {
      client.held = this.#holders[action.seats[0] ?? 0];
      if (client.held?.id !== action.reservation) client.held = undefined;
    }
    const isOver = client.held !== undefined && !LIVE.has(client.held.status);
    if (call.order > 0 && isOver && this.#random.chance(0.7)) client.held = undefined;
    this.#later(() => this.#ask(client));
  }

  #note({ client: { session }, call }: Asked, action: Action, isUnknown: boolean): void {
    this.#history.push({ session, call, end: this.#moment(), isUnknown, action });
  }

  #die(): void {
    for (const asked of this.#underWay) {
      const lost = this.#lostAction(asked);
      if (lost !== undefined) this.#note(asked, lost, true);
    }
    this.#underWay.clear();
    this.#life += 1;
    if (this.#history.length < this.#options.operations) this.#open();
  }

  /** What is known of it without its answer. */
  #lostAction({ kind, action, held, seats }: Asked): Action | undefined {
    const { holdMs } = this.#options;
    if (kind === 'seats' || kind === 'own') return undefined;
    if (kind === 'reserve') {
      this.#ids += 1;
      const reservation = action?.type === 'reserve' ? action.reservation : `lost-${this.#ids}`;
      return { type: 'reserve', reservation, seats, holdMs };
    }
    if (held === undefined) return undefined;
    if (kind === 'extend') return { type: 'extend', reservation: held.id };
    if (kind !== 'release') return { type: kind, reservation: held.id };
    const isWhole = action?.type === 'release' ? action.isWhole : held.seats.length === 1;
    return { type: 'release', reservation: held.id, seats, isWhole };
  }

  /** Does it, now. */
  #decide({ kind, seats, held }: Asked): Action | undefined {
    if (kind === 'reserve') return this.#reserve(seats);
    if (kind === 'seats') {
      return { type: 'readSeats', seats: seats.map((seat) => this.#reading(seat)) };
    }
    if (held === undefined) return undefined;
    if (held.status === 'reserved' && this.#time >= held.expiresAt) this.#end(held, 'expired');
    if (kind === 'own') {
      const { id: reservation, status, expiresAt } = held;
      return { type: 'readReservation', reservation, status, seats: held.seats, expiresAt };
    }
    return this.#move(kind, held, seats);
  }

  #reserve(seats: readonly number[]): Action {
    const conflicts = seats.filter((seat) => this.#reading(seat).status !== 'available');
    if (conflicts.length > 0) return { type: 'refuse', seats, conflicts };
    this.#ids += 1;
    const { holdMs } = this.#options;
    const expiresAt = this.#time + holdMs;
    const reservation = `r${this.#ids}`;
    const held: Held = {
      id: reservation,
      seats,
      expiresAt,
      madeAt: this.#time,
      status: 'reserved',
      extensions: 0,
    };
    for (const seat of seats) {
      const before = this.#holders[seat];
      if (before !== undefined) this.#end(before, 'expired');
      this.#holders[seat] = held;
    }
    return { type: 'reserve', reservation, seats, holdMs, expiresAt };
  }

  #reading(seat: number): SeatReading {
    const held = this.#holders[seat];
    if (held === undefined) return { seat, status: 'available' };
    if (held.status === 'confirmed') return { seat, status: 'booked' };
    const { expiresAt } = held;
    return this.#time >= expiresAt
      ? { seat, status: 'available' }
      : { seat, status: 'reserved', expiresAt };
  }

  #move(
    kind: Exclude<Kind, 'reserve' | 'seats' | 'own'>,
    held: Held,
    seats: readonly number[],
  ): Action | undefined {
    const { id: reservation, status } = held;
    const done = { confirm: 'confirmed', cancel: 'cancelled', refund: 'refunded' } as const;
    if (kind !== 'extend' && kind !== 'release' && status === done[kind]) {
      return { type: kind, reservation };
    }
    if (kind === 'refund') {
      if (status !== 'confirmed') return undefined;
      this.#end(held, 'refunded');
      return { type: kind, reservation };
    }
    if (status !== 'reserved') return { type: 'deny', reservation, because: status };
    if (kind === 'extend') return this.#extend(held);
    if (kind === 'release') return this.#release(held, seats);
    if (kind === 'confirm') held.status = 'confirmed';
    else this.#end(held, 'cancelled');
    return { type: kind, reservation };
  }

  #extend(held: Held): Action {
    const { holdMs } = this.#options;
    const { id: reservation, extensions, madeAt } = held;
    const expiresAt = this.#time + holdMs;
    if (extensions >= 2 || expiresAt > madeAt + 3 * holdMs) {
      return { type: 'deny', reservation, because: 'extension' };
    }
    held.extensions += 1;
    held.expiresAt = expiresAt;
    return { type: 'extend', reservation, expiresAt };
  }

  #release(held: Held, seats: readonly number[]): Action | undefined {
    if (!seats.every((seat) => held.seats.includes(seat))) return undefined;
    const isWhole = held.seats.length === seats.length;
    if (isWhole) this.#end(held, 'cancelled');
    else {
      held.seats = held.seats.filter((seat) => !seats.includes(seat));
      for (const seat of seats) this.#holders[seat] = undefined;
    }
    return { type: 'release', reservation: held.id, seats, isWhole };
  }

  #end(held: Held, status: 'cancelled' | 'expired' | 'refunded'): void {
    held.status = status;
    for (const seat of held.seats)
      if (this.#holders[seat] === held) this.#holders[seat] = undefined;
  }
}

const LIVE: ReadonlySet<string> = new Set(['reserved', 'confirmed']);

/** What is to come, soonest first: a binary heap. Of the same time, in any order. */
class Agenda {
  readonly #heap: Happening[] = [];

  add(happening: Happening): void {
    const heap = this.#heap;
    let place = heap.push(happening) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (this.#timeOf(above) <= this.#timeOf(place)) return;
      this.#swap(above, place);
      place = above;
    }
  }

  take(): Happening | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    heap[0] = last;
    for (let place = 0; ; ) {
      const left = 2 * place + 1;
      const below = this.#timeOf(left + 1) < this.#timeOf(left) ? left + 1 : left;
      if (this.#timeOf(below) >= this.#timeOf(place)) return first;
      this.#swap(below, place);
      place = below;
    }
  }

  #timeOf(place: number): number {
    return this.#heap[place]?.time ?? Number.POSITIVE_INFINITY;
  }

  #swap(some: number, other: number): void {
    const [a, b] = [this.#heap[some], this.#heap[other]];
    if (a === undefined || b === undefined) return;
    this.#heap[some] = b;
    this.#heap[other] = a;
  }
}
